"""The log: a line for each request and each event, as JSON or as text, never with anything of a picture."""

from __future__ import annotations

import json
import logging
import logging.config
import time
import traceback
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, has_request_context, request

from inkdigits.decode import hush
from inkdigits.server.errors import request_id
from inkdigits.server.requests import taken
from inkdigits.settings import Settings

access = logging.getLogger("inkdigits.access")

#: When a request was whole, in what a server says of it; without that it is when it is worked on.
WHOLE = "inkdigits.whole"
#: Of a longer path or method the rest is left out: it is none of ours, and could hold anything.
_LONGEST = 60
_ENCODE = json.JSONEncoder(default=str).encode


def config(settings: Settings) -> dict[str, Any]:
    """How logging is to be set up: every logger, granian's own too, in one form to stderr."""
    level = settings.log_level.upper()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"{__name__}.{'Json' if settings.log_format == 'json' else 'Text'}"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {"inkdigits": {"level": level}, "_granian": {"level": level}},
    }


def configure(settings: Settings) -> None:
    """Set logging up, unless whoever runs this process already has."""
    if not logging.getLogger().handlers:
        logging.config.dictConfig(config(settings))


class Json(logging.Formatter):
    """A line of JSON: `time` (UTC), `level`, `logger`, `event`, and what belongs to the event."""

    def format(self, record: logging.LogRecord) -> str:
        return _ENCODE(_fields(record))


class Text(logging.Formatter):
    """A line to be read by people; further lines of an event are set in."""

    def format(self, record: logging.LogRecord) -> str:
        fields = _fields(record)
        head = " ".join(str(fields.pop(name)) for name in ("time", "level", "logger", "event"))
        rest = "".join(f" {name}={_ENCODE(value)}" for name, value in fields.items())
        return head.replace("\n", "\n  ") + rest


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": record.getMessage(),
    }
    if has_request_context() and "request_id" in g:
        fields["request_id"] = g.request_id
    if record.exc_info and record.exc_info[0]:
        # Where it happened but not with what value: a message can quote the request.
        fields["error"] = record.exc_info[0].__name__
        fields["trace"] = traceback.format_tb(record.exc_info[2])
    return fields | getattr(record, "fields", {})


def register(app: Flask) -> None:
    """Give every request of `app` an id, and a line in the log once it is answered.

    To be called before anything else that looks at requests: `flask.g.request_id` and `g.started`
    (seconds of `time.perf_counter` when the request was whole) are set here.
    """
    hush()
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.request_id = request_id(request.headers.get("X-Request-Id"))
    g.started = request.environ.get(WHOLE, time.perf_counter())
    g.pictures = 0


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.request_id
    line(
        g.request_id, request.method, request.path, response.status_code, g.started, taken(request),
        g.pictures,
    )  # fmt: skip
    return response


def line(
    own: str, method: str, path: str, status: int, started: float, size: int | None, pictures: int = 0
) -> None:
    """Write the line of a request whose id is `own`; `started` in seconds of `time.perf_counter`."""
    if access.isEnabledFor(logging.INFO):
        fields = {
            "request_id": own,
            "method": method[:_LONGEST],
            "path": path[:_LONGEST],
            "status": status,
            "ms": round((time.perf_counter() - started) * 1000, 3),
            "bytes": size,
            "pictures": pictures,
        }
        access.info("request", extra={"fields": fields})
