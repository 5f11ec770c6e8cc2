"""`create_app`: the routes, the limits and the headers, put together as one WSGI application."""

from __future__ import annotations

import logging
import os

from flask import Flask, Response
from flask.json.provider import DefaultJSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix

from inkdigits.decode import Limits
from inkdigits.reader import Reader
from inkdigits.server import cors, errors, health, keys, legacy, logs, metrics, page, prefix, rates, routes
from inkdigits.server.current import Current
from inkdigits.server.form import MemoryRequest
from inkdigits.server.headers import HEADERS
from inkdigits.settings import Settings, unknown

log = logging.getLogger(__name__)

#: Room in a request for what is not the picture: form headers, JSON around it, strokes.
ROOM = 1_000_000
#: Parts of a form that are looked at, so that too many pictures are told from too large ones.
FORM_PARTS = 1000


class _Json(DefaultJSONProvider):
    sort_keys = False


def create_app(settings: Settings | None = None, reader: Reader | None = None) -> Flask:
    """Make the server's application.

    Without `settings` they come from the environment, without `reader` from the settings. Whoever gives
    `settings` vouches for the number of workers in them; else a rate limit needs a Redis to be counted in.
    Raises SettingsError for an impossible setting, ModelError for a model that cannot be used.
    """
    ours = settings is not None
    settings = settings or Settings()
    limits = rates.Rates(settings, ours)
    current = Current(reader or _reader(settings))
    if not reader:
        logs.configure(settings)
        _tell_of_unknown()
        if settings.watch:
            current.watch(settings.watch)
    app = Flask(__name__, static_folder=None)
    app.request_class = MemoryRequest
    app.json = _Json(app)
    # Else what has two slashes is sent on to whatever host the request names.
    app.url_map.merge_slashes = False
    # Base64 makes four bytes of three; the picture itself is measured by the reader.
    app.config["MAX_CONTENT_LENGTH"] = settings.max_bytes * 4 // 3 + ROOM
    app.config["MAX_FORM_PARTS"] = FORM_PARTS
    # A field that is no file is refused by its name, however long it is.
    app.config["MAX_FORM_MEMORY_SIZE"] = None
    app.extensions["inkdigits"] = current
    logs.register(app)
    metrics.register(app)
    health.register(app, current)
    errors.register(app)
    prefix.register(app, settings.prefix)
    if settings.keys:
        keys.register(app, settings.keys)
    rates.register(app)
    for blueprint in (routes.blueprint(current, limits), legacy.blueprint(current, limits), page.blueprint()):
        app.register_blueprint(blueprint)
    app.after_request(_secure)
    if settings.cors_origins:
        cors.register(app, cors.patterns(settings.cors_origins))
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies
        )
    return app


def _tell_of_unknown() -> None:
    for name, likes in unknown(os.environ).items():
        meant = f"; is {' or '.join(likes)} meant?" if likes else ""
        log.warning("There is no setting %s, so it changes nothing%s", name, meant)


def _reader(settings: Settings) -> Reader:
    return Reader(settings.model, Limits(settings.max_bytes, settings.max_pixels))


def _secure(response: Response) -> Response:
    given = {name.lower() for name, _ in response.headers}
    for name, value in HEADERS.items():
        if name.lower() not in given:
            response.headers.add(name, value)
    return response
