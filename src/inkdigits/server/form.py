"""Forms of several parts: taken apart in memory, and only where that is no more work than files are worth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any

from flask import Request
from werkzeug.formparser import FormDataParser

from inkdigits.errors import InputError

#: Bytes of a form's headers, of all its parts together: parsed, each may take a hundred.
MOST_HEADERS = 300_000
#: Characters of a boundary, as RFC 2046 has it.
LONGEST_BOUNDARY = 70
_BLANK_LINE = re.compile(rb"\r\n\r\n|\r\r|\n\n")


class _Parser(FormDataParser):
    """Raises InputError for a form that `check` refuses, ValueError for a damaged one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(silent=False, **options)

    def parse(self, stream: IO[bytes], mimetype: str, content_length: int | None, options: Any = None) -> Any:
        body = stream.read()
        stream.read(1)  # raises if there is more of it than may be
        check(body, (options or {}).get("boundary", ""))
        return super().parse(BytesIO(body), mimetype, content_length, options)


class MemoryRequest(Request):
    """A request whose uploads stay in memory, and whose damaged forms are an error."""

    form_data_parser_class = _Parser

    def _get_file_stream(self, *_: object, **__: object) -> IO[bytes]:
        return BytesIO()


def check(body: bytes, boundary: str) -> None:
    """Raise InputError where the `boundary` or the headers of a form's `body` are longer than they may be."""
    if len(boundary) > LONGEST_BOUNDARY:
        raise InputError(
            f"The form's boundary has over {LONGEST_BOUNDARY} characters", "Send the form with a shorter one."
        )
    room = MOST_HEADERS
    for size in _headers(body, boundary.encode()):
        room -= size
        if room < 0:
            raise InputError(
                f"The form's headers have over {MOST_HEADERS:,} bytes", "Send each file with its name alone."
            )


def _headers(body: bytes, boundary: bytes) -> Iterator[int]:
    """Bytes before the first boundary, and of each and its headers: never less than the parser sees.

    A boundary within a line counts as well, since it could be the first one.
    """
    edge = re.compile(rb"--%b(?:--|[^\S\r\n]*(?:\r\n|\r|\n))" % re.escape(boundary))
    first = edge.search(body)
    yield first.start() if first else len(body)
    for start in edge.finditer(body):
        blank = _BLANK_LINE.search(body, start.end())
        yield (blank.end() if blank else len(body)) - start.start()
