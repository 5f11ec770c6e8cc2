"""`create_app`: the routes, the limits and the headers, put together as one WSGI application."""

from __future__ import annotations

from flask import Flask, Response
from flask.json.provider import DefaultJSONProvider
from flask_cors import CORS

from inkdigits.decode import Limits
from inkdigits.reader import Reader
from inkdigits.server import errors, legacy, page, routes
from inkdigits.server.requests import MemoryRequest
from inkdigits.settings import Settings

#: Room in a request for what is not the picture: form headers, JSON around it, strokes.
ROOM = 1_000_000
FORM_PARTS = 100
HEADERS = {
    "Content-Security-Policy": "; ".join((
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}  # fmt: skip


class _Json(DefaultJSONProvider):
    sort_keys = False


def create_app(settings: Settings | None = None, reader: Reader | None = None) -> Flask:
    """Make the server's application.

    Without `settings` they come from the environment, without `reader` from the settings.
    Raises SettingsError for an impossible setting, ModelError for a model that cannot be used.
    """
    settings = settings or Settings()
    reader = reader or Reader(settings.model, Limits(settings.max_bytes, settings.max_pixels))
    app = Flask(__name__, static_folder=None)
    app.request_class = MemoryRequest
    app.json = _Json(app)
    # Base64 makes four bytes of three; the picture itself is measured by the reader.
    app.config["MAX_CONTENT_LENGTH"] = settings.max_bytes * 4 // 3 + ROOM
    app.config["MAX_FORM_PARTS"] = FORM_PARTS
    errors.register(app)
    for blueprint in (routes.blueprint(reader), legacy.blueprint(reader), page.blueprint()):
        app.register_blueprint(blueprint)
    app.after_request(_secure)
    if settings.cors_origins:
        CORS(app, origins=list(settings.cors_origins), methods=["GET", "POST"], always_send=False)
    return app


def _secure(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
