"""Which pages of other origins may see an answer, be it of the application or of its door."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask import Flask
from flask_cors import CORS

#: What such a page may see of an answer's headers, besides the usual.
EXPOSED = ("RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id")

Origins = list[re.Pattern[str]]


def patterns(origins: Iterable[str]) -> Origins:
    """What the allowed `origins` look like; * is every one."""
    # Left as text, one with an IPv6 address would be taken for a pattern that it does not match.
    return [re.compile(".*" if one == "*" else re.escape(one) + r"\Z", re.IGNORECASE) for one in origins]


def register(app: Flask, allowed: Origins) -> None:
    """Let pages of the `allowed` origins call `app` and see its answers."""
    CORS(app, origins=allowed, methods=["GET", "POST"], always_send=False, expose_headers=EXPOSED)


def headers(allowed: Origins, origin: str | None) -> dict[str, str]:
    """The headers that let a page of `origin` see an answer that the application does not give."""
    if origin is None or not any(one.match(origin) for one in allowed):
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": ", ".join(EXPOSED),
        "Vary": "Origin",
    }
