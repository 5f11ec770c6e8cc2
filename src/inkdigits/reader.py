"""The Reader: decode, find ink, segment, classify, weigh, answer, in that order, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inkdigits.decline import reason_of, sureness, threshold
from inkdigits.decode import Limits, decode
from inkdigits.errors import InputError, UnsupportedInput
from inkdigits.guidance import Choice
from inkdigits.guide import Guide
from inkdigits.ink import bounded
from inkdigits.model import Finder, Model, Models, Refiner
from inkdigits.page import Page, drawn, page_of
from inkdigits.seek import Sight, by_rules
from inkdigits.strokes import render, to_strokes
from inkdigits.text import digit_of, text_of
from inkdigits.types import Candidate, Reading
from inkdigits.weigh import weigh

if TYPE_CHECKING:
    from inkdigits.explain import Explanation

#: Pictures that are held at once, and their pixels but for those of the last one.
AT_ONCE, PIXELS = 256, 2_000_000
#: A digit that every model must know, for `check`: a 7 in two strokes.
KNOWN = (7, [[[0, 0], [50, 0], [50, 2], [20, 90]], [[12, 45], [50, 45]]])


@dataclass(frozen=True)
class _Asked:
    """How to read: the guide, and how sure each digit must be."""

    guide: Guide
    least: float


class Reader:
    """Reads handwritten digits, with a model of them and two for pages. Safe to use from several threads."""

    def __init__(
        self, model: Path | str | None = None, limits: Limits = Limits(), *, threads: int = 1
    ) -> None:
        """Load `model` (an ONNX file that `inkdigits export` wrote) or the one in the package.

        `threads` is the number of cores one answer may use. Raises ModelError.
        """
        self.model = Model(Path(model) if model is not None else None, threads=threads)
        self.models = Models(self.model, Finder(threads=threads), Refiner(threads=threads))
        self.limits = limits

    def read(
        self,
        source: Any,
        *,
        risk: float | None = None,
        length: int | None = None,
        count: int | None = None,
        lines: int | None = None,
        pattern: str | None = None,
    ) -> Reading:
        """Read one picture or one drawing.

        `source` is a path, bytes, a binary file, a PIL image, an array, or strokes: a list of
        lists of `[x, y]`, y down. See `decode` for what pictures may be. `risk` is the share of
        wrong answers that is borne among those given, for each digit (None: the model's own; 1: decline
        only what gives no clue at all, or cannot be as the guide says).
        The others say what is known of the text, see Guide. Raises InputError.
        """
        asked = self._asked(risk, Guide(length, count, lines, pattern))
        return _sound(next(self._answers([source], asked)))

    def read_many(
        self,
        sources: Iterable[Any],
        *,
        risk: float | None = None,
        length: int | None = None,
        count: int | None = None,
        lines: int | None = None,
        pattern: str | None = None,
    ) -> list[Reading]:
        """Read several at once, which is faster than one by one; the readings in the same order.

        Raises InputError for the first source that cannot be read.
        """
        asked = self._asked(risk, Guide(length, count, lines, pattern))
        return [_sound(answer) for answer in self._answers(_several(sources), asked)]

    def read_each(
        self,
        sources: Iterable[Any],
        *,
        risk: float | None = None,
        length: int | None = None,
        count: int | None = None,
        lines: int | None = None,
        pattern: str | None = None,
    ) -> Iterator[Reading | InputError]:
        """As `read_many`, but one after another, so that memory stays bounded.

        In the place of what cannot be read stands the error that says why; a source may be such an error.
        Up to 256 sources are taken before the first answer; where taking one raises, the answers to those
        before it come first.
        """
        return self._answers(_several(sources), self._asked(risk, Guide(length, count, lines, pattern)))

    def check(self) -> bool:
        """Whether a known digit is read rightly."""
        value, strokes = KNOWN
        return self.read(strokes).text == str(value)

    def _asked(self, risk: float | None, guide: Guide) -> _Asked:
        return _Asked(guide, threshold(self.model.card, risk))

    def _answers(self, sources: Iterable[Any], asked: _Asked) -> Iterator[Reading | InputError]:
        """One answer a source; the digit model is asked once for the glyphs of all that are held at once."""
        for some in self._portions(sources):
            pages = [page for page in some if isinstance(page, Page)]
            told = self.model.classify([glyph.ink for page in pages for glyph in page.plain])
            start = 0
            for page in some:
                if isinstance(page, InputError):
                    yield page
                    continue
                own = slice(start, start := start + len(page.plain))
                yield self._answer(by_rules(page, (part[own] for part in told)), page, asked)

    def _portions(self, sources: Iterable[Any]) -> Iterator[list[Page | InputError]]:
        """Pages, or why there is none, as many as may be held at once."""
        some, pixels = list[Page | InputError](), 0
        try:
            for source in sources:
                some.append(page := self._page(source))
                pixels += page.pixels.size if isinstance(page, Page) else 0
                if pixels > PIXELS or len(some) == AT_ONCE:
                    yield some
                    some, pixels = [], 0
        except Exception:
            yield some
            raise
        yield some

    def _page(self, source: Any) -> Page | InputError:
        try:
            if isinstance(source, list | tuple):
                return drawn(render(to_strokes(source)))
            return source if isinstance(source, InputError) else page_of(bounded(decode(source, self.limits)))
        except InputError as error:
            return error

    def _answer(self, rules: Sight, page: Page, asked: _Asked) -> Reading:
        found = weigh(self.models, page, rules, asked.guide)
        page, sight, choice = found.page, found.sight, found.choice
        if not choice.lines and not asked.least and asked.guide == Guide():
            choice = _guess(sight.candidates)
        reason = reason_of(choice.candidates, sight.candidates, choice.confidence, asked.least, page.size)
        if reason:
            reason = page.empty or reason
        return self._reading(page, sight, choice, asked.guide, reason)

    def _reading(self, page: Page, sight: Sight, choice: Choice, guide: Guide, reason: str | None) -> Reading:
        chosen = choice.candidates if reason is None else []
        guess = max(map(sureness, sight.candidates), default=0.0) if guide == Guide() else 0.0
        boxes = {candidate.box for candidate in chosen}
        others = [candidate.box for candidate in sight.candidates if candidate.box not in boxes]
        # Readings are kept by the thousand: no page is to be kept with them, nor a view of one.
        shown, inks = page.shown(sight.turned // 90), [candidate.ink.copy() for candidate in chosen]
        model = self.model

        def explained(reading: Reading, most: int | None) -> Explanation:
            from inkdigits.explain import explain  # most readings are never asked

            return explain(model, reading, shown, inks, others, most)

        return Reading(
            text_of(choice, sight.turned, guide) if reason is None else "",
            tuple(digit_of(candidate, page.size) for candidate in chosen),
            choice.confidence if choice.lines else guess,
            reason,
            sight.turned,
            explained,
            float(page.ink.pixels.mean()),
        )


def _several(sources: Iterable[Any]) -> Iterable[Any]:
    """The sources. Raises UnsupportedInput where they are one picture."""
    if (
        isinstance(sources, str | bytes | bytearray | memoryview | os.PathLike)
        or getattr(sources, "ndim", 3) < 3
    ):
        raise UnsupportedInput("One picture was given, and not several", "Use `read`, or put it into a list.")
    return sources


def _sound(answer: Reading | InputError) -> Reading:
    if isinstance(answer, InputError):
        raise answer
    return answer


def _guess(candidates: Sequence[Candidate]) -> Choice:
    """What is likeliest a digit, as little as that may be; nothing of nothing."""
    surest = sorted(candidates, key=sureness)[-1:]
    return Choice([surest], sureness(surest[0])) if surest else Choice([], 0.0)


@cache
def _shared() -> Reader:
    return Reader()


def read(source: Any, **asked: Any) -> Reading:
    """Read one picture or drawing with the model in the package; see `Reader.read`."""
    return _shared().read(source, **asked)
