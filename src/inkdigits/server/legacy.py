"""The routes that clients of older digit services call: one picture, one digit."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, jsonify, request

from inkdigits.decline import NEVER_DECLINE
from inkdigits.errors import NoDigit
from inkdigits.server import metrics
from inkdigits.server.current import Current
from inkdigits.server.rates import Rates
from inkdigits.server.requests import OLD, Accepts, picture
from inkdigits.types import Reading


def blueprint(current: Current, rates: Rates) -> Blueprint:
    legacy = Blueprint("legacy", __name__)
    for path, accepts in OLD.items():
        legacy.add_url_rule(path, path.strip("/"), _view(current, rates, accepts), methods=["POST"])
    return legacy


def _view(current: Current, rates: Rates, accepts: Accepts) -> Callable[[], Response]:
    def predict() -> Response:
        one = picture(request, accepts)
        rates.take(1)
        reading = current.reader.read(one, risk=NEVER_DECLINE, count=1)
        metrics.note(reading, one)
        if not reading.digits:
            raise NoDigit("The picture holds no digit")
        return jsonify(_answer(reading))

    return predict


def _answer(reading: Reading) -> dict[str, object]:
    digit = reading.digits[0]
    return {
        "digit": digit.value,
        "prediction": digit.value,
        "predicted_digit": digit.value,
        "confidence": reading.confidence,
        "probabilities": list(digit.probabilities),
    }
