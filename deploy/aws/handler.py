"""The function: an event of API Gateway in, the application's answer out."""

from __future__ import annotations

import json
import logging
from typing import Any

# Lambda's own handler would keep the application from logging in its own form.
logging.getLogger().handlers.clear()

from apig_wsgi import make_lambda_handler  # noqa: E402

from inkdigits.errors import TooManyBytes  # noqa: E402
from inkdigits.server import create_app  # noqa: E402
from inkdigits.server.errors import refusal  # noqa: E402
from inkdigits.server.headers import HEADERS  # noqa: E402
from inkdigits.settings import Settings  # noqa: E402

Event = dict[str, Any]

#: Longest answer that Lambda passes on, in bytes of JSON: 6 MiB, less room for what is around it.
LONGEST = 6 * 2**20 - 50_000

settings = Settings()
answer = make_lambda_handler(create_app(settings))


def handler(event: Event, context: object) -> Event:
    """Answer one request. An answer that Lambda would not pass on becomes a problem that says so."""
    # In WSGI an underscore is a hyphen, so these would pass for headers that CloudFront vouches for.
    event["headers"] = {name: value for name, value in event["headers"].items() if "_" not in name}
    given: Event = answer(event, context)
    return given if len(given["body"]) <= LONGEST and _size(given) <= LONGEST else _too_long(event)


def _size(given: Event) -> int:
    # Base64 is as long in JSON as it is; text can grow.
    return len(given["body"]) if given["isBase64Encoded"] else len(json.dumps(given["body"]))


def _too_long(event: Event) -> Event:
    error = TooManyBytes(
        f"The answer is longer than the {LONGEST:,} bytes that can be sent back",
        "Send a smaller picture, or fewer at a time.",
    )
    status, headers, body = refusal(error, settings.prefix, event["headers"].get("x-request-id"))
    return {
        "statusCode": status,
        "headers": HEADERS | dict(headers),
        "body": body.decode(),
        "isBase64Encoded": False,
    }
