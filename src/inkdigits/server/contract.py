"""What each route takes and gives; the API's document and its tests are made of this."""

from __future__ import annotations

from inkdigits.errors import (
    BadBase64,
    BadGuide,
    BadJson,
    BadOption,
    BadPixels,
    BadStrokes,
    InkdigitsError,
    InputError,
    InternalError,
    MissingField,
    ModelInvalid,
    NoDigit,
    NotAnImage,
    TooManyBytes,
    TooManyPixels,
    TruncatedImage,
    UnsupportedInput,
)
from inkdigits.server import schemas
from inkdigits.server.errors import (
    BadRequest,
    Draining,
    MethodNotAllowed,
    NotFound,
    Overloaded,
    RateLimited,
    TooManyPictures,
    TooSlow,
    Unauthorized,
)
from inkdigits.server.openapi import Key, Operation
from inkdigits.server.options import Options, ReadOptions
from inkdigits.server.requests import BATCH, DRAWINGS, OLD, READ

HTML = "text/html"

_Kinds = tuple[type[InkdigitsError], ...]

ANY: _Kinds = (BadRequest, TooSlow, Overloaded, InternalError)
BODY: _Kinds = (
    *ANY, Unauthorized, RateLimited, InputError, MissingField, TooManyBytes, UnsupportedInput
)  # fmt: skip
JSON: _Kinds = (*BODY, BadJson)
OPTION: _Kinds = (BadOption, BadGuide)
FILE: _Kinds = (NotAnImage, TruncatedImage, TooManyPixels)
PICTURE: _Kinds = (*JSON, *FILE, BadBase64, BadPixels, BadStrokes)
SEVERAL: _Kinds = (TooManyPictures,)

OPERATIONS: dict[Key, Operation] = {
    ("POST", "/api/v1/read"): Operation(
        "read", "Read a picture or a drawing", "reading",
        gives=schemas.Reading, takes=READ, options=ReadOptions, errors=(*PICTURE, *OPTION),
    ),
    ("POST", "/api/v1/read/batch"): Operation(
        "readBatch", "Read up to 64 pictures, each with its own answer or problem", "reading",
        gives=schemas.Answers, takes=BATCH, options=Options, errors=(*JSON, *OPTION, *SEVERAL),
    ),
    ("POST", "/api/v1/strokes"): Operation(
        "readStrokes", "Read one drawing, or up to 64, each with its own answer or problem", "reading",
        gives=schemas.Reading | schemas.Answers, takes=DRAWINGS, options=Options,
        errors=(*JSON, *OPTION, BadStrokes, *SEVERAL),
    ),
    ("GET", "/api/v1/model"): Operation(
        "model", "The cards of the three models that read", "about", gives=schemas.Cards, errors=ANY
    ),
    ("GET", "/api/v1/problems/<code>"): Operation(
        "problem", "What the code of a problem stands for", "about",
        gives=schemas.ProblemKind, path=("code",), errors=(*ANY, NotFound),
    ),
    ("GET", "/api/v1/openapi.json"): Operation(
        "document", "This document", "about", gives=dict[str, object], errors=ANY
    ),
    ("GET", "/docs"): Operation(
        "docs", "This document as a page", "about", media=(HTML,), errors=ANY, kept=True
    ),
    ("GET", "/"): Operation(
        "home", "The page for a browser, a welcome for others", "about",
        gives=schemas.Welcome, media=(HTML,), errors=ANY, kept=True,
    ),
    ("GET", "/livez"): Operation(
        "live", "Whether a worker lives", "operation", gives=schemas.Health, errors=ANY
    ),
    ("GET", "/readyz"): Operation(
        "ready", "Whether a known digit is read rightly, and the server is not about to stop", "operation",
        gives=schemas.Health, errors=(*ANY, ModelInvalid, Draining),
    ),
    ("GET", "/health"): Operation(
        "health", "Whether a known digit is read rightly", "operation",
        gives=schemas.Health, errors=(*ANY, ModelInvalid),
    ),
    ("GET", "/metrics"): Operation(
        "metrics", "Counts for Prometheus", "operation", media=("text/plain",), errors=(*ANY, Unauthorized)
    ),
    **{
        ("POST", path): Operation(
            path.strip("/"), "Read one digit, for clients of older services", "older services",
            gives=schemas.OldDigit, takes=takes, errors=(*PICTURE, NoDigit),
        )
        for path, takes in OLD.items()
    },
}  # fmt: skip

_SERVED: _Kinds = (*(kind for one in OPERATIONS.values() for kind in one.errors), MethodNotAllowed)
#: Code of a problem -> its kind, for every problem that an answer may tell of.
KINDS = {kind.code: kind for kind in _SERVED}
