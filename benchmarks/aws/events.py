"""Requests as an HTTP API hands them to a function (version 2.0), and what it makes of the answer."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from typing import Any

from benchmarks.aws.asks import Answer, Ask

#: What an HTTP API hands over as it is; anything else it writes as base64.
TEXT = ("text/", "application/json", "application/javascript", "application/xml")


def event_of(ask: Ask, source: str = "203.0.113.7") -> dict[str, Any]:
    """The event that `ask`, from the address `source`, becomes."""
    path, _, query = ask.target.partition("?")
    headers = {name.lower(): value for name, value in ask.headers.items()}
    cookies = headers.pop("cookie", "")
    body, packed = _body(ask.body, headers.get("content-type", ""))
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers | ({"content-length": str(len(ask.body))} if ask.body else {}),
        **({"cookies": cookies.split("; ")} if cookies else {}),
        **({"body": body} if ask.body else {}),
        "isBase64Encoded": packed,
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "stage": "$default",
            "http": {
                "method": ask.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": source,
                "userAgent": headers.get("user-agent", ""),
            },
        },
    }


def _body(body: bytes, kind: str) -> tuple[str, bool]:
    """A body as text, and whether that is base64."""
    if kind.startswith(TEXT):
        return body.decode(), False
    return base64.b64encode(body).decode(), bool(body)


def answer_of(result: Mapping[str, Any]) -> Answer:
    """What a client gets of a function's result; a failed function is a 500."""
    if "statusCode" not in result:
        return Answer(500, {"content-type": "application/json"}, b'{"message":"Internal Server Error"}')
    body = result.get("body", "")
    data = base64.b64decode(body) if result.get("isBase64Encoded") else body.encode()
    return Answer(result["statusCode"], dict(result.get("headers", {})), data)
