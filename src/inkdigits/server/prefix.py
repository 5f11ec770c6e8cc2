"""The application below a path, behind a proxy that strips that path and behind one that does not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def register(app: Flask, prefix: str) -> None:
    """Serve `app` at `prefix` (such as /digits) and, for probes and for proxies that strip it, at / too."""
    app.wsgi_app = _below(prefix, app.wsgi_app)  # type: ignore[assignment, method-assign]

    @app.before_request
    def end_with_slash() -> Response | None:
        # The page's own addresses are relative: without the slash they would lead elsewhere.
        if request.environ["PATH_INFO"]:
            return None
        return Response(status=308, headers={"Location": f"{prefix}/"})


def _below(prefix: str, app: WSGIApplication) -> WSGIApplication:
    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ.get("PATH_INFO", "")
        if path == prefix or path.startswith(f"{prefix}/"):
            environ["PATH_INFO"] = path.removeprefix(prefix)
        environ["SCRIPT_NAME"] = prefix
        return app(environ, start_response)

    return answer
