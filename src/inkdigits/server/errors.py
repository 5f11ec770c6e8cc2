"""Every answer of 400 and above, in the one shape of `InkdigitsError.to_dict`."""

from __future__ import annotations

import logging
import traceback

from flask import Flask, Response, json
from werkzeug.exceptions import HTTPException

from inkdigits.errors import InkdigitsError, InputError, TooManyBytes, UnsupportedInput

log = logging.getLogger(__name__)


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


class InternalError(InkdigitsError):
    code = "internal"
    status = 500
    default_remedy = "Try again; if it lasts, tell whoever runs this server."


_KINDS: dict[int | None, tuple[type[InkdigitsError], str]] = {
    404: (NotFound, "There is nothing at this address"),
    405: (MethodNotAllowed, "This address does not take that method"),
    413: (TooManyBytes, "The request is larger than this server takes"),
    415: (UnsupportedInput, "The content type is not taken here"),
}


def register(app: Flask) -> None:
    """Make every error of `app` answer in the one shape."""
    app.register_error_handler(InkdigitsError, _known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _known(error: InkdigitsError) -> Response:
    if error.status >= 500:
        log.error("%s: %s", error.code, error.message)
    return _fill(Response(status=error.status), error)


def _http(error: HTTPException) -> Response:
    kind, message = _KINDS.get(error.code, (BadRequest, error.name))
    # The exception's own headers hold what belongs to it, such as Allow.
    return _fill(Response(status=error.code, headers=error.get_headers()), kind(message))


def _unexpected(error: Exception) -> Response:
    # Where it happened but not with what value: a message can quote the request.
    log.error("%s\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
    return _fill(Response(status=500), InternalError("The server failed on this request"))


def _fill(response: Response, error: InkdigitsError) -> Response:
    response.data = json.dumps(error.to_dict())
    response.mimetype = "application/json"
    return response
