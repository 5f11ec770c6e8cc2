"""Whether this worker lives, and whether requests should be sent to it."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, jsonify

from inkdigits.server.current import Current
from inkdigits.server.errors import Draining


def register(app: Flask, current: Current) -> None:
    """Serve /livez, /readyz and /health."""
    health = Blueprint("health", __name__)

    @health.get("/livez")
    def live() -> Response:
        return jsonify(status="alive")

    @health.get("/readyz")
    def ready() -> Response:
        if current.draining:
            raise Draining("The server is about to stop")
        current.check()
        return jsonify(status="ready")

    @health.get("/health")
    def healthy() -> Response:
        current.check()
        return jsonify(status="healthy")

    app.register_blueprint(health)
