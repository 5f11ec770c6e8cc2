"""The API: pictures, drawings and pixels in, readings out."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from inkdigits.errors import ModelInvalid
from inkdigits.reader import Reader
from inkdigits.server.requests import Accepts, asked, picture

READ = Accepts(raw=True, files=("image", "file"), fields=("image", "strokes", "pixels"))


def blueprint(reader: Reader) -> Blueprint:
    api = Blueprint("api", __name__)

    @api.post("/api/v1/read")
    def read() -> Response:
        wanted = asked(request)
        reading = reader.read(picture(request, READ), risk=wanted.risk, **vars(wanted.guide))
        steps = {"explanation": reading.explain().to_dict()} if wanted.explain else {}
        return jsonify(reading.to_dict() | steps)

    @api.get("/health")
    def health() -> Response:
        if not reader.check():
            raise ModelInvalid("The model does not read a known digit rightly")
        return jsonify(status="healthy")

    return api
