"""Several pictures in one request: each has an answer of its own, be it a Reading or a problem."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from inkdigits.errors import BadJson, InputError, MissingField
from inkdigits.reader import Reader
from inkdigits.server import metrics
from inkdigits.server.errors import TooManyPictures, problem
from inkdigits.server.requests import Picture
from inkdigits.server.schemas import MOST_PICTURES
from inkdigits.types import Reading

#: So long one request may have pictures read.
SECONDS = 30

#: A picture, or why there is none.
Item = Picture | InputError


def each(name: str, values: Any, take: Callable[[Any], Picture]) -> list[Item]:
    """What `take` makes of each of the values called `name`: a picture, or the error that it raises.

    Raises InputError where `values` is no list of 1 to MOST_PICTURES.
    """
    remedy = f"Send a list of 1 to {MOST_PICTURES} {name}."
    if not isinstance(values, list):
        raise BadJson(f"`{name}` is not a list", remedy)
    if not values:
        raise MissingField(f"`{name}` is an empty list", remedy)
    if len(values) > MOST_PICTURES:
        raise TooManyPictures(f"{len(values)} {name} are over the limit of {MOST_PICTURES} in a request")
    return [_tried(take, value) for value in values]


def read_each(
    reader: Reader, items: Sequence[Item], asked: dict[str, Any], seconds: float = SECONDS
) -> list[dict[str, Any]]:
    """An answer for each item, in their order; `asked` is as `Reader.read_many` takes it.

    What is not begun within so many seconds is not read. Raises BadOption for an impossible option.
    """
    end, answers = time.monotonic() + seconds, reader.read_each(items, **asked)
    late = TooManyPictures(f"The pictures before this one took over {seconds:g} seconds")
    return [_told(late if time.monotonic() > end else next(answers), item) for item in items]


def _tried(take: Callable[[Any], Any], value: Any) -> Any:
    try:
        return take(value)
    except InputError as error:
        return error


def _told(answer: Reading | InputError, item: Item) -> dict[str, Any]:
    if isinstance(answer, InputError):
        return {"problem": problem(answer)}
    metrics.note(answer, item)
    return {"reading": answer.to_dict()}
