"""`inkdigits models`: what reads, where it is from, how good it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import typer

from inkdigits.cli.common import JsonOption, ModelOption, say


def register(app: typer.Typer) -> None:
    app.command("models")(models)


def models(as_json: JsonOption = False, model: ModelOption = None) -> None:
    """Tell what the shipped models are, where they are from and how good they are."""
    from inkdigits.reader import Reader

    reader = Reader(model)
    cards = {name: model.card for name, model in vars(reader.models).items()}
    for line in [json.dumps(cards)] if as_json else _lines(cards):
        say(line)


def _lines(card: dict[str, Any], indent: str = "") -> Iterator[str]:
    """The card for a person: a line for each entry, what an entry holds indented below it."""
    for name, value in card.items():
        if isinstance(value, dict):
            yield f"{indent}{name}"
            yield from _lines(value, indent + "  ")
        elif isinstance(value, list):
            yield f"{indent}{name:<20} {'; '.join(map(_plain, value))}"
        else:
            yield f"{indent}{name:<20} {_plain(value)}"


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(map(_plain, value.values()))
    return f"{value:.4g}" if isinstance(value, float) else str(value)
