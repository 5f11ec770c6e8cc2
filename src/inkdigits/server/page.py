"""The web page: files that Vite built, and the words for those who are no browser."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from functools import partial
from pathlib import Path

from flask import Blueprint, Response, jsonify, request, send_from_directory

PAGE = Path(__file__).parent / "page"
WELCOME = "Welcome to the Handwritten Digit Recognizer API!"
NOT_BUILT = (
    '<!doctype html><html lang="en"><title>inkdigits</title><h1>inkdigits</h1>'
    "<p>The API is here, but the page is not built. Run <code>make web</code> and start the server again."
)
#: Content coding -> ending of the files that have it, the smallest first.
CODINGS = {"br": ".br", "gzip": ".gz"}
A_YEAR = 365 * 24 * 60 * 60


def blueprint(folder: Path = PAGE) -> Blueprint:
    """Serve the page built into `folder`: its index at /, its other files at their names."""
    page = Blueprint("page", __name__)

    @page.get("/")
    def home() -> Response:
        response = _built(folder, "index.html") if _is_browser() else jsonify(message=WELCOME)
        response.vary.add("Accept")
        return response

    @page.get("/docs")
    def docs() -> Response:
        return _built(folder, "docs.html")

    @page.get("/assets/<path:name>")
    def asset(name: str) -> Response:
        # Vite puts a hash of the content into the name, so a name never changes its content.
        response = _sent(folder / "assets", name, max_age=A_YEAR)
        response.cache_control.immutable = True
        return response

    for file in sorted(set(folder.glob("*.*")) - {*folder.glob("*.br"), *folder.glob("*.gz")}):
        page.add_url_rule(f"/{file.name}", file.name.replace(".", "-"), _file(file), methods=["GET"])
    return page


def _is_browser() -> bool:
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def _built(folder: Path, name: str) -> Response:
    if (folder / name).is_file():
        return _sent(folder, name)
    return Response(NOT_BUILT, mimetype="text/html")


def _file(file: Path) -> Callable[[], Response]:
    return lambda: _sent(file.parent, file.name)


def _sent(folder: Path, name: str, max_age: int | None = None) -> Response:
    """A whole file, compressed if it lies there so and the client takes that; 304 to who has it already.

    Raises NotFound.
    """
    mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
    send = partial(send_from_directory, folder, mimetype=mimetype, max_age=max_age, conditional=False)
    for coding, ending in CODINGS.items():
        if _takes(coding) and (folder / f"{name}{ending}").is_file():
            response = send(name + ending)
            response.content_encoding = coding
            break
    else:
        response = send(name)
    response.vary.add("Accept-Encoding")
    # If-Match is for those who would change a file.
    environ = {name: said for name, said in request.environ.items() if name != "HTTP_IF_MATCH"}
    response.make_conditional(environ)
    return response


def _takes(coding: str) -> bool:
    return request.accept_encodings.quality(coding) > 0
