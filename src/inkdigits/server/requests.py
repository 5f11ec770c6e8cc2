"""An HTTP request -> what `Reader.read` takes: picture bytes, a grid of pixels or strokes, and options."""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any, NoReturn

import numpy as np
from flask import Request
from numpy.typing import NDArray
from werkzeug.formparser import FormDataParser

from inkdigits.errors import (
    BadBase64,
    BadJson,
    BadOption,
    BadPixels,
    BadStrokes,
    InputError,
    MissingField,
    NotAnImage,
    UnsupportedInput,
)
from inkdigits.guidance import Guide

Picture = bytes | NDArray[np.float32] | list[Any]

SIDE = 28
NEVER_DECLINE = 1.0
_DATA_URL = re.compile(r"data:([^,;]*)([^,]*),", re.IGNORECASE)
#: Alphabet of base64 in URLs -> the usual one.
_PLAIN_BASE64 = str.maketrans("-_", "+/")


class MemoryRequest(Request):
    """A request whose uploads stay in memory, and whose damaged forms are an error."""

    def _get_file_stream(self, *_: object, **__: object) -> IO[bytes]:
        return BytesIO()

    def make_form_data_parser(self) -> FormDataParser:
        parser = super().make_form_data_parser()
        parser.silent = False
        return parser


@dataclass(frozen=True)
class Accepts:
    """What a route takes: `raw` picture bytes, multipart `files`, JSON `fields`."""

    raw: bool = False
    files: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()

    @property
    def remedy(self) -> str:
        ways = [
            "the picture's bytes as image/*" if self.raw else "",
            f"multipart/form-data with a file {_either(self.files)}" if self.files else "",
            f"application/json with {_either(self.fields)}" if self.fields else "",
        ]
        return f"Send {'; or '.join(filter(None, ways))}."


@dataclass(frozen=True)
class Asked:
    """How a request wants its picture read; `risk` is None where it does not say."""

    guide: Guide
    risk: float | None
    explain: bool


def _either(names: tuple[str, ...]) -> str:
    return " or ".join(f"`{name}`" for name in names)


def asked(request: Request) -> Asked:
    """Take what is asked out of a request's query parameters.

    Raises BadOption for one that is unknown, given twice or impossible, BadGuide for a contradiction.
    """
    given = {name: _option(name, values) for name, values in request.args.lists()}
    explain, decline = given.pop("explain", False), given.pop("decline", True)
    if not decline and "risk" in given:
        raise BadOption("risk and decline=false contradict each other", "Leave one of them out.")
    risk = given.pop("risk", None if decline else NEVER_DECLINE)
    return Asked(Guide(**given), risk, explain)


def _option(name: str, values: list[str]) -> Any:
    if name not in _OPTIONS:
        raise BadOption(f"There is no option {name[:80]!r}", f"There are {', '.join(_OPTIONS)}.")
    if len(values) > 1:
        raise BadOption(f"The option {name} is given more than once", "Give it once.")
    means, wanted = _OPTIONS[name]
    try:
        return means(values[0])
    except (ValueError, KeyError):
        raise BadOption(f"{name} cannot be {values[0][:80]!r}", f"Give {wanted}.") from None


_FLAGS = {"true": True, "false": False}
_NUMBER = (int, "a whole number")
#: Query parameter -> what makes its value of the text, and what a value may be.
_OPTIONS: dict[str, tuple[Callable[[str], Any], str]] = {
    "length": _NUMBER,
    "count": _NUMBER,
    "lines": _NUMBER,
    "pattern": (str, "text"),
    "risk": (float, "a number from 0 to 1"),
    "decline": (_FLAGS.__getitem__, "true or false"),
    "explain": (_FLAGS.__getitem__, "true or false"),
}


def picture(request: Request, accepts: Accepts) -> Picture:
    """Take the one picture out of a request.

    Raises InputError, in one of its kinds, for anything that is not what `accepts` tells.
    """
    kind = request.mimetype
    if accepts.files and kind == "multipart/form-data":
        return _file(request, accepts)
    if accepts.fields and request.is_json:
        return _field(_object(_body(request)), accepts)
    if accepts.raw and (kind.startswith("image/") or kind == "application/octet-stream"):
        return _some(_body(request), "The request body is empty", accepts)
    if not kind and not request.content_length:
        raise MissingField("The request holds no picture", accepts.remedy)
    raise UnsupportedInput(f"The content type {kind[:80]!r} is not taken here", accepts.remedy)


def _body(request: Request) -> bytes:
    data = request.get_data(cache=False)
    # Where a connection breaks, some servers hand over what has come so far.
    if request.content_length not in (None, len(data)):
        raise InputError("The request body ends early", "Send the whole body again.")
    return data


def _some(data: bytes, otherwise: str, accepts: Accepts) -> bytes:
    if not data:
        raise MissingField(otherwise, accepts.remedy)
    return data


def _file(request: Request, accepts: Accepts) -> bytes:
    try:
        files = request.files
    except ValueError:
        raise InputError("The multipart form is malformed or ends early", "Send the form again.") from None
    name = next((name for name in accepts.files if name in files), None)
    if name is None:
        raise MissingField(f"The form has no file {_either(accepts.files)}", accepts.remedy)
    return _some(files[name].read(), f"The file `{name}` is empty", accepts)


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise BadJson("The request body is not valid JSON") from None
    if not isinstance(value, dict):
        raise BadJson("The request body is not a JSON object")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _field(body: dict[str, Any], accepts: Accepts) -> Picture:
    given = [name for name in accepts.fields if body.get(name) is not None]
    if not given:
        raise MissingField(f"The object has no {_either(accepts.fields)}", accepts.remedy)
    if len(given) > 1:
        raise InputError(f"The object has both `{given[0]}` and `{given[1]}`", "Send only one of them.")
    return _TAKE[given[0]](body[given[0]])


def _image(value: Any) -> bytes:
    """The bytes of base64 text or of a base64 data URL."""
    if not isinstance(value, str):
        raise BadBase64("`image` is not a string")
    if head := _DATA_URL.match(value):
        media, options = head.groups()
        if not media.lower().startswith("image/"):
            raise NotAnImage(f"The data URL holds {media[:80] or 'text'!r}, not a picture")
        if not options.lower().endswith(";base64"):
            raise BadBase64("The data URL is not base64")
        value = value[head.end() :]
    text = "".join(value.split()).translate(_PLAIN_BASE64).rstrip("=")
    try:
        data = binascii.a2b_base64(text + "=" * (-len(text) % 4), strict_mode=True)
    except ValueError:
        raise BadBase64("`image` is not base64") from None
    if not data:
        raise BadBase64("`image` is empty")
    return data


def _pixels(value: Any) -> NDArray[np.float32]:
    """784 numbers from 0 to 1, or from 0 to 255 where one is over 1, as 28 rows of 28 from 0 to 1."""
    if not isinstance(value, list):
        raise BadPixels("`pixels` is not a list")
    if len(value) != SIDE * SIDE:
        raise BadPixels(f"`pixels` has {len(value)} entries, not {SIDE * SIDE}")
    if any(type(number) not in (int, float) or not 0 <= number <= 255 for number in value):
        raise BadPixels("`pixels` holds something that is no number from 0 to 255")
    grid = np.array(value, np.float32).reshape(SIDE, SIDE)
    return grid / np.float32(255) if grid.max() > 1 else grid


def _strokes(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise BadStrokes("`strokes` is not a list")
    return value


_TAKE: dict[str, Callable[[Any], Picture]] = {"image": _image, "strokes": _strokes, "pixels": _pixels}
