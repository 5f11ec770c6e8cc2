"""The web page: files that Vite built, and the words for those who are no browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Blueprint, Response, jsonify, request, send_from_directory

PAGE = Path(__file__).parent / "page"
WELCOME = "Welcome to the Handwritten Digit Recognizer API!"
NOT_BUILT = (
    '<!doctype html><html lang="en"><title>inkdigits</title><h1>inkdigits</h1>'
    "<p>The API is here, but the page is not built. Run <code>make web</code> and start the server again."
)
A_YEAR = 365 * 24 * 60 * 60


def blueprint(folder: Path = PAGE) -> Blueprint:
    """Serve the page built into `folder`: its index at /, its other files at their names."""
    page = Blueprint("page", __name__)

    @page.get("/")
    def home() -> Response:
        response = _index(folder) if _is_browser() else jsonify(message=WELCOME)
        response.vary.add("Accept")
        return response

    @page.get("/assets/<path:name>")
    def asset(name: str) -> Response:
        # Vite puts a hash of the content into the name, so a name never changes its content.
        response = send_from_directory(folder / "assets", name, max_age=A_YEAR)
        response.cache_control.immutable = True
        return response

    for file in sorted(folder.glob("*.*")):
        page.add_url_rule(f"/{file.name}", file.name.replace(".", "-"), _file(file), methods=["GET"])
    return page


def _is_browser() -> bool:
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def _index(folder: Path) -> Response:
    if (folder / "index.html").is_file():
        return send_from_directory(folder, "index.html")
    return Response(NOT_BUILT, mimetype="text/html")


def _file(file: Path) -> Callable[[], Response]:
    return lambda: send_from_directory(file.parent, file.name)
