"""The API: pictures, drawings and pixels in, readings out."""

from __future__ import annotations

import json
from functools import cache
from importlib.metadata import version
from typing import Any

from flask import Blueprint, Response, jsonify, request

from inkdigits.errors import BadJson
from inkdigits.server import metrics
from inkdigits.server.batch import Item, each, read_each
from inkdigits.server.contract import KINDS, OPERATIONS
from inkdigits.server.current import Current
from inkdigits.server.errors import NotFound, title
from inkdigits.server.openapi import document
from inkdigits.server.options import Options, ReadOptions, options
from inkdigits.server.rates import Rates
from inkdigits.server.requests import (
    BATCH,
    DRAWINGS,
    EACH,
    READ,
    Picture,
    files,
    filled,
    given,
    json_object,
    not_taken,
    picture,
    value_of,
)
from inkdigits.types import Reading

#: Digits of a page that are shown by themselves: each takes about as long as a picture.
MOST_EXPLAINED = 24


def blueprint(current: Current, rates: Rates) -> Blueprint:
    api = Blueprint("api", __name__)

    @api.post("/api/v1/read")
    def read() -> Response:
        wanted = options(request, ReadOptions)
        # The page has read it before it asks how it was read.
        reading = _read(picture(request, READ), wanted, again=wanted.explain)
        steps = {"explanation": reading.explain(MOST_EXPLAINED).to_dict()} if wanted.explain else {}
        return jsonify(reading.to_dict() | steps)

    @api.post("/api/v1/read/batch")
    def read_batch() -> Response:
        wanted = options(request, Options)
        return _answers(_pictures(), wanted)

    @api.post("/api/v1/strokes")
    def strokes() -> Response:
        wanted = options(request, Options)
        if not request.is_json:
            raise not_taken(request, DRAWINGS)
        name, value = given(json_object(request), DRAWINGS)
        if name == "drawings":
            return _answers(each(name, value, lambda one: value_of("strokes", one)), wanted)
        return jsonify(_read(value_of("strokes", value), wanted).to_dict())

    def _read(source: Picture, wanted: Options, again: bool = False) -> Reading:
        asked = wanted.asked  # refused before it is counted, where it is impossible
        rates.take(1)
        reading = current.reader.read(source, **asked)
        metrics.note(reading, source, again)
        return reading

    def _answers(items: list[Item], wanted: Options) -> Response:
        asked = wanted.asked
        rates.take(len(items))
        return jsonify(answers=read_each(current.reader, items, asked))

    @api.get("/api/v1/model")
    def model() -> Response:
        return jsonify({name: one.card for name, one in vars(current.reader.models).items()})

    @api.get("/api/v1/problems/<code>")
    def problem(code: str) -> Response:
        if code not in KINDS:
            raise NotFound("There is no problem of this code")
        kind = KINDS[code]
        return jsonify(code=code, title=title(kind), status=kind.status, remedy=kind.default_remedy)

    @api.get("/api/v1/openapi.json")
    def openapi() -> Response:
        return Response(_document(request.script_root), mimetype="application/json")

    return api


def _pictures() -> list[Item]:
    if request.mimetype == "multipart/form-data":
        return each("pictures", files(request, BATCH), filled)
    if not request.is_json:
        raise not_taken(request, BATCH)
    return each(*given(json_object(request), BATCH), _picture)


def _picture(value: Any) -> Picture:
    if not isinstance(value, dict):
        raise BadJson("The picture is not a JSON object", EACH.remedy)
    return value_of(*given(value, EACH))


@cache
def _document(base: str) -> str:
    return json.dumps(document(OPERATIONS, KINDS, base, version("inkdigits")))
