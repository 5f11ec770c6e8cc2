"""The query of a request -> how its pictures are to be read."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl

from flask import Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic_core import from_json
from werkzeug.datastructures import MultiDict

from inkdigits.decline import NEVER_DECLINE
from inkdigits.errors import BadOption
from inkdigits.guide import MOST, Guide

_GUIDE = ("length", "count", "lines", "pattern")


def _number(name: str) -> Any:
    return WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST[name]})


class Options(BaseModel):
    """What may be asked of a reading. The ranges are what Guide and Reader hold them to."""

    model_config = ConfigDict(frozen=True, strict=True)

    length: Annotated[int | None, _number("length")] = Field(None, description="Digits in each line.")
    count: Annotated[int | None, _number("count")] = Field(None, description="Digits in all.")
    lines: Annotated[int | None, _number("lines")] = Field(None, description="Lines of digits.")
    pattern: Annotated[
        str | None, WithJsonSchema({"type": "string", "pattern": "[d0-9]", "examples": ["dddd-dd-dd"]})
    ] = Field(None, description="The whole text: `d` for any digit, 0 to 9 for that very digit.")
    risk: Annotated[float | None, WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1})] = Field(
        None,
        ge=0,
        le=1,
        description="Share of wrong answers, among those given, that is accepted for each digit.",
    )
    decline: bool = Field(True, description="false: answer even by a guess, as with a risk of 1.")

    @property
    def asked(self) -> dict[str, Any]:
        """What `Reader.read` takes. Raises BadOption and BadGuide for contradictions."""
        if not self.decline and self.risk is not None:
            raise BadOption("risk and decline=false contradict each other", "Leave one of them out.")
        guide = Guide(**{name: getattr(self, name) for name in _GUIDE})
        return vars(guide) | {"risk": self.risk if self.decline else NEVER_DECLINE}


class ReadOptions(Options):
    """What may be asked of the reading of one picture."""

    explain: bool = Field(False, description="true: tell how it was read, as pictures.")


_Kind = TypeVar("_Kind", bound=Options)


def options(request: Request, kind: type[_Kind]) -> _Kind:
    """Take the options out of a request's query.

    Raises BadOption for one that is unknown, given twice or no such value.
    """
    texts = {name: _text(name, values, kind) for name, values in _query(request).lists()}
    try:
        return kind.model_validate({name: _value(name, text) for name, text in texts.items()})
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        wanted = _WANTED[kind.model_json_schema()["properties"][name]["type"]]
        raise BadOption(f"{name} cannot be {texts[name][:80]!r}", f"Give {wanted}.") from None


def _query(request: Request) -> MultiDict[str, str]:
    # Flask's own `args` would let a byte that is no text pass, as its escape.
    try:
        pairs = parse_qsl(request.query_string.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise BadOption(
            "The query is not UTF-8", "Write its text in UTF-8, with % in front of bytes."
        ) from None
    return MultiDict(pairs)


_WANTED = {
    "integer": "a whole number, such as 4",
    "number": "a number from 0 to 1, such as 0.05",
    "boolean": "true or false",
    "string": "text",
}


def _text(name: str, values: list[str], kind: type[Options]) -> str:
    if name not in kind.model_fields:
        raise BadOption(f"There is no option {name[:80]!r}", f"There are {', '.join(kind.model_fields)}.")
    if len(values) > 1:
        raise BadOption(f"The option {name} is given more than once", "Give it once.")
    return values[0]


def _value(name: str, text: str) -> object:
    """What a text stands for; the numbers and flags of a query are written as in JSON."""
    if name == "pattern" or text == "null":
        return text
    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError:
        return text
