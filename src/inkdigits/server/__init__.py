"""The HTTP server: `create_app` makes a plain WSGI application, `run` serves it."""

from inkdigits.server.app import create_app

__all__ = ["create_app"]
