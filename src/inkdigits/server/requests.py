"""An HTTP request -> what `Reader.read` takes: picture bytes, a grid of pixels or strokes."""

from __future__ import annotations

import binascii
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
from flask import Request
from numpy.typing import NDArray
from werkzeug.exceptions import RequestEntityTooLarge

from inkdigits.errors import (
    BadBase64,
    BadJson,
    BadOption,
    BadPixels,
    BadStrokes,
    InputError,
    MissingField,
    NotAnImage,
    TooManyBytes,
    UnsupportedInput,
)
from inkdigits.server.schemas import SIDE

#: Most values of a JSON body: parsed, a small one takes more than ten times its bytes.
MOST_VALUES = 500_000

Picture = bytes | NDArray[np.float32] | list[Any]

_IN_QUERY = "Leave it out; options go in the query, such as ?length=4."
_ONE = "Send one, or all of them to /api/v1/read/batch."
#: In time that grows with the text alone, for where there is no comma.
_DATA_URL = re.compile(r"data:([^,;]*)((?:;[^,]*)?),", re.IGNORECASE)
#: Alphabet of base64 in URLs -> the usual one, and what may be between.
_PLAIN_BASE64, _SPACE = bytes.maketrans(b"-_", b"+/"), b" \t\n\r\v\f"


@dataclass(frozen=True)
class Accepts:
    """What a route takes: `raw` picture bytes, multipart `files` (`many` of a name), JSON `fields`.

    A `lenient` one leaves out whatever else there is; the others refuse it.
    """

    raw: bool = False
    files: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    many: bool = False
    lenient: bool = False

    @property
    def remedy(self) -> str:
        ways = [
            "the picture's bytes as image/*" if self.raw else "",
            f"multipart/form-data with a file {_either(self.files)}" if self.files else "",
            f"application/json with {_either(self.fields)}" if self.fields else "",
        ]
        return f"Send {'; or '.join(filter(None, ways))}."


def _either(names: tuple[str, ...]) -> str:
    return " or ".join(f"`{name}`" for name in names)


READ = Accepts(raw=True, files=("image", "file"), fields=("image", "strokes", "pixels"))
BATCH = Accepts(files=("image", "file"), fields=("pictures",), many=True)
#: What each picture of a batch in JSON is.
EACH = Accepts(fields=READ.fields)
DRAWINGS = Accepts(fields=("strokes", "drawings"))
#: Path of a route for clients of older services -> what it takes.
OLD = {
    "/predict": Accepts(files=("file", "image"), fields=("image", "pixels"), lenient=True),
    "/predict-image": Accepts(files=("image",), lenient=True),
    "/predict-base64": Accepts(fields=("image",), lenient=True),
}


def picture(request: Request, accepts: Accepts) -> Picture:
    """Take the one picture out of a request.

    Raises InputError, in one of its kinds, for anything that is not what `accepts` tells.
    """
    kind = request.mimetype
    if accepts.files and kind == "multipart/form-data":
        return filled(files(request, accepts)[0])
    if accepts.fields and request.is_json:
        return value_of(*given(json_object(request), accepts))
    if accepts.raw and (kind.startswith("image/") or kind == "application/octet-stream"):
        return filled(_body(request))
    raise not_taken(request, accepts)


def not_taken(request: Request, accepts: Accepts) -> InputError:
    """The error that a request of no accepted content type is."""
    if not request.mimetype and not request.content_length:
        return MissingField("The request holds no picture", accepts.remedy)
    return UnsupportedInput(f"The content type {request.mimetype[:80]!r} is not taken here", accepts.remedy)


def taken(request: Request) -> int | None:
    """Bytes of a request's body that were taken in; None where it has none."""
    length, most = request.content_length, request.max_content_length
    if length is None:
        # One that comes in chunks says nothing beforehand.
        return request.stream.tell() if "Transfer-Encoding" in request.headers else None
    return length if most is None or length <= most else 0


def filled(data: bytes) -> bytes:
    """The data of a picture; raises MissingField where there is none."""
    if not data:
        raise MissingField("The picture is empty: it has no bytes", "Send the bytes of a picture file.")
    return data


def files(request: Request, accepts: Accepts) -> list[bytes]:
    """The files of a form under the one accepted name that it has; at least one."""
    try:
        form = request.files
    except ValueError:
        raise InputError("The multipart form is malformed or ends early", "Send the form again.") from None
    names = [name for name in accepts.files if name in form]
    if not names:
        raise MissingField(f"The form has no file {_either(accepts.files)}", accepts.remedy)
    if len(names) > 1:
        raise InputError(
            "The form has files of several names, and it is not said which come first", "Use one name."
        )
    _nothing_else([*request.form, *(name for name in form if name != names[0])], accepts)
    several = form.getlist(names[0])
    if len(several) > 1 and not (accepts.many or accepts.lenient):
        raise InputError(f"The form has {len(several)} files `{names[0]}`, of which one is read", _ONE)
    return [file.read() for file in several]


def _nothing_else(names: Iterable[str], accepts: Accepts) -> None:
    """Raise BadOption if there is any of these `names` besides the picture, and that matters."""
    if not accepts.lenient and (name := next(iter(names), None)) is not None:
        raise BadOption(f"There is {name[:80]!r} besides the picture, where no options are taken", _IN_QUERY)


def json_object(request: Request) -> dict[str, Any]:
    """The JSON object that a request's body is. Raises BadJson, or TooManyBytes for too many values."""
    body = _body(request)
    if sum(map(body.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise TooManyBytes(f"The request body holds over {MOST_VALUES:,} values", "Send fewer at a time.")
    try:
        value = json.loads(body, parse_constant=_no_constant, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise BadJson("The request body is not valid JSON") from None
    if not isinstance(value, dict):
        raise BadJson("The request body is not a JSON object")
    return value


def _body(request: Request) -> bytes:
    data = request.get_data(cache=False)
    # Of one that says no length and is too long no more than this is handed over.
    if request.content_length is None and len(data) >= (request.max_content_length or math.inf):
        raise RequestEntityTooLarge
    # Where a connection breaks, some servers hand over what has come so far.
    if request.content_length not in (None, len(data)):
        raise InputError("The request body ends early", "Send the whole body again.")
    return data


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of these fields, none of which would take another's place unnoticed."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        double = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise BadJson(f"An object of the request body has {double[:80]!r} more than once", "Send it once.")
    return fields


def given(body: dict[str, Any], accepts: Accepts) -> tuple[str, Any]:
    """Which of the accepted fields a JSON object has, and what is in it."""
    names = [name for name in accepts.fields if body.get(name) is not None]
    if not names:
        raise MissingField(f"The object has no {_either(accepts.fields)}", accepts.remedy)
    if len(names) > 1:
        raise InputError(f"The object has both `{names[0]}` and `{names[1]}`", "Send only one of them.")
    _nothing_else((name for name in body if name not in accepts.fields), accepts)
    return names[0], body[names[0]]


def value_of(name: str, value: Any) -> Picture:
    """The picture that the field `name` of a JSON object holds."""
    return _TAKE[name](value)


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
    try:
        text = value.encode("ascii").translate(_PLAIN_BASE64, _SPACE).rstrip(b"=")
        data = binascii.a2b_base64(text + b"=" * (-len(text) % 4), strict_mode=True)
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
