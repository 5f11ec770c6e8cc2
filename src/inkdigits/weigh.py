"""Page and guide -> what is chosen on it: by the rules, the finder or both; of sheets and lines as well.

How the two are weighed was measured; see `docs/log.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from inkdigits.agree import as_one, as_several, believes_rules, readable
from inkdigits.decline import BLANK, sureness
from inkdigits.guidance import Choice, choose
from inkdigits.guide import Guide
from inkdigits.model import Models
from inkdigits.page import Page, page_of
from inkdigits.seek import Sight, by_finder, by_rules
from inkdigits.sheet import on_sheet
from inkdigits.types import Candidate

#: Where there seems to be no ink, it is believed if it reads as much as this.
LEAST = 1.0
#: Where less is told for each digit, or the paper seems to have several tones, sheets are sought on the page:
#: on each at most one more, so many in all.
SURE, SHEETS = 0.92, 3


@dataclass(frozen=True)
class Weighed:
    """What was seen on a page, and what is chosen of it, before anything is declined."""

    page: Page
    sight: Sight
    choice: Choice

    @property
    def told(self) -> float:
        """How much the choice tells."""
        return _told(self.choice)

    @property
    def sure(self) -> bool:
        """Whether no sheet on the page could tell more."""
        return self.page.even and self.told >= SURE * len(self.choice.candidates) > 0


def weigh(models: Models, page: Page, rules: Sight, guide: Guide) -> Weighed:
    """What is chosen on the page, of which the rules saw `rules`; or, where that is not sure, on a sheet that
    the page shows, or on one on that: where most is told."""
    best = _with_or_without_lines(models, page, rules, guide)
    if page.drawn or best.sure:
        return best
    for _ in range(SHEETS):
        sheet = page.raster and on_sheet(page.raster)
        if sheet is None:
            break
        page = replace(page_of(sheet), cut_out=True)
        other = _with_or_without_lines(models, page, _by_rules(models, page), guide)
        best = max(best, other, key=lambda one: one.told)
    return best


def _with_or_without_lines(models: Models, page: Page, rules: Sight, guide: Guide) -> Weighed:
    """On the page, or as if no line were under its digits: where more is told."""
    own = _weighed(models, page, rules, guide)
    clear = page.without_underlines()
    if clear is None:
        return own
    other = _weighed(models, clear, _by_rules(models, clear), guide)
    return max(own, other, key=lambda one: one.told)


def _by_rules(models: Models, page: Page, turned: int = 0) -> Sight:
    return by_rules(page, models.digits.classify([glyph.ink for glyph in page.plain]), turned)


def _weighed(models: Models, page: Page, rules: Sight, guide: Guide) -> Weighed:
    sight, choice = _seen(models, page, rules, guide)
    # Signs count while the two are compared: else who reads them as ones would seem to read more.
    if (told := sight.without_signs()) is not sight:
        sight, choice = told, choose(told.lines, guide)
    return Weighed(page, sight, choice)


def _seen(models: Models, page: Page, rules: Sight, guide: Guide) -> tuple[Sight, Choice]:
    """By the rules if sure, else by both, or where they see different digits by who reads more.

    What may be print, or is unsure among other ink, counts only where the finder sees something, too.
    """
    choice = choose(rules.lines, guide)
    if page.bare or (choice.lines and rules.sure and page.covered and not page.printed):
        return rules, choice
    found = by_finder(models, page.dark_on_light())
    if found.turned:
        page = page.turned(found.turned // 90).segmented()
        rules = _by_rules(models, page, found.turned)
        choice = choose(rules.lines, guide)
    other = choose(found.lines, guide)
    believed = found.lines and (page.empty != BLANK or _told(other) > LEAST)
    if believed and (both := _of_both(page, rules, choice, found, other)):
        return Sight(both, found.turned), choose(both, guide)
    doubted = page.printed or not (rules.sure or page.covered)
    unseen = doubted and not page.drawn and not other.lines
    if unseen or (believed and not believes_rules(choice, other, page.alone)):
        return found, other
    return rules, choice


def _of_both(page: Page, rules: Sight, choice: Choice, found: Sight, other: Choice) -> list[list[Candidate]]:
    """Lines of what both saw, each choosing for itself where there are several; none if that differs.

    What a guide made of them does not count: it is heard when of these is chosen.
    """
    if page.alone and len(choice.candidates) == len(other.candidates) == 1:
        seen = next(one for one in found.candidates if one.box == other.candidates[0].box)
        return [[as_one(rules.candidates[0], seen)]]
    own, others = (choose(sight.lines, Guide()).candidates for sight in (rules, found))
    taken = set(map(id, own))
    left = [candidate for candidate in rules.candidates if id(candidate) not in taken]
    return as_several(own, left, others, found.lines)


def _told(choice: Choice) -> float:
    return readable(map(sureness, choice.candidates))
