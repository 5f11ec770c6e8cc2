"""What the caller knows of the text: a Guide, checked when it is made."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from numbers import Integral

from inkdigits.errors import BadGuide

#: What a guide may ask for at most.
MOST = {"length": 256, "count": 256, "lines": 64}


@dataclass(frozen=True)
class Guide:
    """What the caller knows of the text; None is unknown. Raises BadGuide for what cannot be.

    `length` is the number of digits in each line, `count` in all, `lines` the number of lines.
    `pattern` is the whole text, such as `dddd-dd-dd`: `d` is any digit, 0 to 9 that very digit,
    a line break begins a line; everything else is written into the text as it stands, if it can be printed.
    """

    length: int | None = None
    count: int | None = None
    lines: int | None = None
    pattern: str | None = None

    def __post_init__(self) -> None:
        for name in MOST:
            object.__setattr__(self, name, _number(name, getattr(self, name)))
        object.__setattr__(self, "pattern", _checked(self.pattern))
        if not self._agrees():
            given = [f"{name} {value!r}" for name, value in vars(self).items() if value is not None]
            raise BadGuide(f"{' and '.join(given)} contradict each other", "Leave one of them out.")
        if sum(map(len, self.rows)) > MOST["count"]:
            raise BadGuide("The guide asks for too many digits", f"Ask for at most {MOST['count']} in all.")

    @property
    def rows(self) -> tuple[str, ...]:
        """The digits of each line, `d` or 0 to 9, if the guide tells the size of all lines; else none."""
        if self.pattern is not None:
            return tuple("".join(re.findall("[d0-9]", line)) for line in self.pattern.split("\n"))
        lines = self.lines or -(-(self.count or 0) // (self.length or 1))
        return ("d" * self.length,) * lines if self.length else ()

    def with_any_digits(self) -> Guide:
        """The same guide where no digit is known: what the ink is held against, so that it can contradict."""
        return replace(self, pattern=self.pattern and re.sub("[0-9]", "d", self.pattern))

    @property
    def least(self) -> int:
        """How many digits the text has at least."""
        return sum(map(len, self.rows)) or self.count or self.lines or self.length or 0

    def write(self, digits: str) -> str:
        """The pattern with `digits`, as many as it has, in their places."""
        given = iter(digits)
        return re.sub("[d0-9]", lambda _: next(given), self.pattern or "")

    def _agrees(self) -> bool:
        sizes = [len(row) for row in self.rows]
        if not sizes:
            return self.count is None or self.lines is None or self.lines <= self.count
        each = sizes[0] if len(set(sizes)) == 1 else 0
        asked = zip((self.length, self.count, self.lines), (each, sum(sizes), len(sizes)), strict=True)
        return all(wanted in (None, there) for wanted, there in asked)


def _number(name: str, value: object) -> int | None:
    """The number as Python's own, with which no sum runs over. Raises BadGuide."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, Integral) or not 1 <= int(value) <= MOST[name]:
        raise BadGuide(f"{name} cannot be {value!r}", f"Give a whole number from 1 to {MOST[name]}.")
    return int(value)


def _checked(pattern: object) -> str | None:
    """The pattern, its lines ended as everywhere here. Raises BadGuide."""
    if pattern is None:
        return None
    lines = pattern.replace("\r\n", "\n").split("\n") if isinstance(pattern, str) else [""]
    if not all(re.search("[d0-9]", line) for line in lines):
        remedy = "Write d for each digit, as in dddd-dd-dd, and at least one in each line."
        raise BadGuide(f"pattern cannot be {pattern!r}", remedy)
    for sign in "".join(lines):
        # To Python no space but the usual one is printable, and numbers are grouped by others.
        if not sign.isprintable() and unicodedata.category(sign) != "Zs":
            raise BadGuide(f"pattern cannot be {pattern!r}: {sign!r} cannot be printed", "Leave it out.")
    return "\n".join(lines)
