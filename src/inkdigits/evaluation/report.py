"""Evaluations as a picture, and as one HTML file that needs no other."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterable, Sequence
from errno import EISDIR
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import jinja2
from matplotlib.figure import Figure

from inkdigits.errors import NotWritten
from inkdigits.evaluation.plot import draw
from inkdigits.evaluation.result import Evaluation
from inkdigits.evaluation.summary import facts, percent, told
from inkdigits.files import is_stream, write_atomically, writing

TEMPLATE = "report.html"


def check_ready(reports: Sequence[Path], measured: Iterable[Path]) -> None:
    """See, before there is anything to write, that reports can be written there. Raises NotWritten, also
    where one would take the place of another, or of what is measured."""
    taken = {os.path.realpath(path) for path in measured}
    for report in reports:
        if (place := os.path.realpath(report)) in taken:
            raise NotWritten(f"{report} is part of what is measured, or another report", "Name another file.")
        taken.add(place)
        _check_place(report)


def _check_place(path: Path) -> None:
    if is_stream(path):
        return
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=path.parent).close()
        if path.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))


def write_png(results: list[Evaluation], path: Path) -> None:
    """All results, one below the other, as a picture."""
    figure = Figure(figsize=(16, 5 * len(results)), layout="constrained")
    for row, result in zip(figure.subfigures(len(results), 1, squeeze=False)[:, 0], results, strict=True):
        draw(row, result)
    write_atomically(path, _png(figure))


def write_html(results: list[Evaluation], card: dict[str, Any], path: Path) -> None:
    """All results, with plots, and what the model says of itself."""
    source = files(__package__).joinpath(TEMPLATE).read_text("utf-8")
    environment = jinja2.Environment(autoescape=True, trim_blocks=True)
    environment.globals |= {"percent": percent, "told": told, "facts": facts}
    pictures = [base64.b64encode(_picture(result)).decode() for result in results]
    page = environment.from_string(source).render(results=results, card=card, pictures=pictures)
    write_atomically(path, page.encode())


def _picture(result: Evaluation) -> bytes:
    figure = Figure(figsize=(16, 5), layout="constrained")
    draw(figure, result)
    return _png(figure)


def _png(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=100)
    return file.getvalue()
