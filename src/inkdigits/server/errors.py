"""Every answer of 400 and above: problem details (RFC 9457) with `code`, `remedy` and `request_id`."""

from __future__ import annotations

import json
import logging
import math
import os
import re
import traceback
from typing import ClassVar

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from inkdigits.errors import InkdigitsError, InputError, InternalError, TooManyBytes, UnsupportedInput

log = logging.getLogger(__name__)

Headers = list[tuple[str, str]]

#: Seconds after which to ask again where nobody can tell when it will be well.
AGAIN = 10
PROBLEM = "application/problem+json"
_SANE = re.compile(r"[A-Za-z0-9._:-]{1,64}")


class BadRequest(InputError):
    code = "bad_request"
    default_remedy = "Correct the request."


class NotFound(InputError):
    code = "not_found"
    status = 404
    default_remedy = "Check the address; POST /api/v1/read reads a picture."


class MethodNotAllowed(InputError):
    code = "method_not_allowed"
    status = 405
    default_remedy = "Use a method that the Allow header names."


class TooManyPictures(InputError):
    code = "too_many_pictures"
    status = 422
    default_remedy = "Send them in several requests."


class Unauthorized(InputError):
    code = "unauthorized"
    status = 401
    default_remedy = "Send an API key of this server as `Authorization: Bearer KEY`."
    headers: ClassVar = {"WWW-Authenticate": "Bearer"}


class TooSlow(InputError):
    code = "too_slow"
    status = 408
    default_remedy = "Send the request again over a better connection."


class Overloaded(InkdigitsError):
    """More is asked than can be read; `wait` is in how many seconds to ask again, as Retry-After says."""

    code = "overloaded"
    status = 503
    default_remedy = "Send the request again once the seconds of the Retry-After header are over."

    def __init__(self, message: str, wait: float, remedy: str | None = None) -> None:
        super().__init__(message, remedy)
        self.headers = {"Retry-After": str(max(1, math.ceil(wait)))}


class Draining(InkdigitsError):
    code = "draining"
    status = 503
    default_remedy = "Send requests to another server; this one is about to stop."


class RateLimited(Overloaded):
    """More is asked than this caller may."""

    code = "rate_limited"
    status = 429


#: Status of an error of the framework's -> its kind, what is wrong, and the remedy if not the kind's own.
_KINDS: dict[int | None, tuple[type[InkdigitsError], *tuple[str, ...]]] = {
    404: (NotFound, "There is nothing at this address"),
    405: (MethodNotAllowed, "This address does not take that method"),
    413: (
        TooManyBytes,
        "The request is larger, or has more parts, than this server takes",
        "Send smaller pictures, or fewer at a time.",
    ),
    415: (UnsupportedInput, "The content type is not taken here"),
}


def title(kind: type[InkdigitsError]) -> str:
    """What a kind is called where a person reads."""
    return kind.code.replace("_", " ").capitalize()


def request_id(given: str | None) -> str:
    """An id for a request: the one that came with it if that is a sane token, else a new one."""
    return given if given and _SANE.fullmatch(given) else os.urandom(8).hex()


def problem(error: InkdigitsError) -> dict[str, object]:
    """The body that tells of `error`, within a request."""
    return _body(error, request.script_root, g.setdefault("request_id", request_id(None)))


def refusal(error: InkdigitsError, prefix: str, given: str | None) -> tuple[int, Headers, bytes]:
    """Status, headers and body that tell of `error` before the application is asked.

    `prefix` is the path that the application is below, `given` the X-Request-Id of the request.
    """
    own = request_id(given)
    headers = {"Content-Type": PROBLEM, "X-Request-Id": own, "Cache-Control": "no-store"} | _headers(error)
    return error.status, list(headers.items()), _json(_body(error, prefix, own)).encode()


def _json(body: dict[str, object]) -> str:
    return json.dumps(body, separators=(",", ":"))


def _headers(error: InkdigitsError) -> dict[str, str]:
    again = {"Retry-After": str(AGAIN)} if error.status == 503 else {}
    return again | getattr(error, "headers", {})


def _body(error: InkdigitsError, prefix: str, own: str) -> dict[str, object]:
    return {
        "type": f"{prefix}/api/v1/problems/{error.code}",
        "title": title(type(error)),
        "status": error.status,
        "detail": error.message,
        "code": error.code,
        "remedy": error.remedy,
        "request_id": own,
    }


def register(app: Flask) -> None:
    """Make every error of `app` answer in the one shape."""
    app.register_error_handler(InkdigitsError, _known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _known(error: InkdigitsError) -> Response:
    # Draining is meant, and asked for every few seconds: it is to alarm nobody.
    if error.status >= 500 and not isinstance(error, Draining):
        log.error("%s: %s", error.code, error.message)
    return _answer(error, _headers(error))


def _http(error: HTTPException) -> Response:
    kind, *said = _KINDS.get(error.code, (BadRequest, error.name))
    # The exception's own headers hold what belongs to it, such as Allow.
    return _answer(kind(*said), dict(error.get_headers()))


def _unexpected(error: Exception) -> Response:
    # Where it happened but not with what value: a message can quote the request.
    log.error("%s\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
    return _answer(InternalError("The server failed on this request"), {})


def _answer(error: InkdigitsError, headers: dict[str, str]) -> Response:
    return Response(_json(problem(error)), error.status, headers | {"Content-Type": PROBLEM})
