"""Forms are taken apart only where that is no more work than their files are worth."""

from __future__ import annotations

from contextlib import suppress

import pytest
from conftest import READ, assert_error
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import Headers
from werkzeug.sansio.multipart import MultipartDecoder, NeedData

from inkdigits.server.app import FORM_PARTS
from inkdigits.server.form import LONGEST_BOUNDARY, MOST_HEADERS, _headers, check

HEAD = b'--edge\r\nContent-Disposition: form-data; name="image"; filename="'
END = b"\r\n--edge--\r\n"
MANY = 2_000_000


def form(head: bytes, file: bytes = b"x") -> bytes:
    """One of a file, whose `head` goes on after the quotation mark of its name."""
    return HEAD + head + b"\r\n\r\n" + file + END


COUNTLESS = {
    "lines": form(b'"' + b"\r\nA:" * MANY),
    "semicolons": form(b'"' + b";" * MANY),
    "a long name": form(b"x" * MANY + b'"'),
    "folded lines": form(b'"' + b"\r\n " * MANY),
    "a line": form(b'"\r\n' + bytes(MANY)),
    "many parts": (HEAD + b'"' + b"\r\nA:" * 3000 + b"\r\n\r\nx\r\n") * 900 + END,
    "no end": HEAD + b"x" * MANY,
    "before the first part": b"-" * MANY + form(b'"'),
    "no part": b"-" * MANY,
    "after the last part": form(b'"') + bytes(MANY),
    "an empty line first": b"--edge \r\n\r\nA:" + b"\r\nA:" * MANY + b"\r\n\r\n" + END,
    "boundaries": b"--edge\n" * MANY,
}


@pytest.mark.parametrize("body", COUNTLESS.values(), ids=COUNTLESS)
def test_a_form_of_countless_headers_is_refused(client: FlaskClient, body: bytes) -> None:
    response = client.post(READ, data=body, content_type="multipart/form-data; boundary=edge")
    assert_error(response, 400, "bad_input")
    assert f"headers have over {MOST_HEADERS:,} bytes" in response.json["detail"]


def test_a_boundary_may_not_be_compared_for_long(client: FlaskClient) -> None:
    """Werkzeug would compare all of it at each of these hyphens: for a quarter of an hour."""
    boundary = "-" * 60_000 + "x"
    response = client.post(
        READ, data=b"-" * 13_000_000, content_type=f"multipart/form-data; boundary={boundary}"
    )
    assert_error(response, 400, "bad_input")
    assert f"over {LONGEST_BOUNDARY} characters" in response.json["detail"]


def test_the_longest_boundary_and_headers_are_taken(client: FlaskClient, seven_png: bytes) -> None:
    boundary = "x" * LONGEST_BOUNDARY
    for length, status in ((0, 200), (1, 400)):
        body = form(b'"', seven_png).replace(b"edge", boundary.encode())
        room = MOST_HEADERS - sum(_headers(body, boundary.encode()))
        body = body.replace(b'filename="', b'filename="' + b"n" * (room + length))
        response = client.post(READ, data=body, content_type=f"multipart/form-data; boundary={boundary}")
        assert response.status_code == status, response.text


def test_a_form_of_many_usual_files_is_taken() -> None:
    part = form(b'IMG_20260101_120000_number.jpeg"\r\nContent-Type: image/jpeg').removesuffix(END)
    boundary = b"----WebKitFormBoundary0123456789abcdef"
    check(((part + b"\r\n") * FORM_PARTS + END).replace(b"edge", boundary), boundary.decode())


class Decoder(MultipartDecoder):
    """The parser's own, which tells how many bytes of headers it has `seen`."""

    seen = 0

    def _parse_headers(self, data: bytes | bytearray) -> Headers:
        self.seen += len(data)
        return super()._parse_headers(data)


PIECES = (b"--edge", b"--", b"\r\n", b"\n", b"\r", b" ", b"\v", b"-", b'Content-Disposition: a; name="b"')


@given(st.lists(st.sampled_from(PIECES), max_size=30), st.integers(1, 99))
def test_all_headers_that_the_parser_sees_are_counted(pieces: list[bytes], step: int) -> None:
    """Wherever what comes is cut."""
    body, decoder = b"".join([b"--edge", *pieces]), Decoder(b"edge")
    with suppress(ValueError):
        for start in range(0, len(body), step):
            decoder.receive_data(body[start : start + step])
            while not isinstance(decoder.next_event(), NeedData):
                pass
    assert decoder.seen <= sum(_headers(body, b"edge"))
