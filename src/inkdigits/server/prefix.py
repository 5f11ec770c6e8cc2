"""The application below a path, behind a proxy that strips that path and behind one that does not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from inkdigits.errors import SettingsError
from inkdigits.server.contract import OPERATIONS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


#: The beginnings of our own paths.
_OURS = (*(path for _, path in OPERATIONS if path != "/"), "/assets/")


def check(prefix: str) -> None:
    """Raise SettingsError for one with which our own paths begin: behind a proxy they would lose it twice."""
    if prefix and any(f"{path}/".startswith(f"{prefix}/") for path in _OURS):
        raise SettingsError(
            f"The setting prefix cannot be {prefix}, with which paths of the server itself begin",
            "Choose another, such as /digits.",
        )


def register(app: Flask, prefix: str) -> None:
    """Serve `app` at `prefix` (such as /digits) and, for probes and for proxies that strip it, at / too.

    What else a server or a request says of where `app` is changes nothing. Raises SettingsError, as `check`.
    """
    check(prefix)
    app.wsgi_app = _below(prefix, app.wsgi_app)  # type: ignore[assignment, method-assign]

    @app.before_request
    def end_with_slash() -> Response | None:
        # The page's own addresses are relative: without the slash they would lead elsewhere.
        if request.environ["PATH_INFO"]:
            return None
        query = request.query_string.decode(errors="replace")
        return Response(status=308, headers={"Location": f"{prefix}/" + (query and f"?{query}")})


def stripped(path: str, prefix: str) -> str:
    """`path` without the prefix that it is below, if it is."""
    return path.removeprefix(prefix) if path == prefix or path.startswith(f"{prefix}/") else path


def _below(prefix: str, app: WSGIApplication) -> WSGIApplication:
    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["PATH_INFO"] = stripped(environ.get("PATH_INFO", ""), prefix)
        environ["SCRIPT_NAME"] = prefix
        return app(environ, start_response)

    return answer
