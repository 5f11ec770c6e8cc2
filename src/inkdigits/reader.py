"""The Reader: decode, find ink, segment, classify, in that order, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from inkdigits.decode import Limits, decode
from inkdigits.ink import find_ink
from inkdigits.model import Model
from inkdigits.segment import segment
from inkdigits.strokes import render, to_strokes
from inkdigits.types import Digit, FloatArray, Glyph, Reading

#: Pictures that `read_many` holds at once.
AT_ONCE = 256
#: A digit that every model must know, for `check`: a 7 in two strokes.
KNOWN = (7, [[[0, 0], [50, 0], [50, 2], [20, 90]], [[12, 45], [50, 45]]])


class Reader:
    """Reads handwritten digits with one model. Safe to use from several threads."""

    def __init__(
        self, model: Path | str | None = None, limits: Limits = Limits(), *, threads: int = 1
    ) -> None:
        """Load `model` (an ONNX file that `inkdigits export` wrote) or the one in the package.

        `threads` is the number of cores one answer may use. Raises ModelError.
        """
        self.model = Model(Path(model) if model is not None else None, threads=threads)
        self.limits = limits

    def read(self, source: Any) -> Reading:
        """Read one picture or one drawing.

        `source` is a path, bytes, a binary file, a PIL image, an array, or strokes: a list of
        lists of `[x, y]`, y down. See `decode` for what pictures may be. Without ink the
        Reading has no digits and the reason `blank`. Raises InputError.
        """
        return self._reading(
            glyphs := self._glyphs(source), self.model.classify([glyph.ink for glyph in glyphs])
        )

    def read_many(self, sources: Iterable[Any]) -> list[Reading]:
        """Read several at once, which is faster than one by one; the readings in the same order.

        Raises InputError for the first source that cannot be read.
        """
        return [reading for some in _portions(sources) for reading in self._read_portion(some)]

    def check(self) -> bool:
        """Whether a known digit is read rightly."""
        value, strokes = KNOWN
        return self.read(strokes).text == str(value)

    def _read_portion(self, sources: Sequence[Any]) -> Iterator[Reading]:
        pages = [self._glyphs(source) for source in sources]
        probabilities = iter(self.model.classify([glyph.ink for glyphs in pages for glyph in glyphs]))
        for glyphs in pages:
            yield self._reading(glyphs, list(islice(probabilities, len(glyphs))))

    def _glyphs(self, source: Any) -> list[Glyph]:
        if isinstance(source, list | tuple):
            return segment(render(to_strokes(source)))
        return segment(find_ink(decode(source, self.limits)))

    @staticmethod
    def _reading(glyphs: Sequence[Glyph], probabilities: Sequence[FloatArray] | FloatArray) -> Reading:
        digits = tuple(_digit(glyph, shares) for glyph, shares in zip(glyphs, probabilities, strict=True))
        if not digits:
            return Reading("", (), 0.0, "blank")
        text = "".join(str(digit.value) for digit in digits)
        return Reading(text, digits, float(np.prod([digit.confidence for digit in digits])))


def _digit(glyph: Glyph, shares: FloatArray) -> Digit:
    probabilities = tuple(float(share) for share in shares)
    value = int(np.argmax(shares))
    return Digit(value, probabilities[value], probabilities, glyph.box)


def _portions(sources: Iterable[Any]) -> Iterator[list[Any]]:
    stream = iter(sources)
    while some := list(islice(stream, AT_ONCE)):
        yield some


@cache
def _shared() -> Reader:
    return Reader()


def read(source: Any) -> Reading:
    """Read one picture or drawing with the model in the package; see `Reader.read`."""
    return _shared().read(source)
