"""The routes that clients of older digit services call: one picture, one digit."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, jsonify, request

from inkdigits.errors import NoDigit
from inkdigits.reader import Reader
from inkdigits.server.requests import NEVER_DECLINE, Accepts, picture
from inkdigits.types import Digit

ROUTES = {
    "/predict": Accepts(files=("file", "image"), fields=("image", "pixels")),
    "/predict-image": Accepts(files=("image",)),
    "/predict-base64": Accepts(fields=("image",)),
}


def blueprint(reader: Reader) -> Blueprint:
    legacy = Blueprint("legacy", __name__)
    for path, accepts in ROUTES.items():
        legacy.add_url_rule(path, path.strip("/"), _view(reader, accepts), methods=["POST"])
    return legacy


def _view(reader: Reader, accepts: Accepts) -> Callable[[], Response]:
    def predict() -> Response:
        reading = reader.read(picture(request, accepts), risk=NEVER_DECLINE, count=1)
        if not reading.digits:
            raise NoDigit("The picture holds no digit")
        return jsonify(_answer(reading.digits[0]))

    return predict


def _answer(digit: Digit) -> dict[str, object]:
    return {
        "digit": digit.value,
        "prediction": digit.value,
        "predicted_digit": digit.value,
        "confidence": digit.probabilities[digit.value],
        "probabilities": list(digit.probabilities),
    }
