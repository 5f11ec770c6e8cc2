"""What was asked and what was measured, a line each; the exit code says whether every floor holds."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn


@dataclass
class Figures:
    """The figures of one check. Each is printed as it comes."""

    missed: list[str] = field(default_factory=list)

    def at_most(self, what: str, measured: float, asked: float, unit: str = "") -> None:
        """Print a figure that must not be above `asked`."""
        self._line(what, f"at most {asked:g}{unit}", f"{measured:.4g}{unit}", measured <= asked)

    def at_least(self, what: str, measured: float, asked: float, unit: str = "") -> None:
        """Print a figure that must not be below `asked`."""
        self._line(what, f"at least {asked:g}{unit}", f"{measured:.4g}{unit}", measured >= asked)

    def told(self, what: str, measured: float, asked: float) -> None:
        """Print a figure beside what is asked of the machine that the docs name; others need not have it."""
        print(f"told {what}: asked {asked:g} of the machine in the docs, measured {measured:.4g}", flush=True)

    def none(self, what: str, found: Sequence[object]) -> None:
        """Print how many faults were found, and the most frequent; there must be none."""
        self._line(what, "none", str(len(found)), not found)
        for fault, times in Counter(map(str, found)).most_common(10):
            print(f"    {times} times: {fault}")

    def end(self) -> NoReturn:
        """Leave with exit code 0, or 1 if a floor was missed."""
        sys.exit(f"missed: {', '.join(self.missed)}" if self.missed else 0)

    def _line(self, what: str, asked: str, measured: str, held: bool) -> None:
        print(f"{'ok  ' if held else 'MISS'} {what}: asked {asked}, measured {measured}", flush=True)
        if not held:
            self.missed.append(what)


def percentile(values: Sequence[float], share: float) -> float:
    """The least value that this share (0 to 1) of the values does not exceed; infinite if there are none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else math.inf
