"""Write web/tests/goldens.json: drawings and how they are read, for the reader in the browser to agree with.

Run `make goldens` after a change of the models or of the way of a drawing. Needs no dataset.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from inkdigits import Reader, Reading
from inkdigits.explain import saliency
from inkdigits.segment import segment
from inkdigits.strokes import render, to_strokes

GOLDENS = Path(__file__).parents[1] / "web" / "tests" / "goldens.json"
#: Digits after the point: a hundredth of what the two may differ by.
PLACES = 6

Point = tuple[float, float]
Drawing = list[list[Point]]

#: The ten digits on paper of 100 by 100, as a hand writes them.
DIGITS: tuple[Drawing, ...] = (
    [[(52, 18), (38, 24), (31, 40), (31, 60), (40, 78), (53, 82), (65, 74), (70, 55), (67, 34), (57, 20)]],
    [[(40, 30), (54, 16), (53, 40), (52, 62), (51, 84)]],
    [[(33, 32), (42, 20), (57, 19), (65, 30), (60, 45), (46, 62), (31, 80), (50, 79), (70, 80)]],
    [[(34, 24), (44, 18), (56, 19), (63, 27), (60, 38), (48, 46), (59, 50), (66, 60), (63, 74), (51, 82)]],
    [[(44, 17), (39, 33), (32, 53), (45, 54), (58, 53), (70, 53)], [(60, 35), (59, 50), (58, 66), (57, 84)]],
    [[(64, 18), (40, 19), (38, 44), (50, 40), (62, 47), (67, 62), (60, 78), (45, 83), (33, 77)]],
    [[(62, 16), (47, 28), (36, 48), (34, 68), (43, 82), (57, 81), (65, 70), (60, 57), (47, 54), (36, 63)]],
    [[(30, 21), (40, 20), (52, 21), (68, 20), (62, 36), (55, 54), (49, 70), (45, 84)]],
    [[(62, 27), (50, 18), (38, 26), (42, 41), (56, 52), (65, 66), (56, 81), (42, 80), (35, 67), (63, 28)]],
    [[(64, 34), (54, 20), (40, 24), (36, 40), (46, 51), (60, 44), (65, 30), (63, 52), (58, 70), (52, 84)]],
)  # fmt: skip
#: As it stands between the parts of a date.
SLASH: Drawing = [[(64, 10), (54, 38), (46, 66), (36, 95)]]
#: As they stand around an area code, before an amount, and behind what is right (a tick).
SIGNS: dict[str, Drawing] = {
    "(": [[(58, 8), (49, 22), (45, 40), (44, 58), (48, 78), (57, 94)]],
    ")": [[(42, 8), (51, 22), (55, 40), (56, 58), (52, 78), (43, 94)]],
    "v": [[(30, 52), (40, 84), (68, 18)]],
    "$": [
        [(65, 28), (56, 20), (42, 22), (37, 34), (46, 45), (58, 54), (64, 68), (55, 80), (40, 79), (33, 70)],
        [(51, 10), (50, 92)],
    ],
}


@dataclass(frozen=True)
class Golden:
    """A drawing, what it is called, and whether to keep what the network saw of it."""

    name: str
    strokes: Drawing
    seen: bool = False


def main() -> None:
    goldens = made()
    GOLDENS.write_text(json.dumps(goldens, separators=(",", ":")) + "\n", "utf-8")
    print(f"{GOLDENS}: {len(goldens['drawings'])} drawings")


def made() -> dict[str, Any]:
    """What the file holds: the models' SHA-256, and each drawing with its name and its Reading."""
    reader = Reader()
    models = (reader.model, reader.models.finder, reader.models.refiner)
    digests = [model.card["sha256"] for model in models]
    return {"models": digests, "drawings": [entry(reader, golden) for golden in drawings()]}


def drawings() -> Iterator[Golden]:
    """Drawings of every kind that the page meets, each the same in every run."""
    for digit in range(10):
        yield Golden(f"a {digit}", written(str(digit)), seen=digit in (4, 7, 8))
    yield Golden("a lying 1", [[(10, 50), (50, 49), (90, 51)]])
    for number, text in enumerate(("42", "905", "1234", "60718", "3141592653", "7777")):
        yield Golden(f"the number {text}", shaken(written(text), number))
    for number, date in enumerate(("17/4/26", "31/12/2047")):
        yield Golden(f"the date {date}", shaken(written(date), 40 + number))
    for number, fraction in enumerate(("3/4", "25/8")):
        yield Golden(f"the fraction {fraction}", shaken(written(fraction), 50 + number))
    for number, text in enumerate(("(42)17", "8(905)6", "3)", "$68", "75v")):
        yield Golden(f"with signs, {text}", shaken(written(text), 30 + number, 1.0))
    for text, seed in (("9704", 64), ("2727", 60)):
        yield Golden(f"the trembling number {text}", shaken(written(text), seed, 4))
    for number, figure in enumerate("2356890"):
        yield Golden(f"a hasty {figure}", shaken(written(figure), 10 + number, by=3.0))
    yield Golden("two words", written("12  34"))
    yield Golden("two lines", below(written("123"), written("456")))
    yield Golden("three lines", below(below(written("19"), written("28")), written("37")))
    yield Golden("a long line", shaken(written("182736459001827364590018"), 70))
    many = written("203")
    for number in range(11):
        many = below(many, shaken(written("740"), 80 + number))
    yield Golden("twelve lines", many)
    yield Golden("a sloping line", turned(written("86420"), 12))
    for text, gap in (("73", -22), ("00", -30), ("552", -28), ("88", -34), ("4711", -24)):
        yield Golden(f"touching {text}", written(text, gap))
    yield Golden("a number on its side", turned(written("23457"), 270))
    yield Golden("a number upside down", turned(written("24357"), 180))
    yield Golden("large and small", below(written("5"), scaled(written("31"), 0.4)))
    yield Golden("in other units", scaled(written("27"), 0.01))
    yield Golden("a digit and a speck", [*written("3"), [(92.0, 90.0)]])
    yield Golden("blank", [])
    yield Golden("a dot", [[(50, 50)]])
    yield Golden("a resting pen", [[(50, 50), (50, 50.5), (50.5, 50)]])
    yield Golden("a scribble", [scribble(40, 5)])
    yield Golden("a thick scribble", [scribble(200, 6)])
    yield Golden("a spiral", [spiral()])
    for text, wide in (("1", 40), ("3", 60), ("47", 90)):
        yield Golden(f"a circled {text}", [*written(text), circle(52 + 27 * (len(text) - 1), 50, wide, 64)])
    yield Golden("a boxed 58", [*written("58"), [(8, -2), (130, 0), (132, 104), (6, 106), (8, 2)]])
    yield Golden("an underlined 729", [*written("729"), [(20, 104), (95, 102), (190, 105)]])
    grid = [[(x, -10), (x + 1, 230)] for x in (15, 85)] + [[(5, y), (98, y + 2)] for y in (0, 108, 216)]
    yield Golden("a column of cells", [*below(written("6"), written("8")), *grid])
    yield Golden("a zero struck through", [*written("0"), [(62, 28), (38, 74)]])
    yield Golden("a digit struck out", [*written("6"), [(20, 70), (80, 30)], [(20, 30), (80, 70)]])


def written(text: str, gap: float = 0.0) -> Drawing:
    """Digits and signs beside each other, `gap` more than 55 apart; a space is as wide."""
    signs = SIGNS | {"/": SLASH, " ": [], **{str(digit): drawing for digit, drawing in enumerate(DIGITS)}}
    places = [(index * (55 + gap), signs[sign]) for index, sign in enumerate(text)]
    return [[(x + right, y) for x, y in stroke] for right, drawing in places for stroke in drawing]


def shaken(drawing: Drawing, seed: int, by: float = 1.5) -> Drawing:
    """Every point moved by about `by`."""
    noise = np.random.default_rng(seed)
    return [[(x + by * noise.normal(), y + by * noise.normal()) for x, y in stroke] for stroke in drawing]


def below(upper: Drawing, lower: Drawing) -> Drawing:
    bottom = max(y for stroke in upper for _, y in stroke)
    return [*upper, *([(x, y + bottom + 10) for x, y in stroke] for stroke in lower)]


def turned(drawing: Drawing, degrees: float) -> Drawing:
    """Clockwise, as y points down."""
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    return [[(x * cosine - y * sine, x * sine + y * cosine) for x, y in stroke] for stroke in drawing]


def scaled(drawing: Drawing, factor: float) -> Drawing:
    return [[(x * factor, y * factor) for x, y in stroke] for stroke in drawing]


def scribble(points: int, seed: int) -> list[Point]:
    """A pen that wanders over the paper."""
    steps = np.random.default_rng(seed).normal(0, 14, (points, 2)).cumsum(0)
    return [(50 + 40 * math.sin(x / 30), 50 + 40 * math.sin(y / 30)) for x, y in steps.tolist()]


def circle(x: float, y: float, wide: float, high: float) -> list[Point]:
    """A little more than once around a place."""
    turn = np.linspace(1, 1.05 + 2 * math.pi + 1, 40).tolist()
    return [(x + wide * math.cos(t), y + high * math.sin(t)) for t in turn]


def spiral() -> list[Point]:
    return [(50 + t * math.cos(t), 50 + t * math.sin(t)) for t in np.linspace(0, 38, 160).tolist()]


def entry(reader: Reader, golden: Golden) -> dict[str, Any]:
    # Rounded first, so that both read the very same numbers.
    strokes = rounded([[[x, y] for x, y in stroke] for stroke in golden.strokes])
    reading = reader.read(strokes)
    seen = {"seen": what_was_seen(reader, strokes, reading)} if golden.seen else {}
    made: dict[str, Any] = rounded(
        {"name": golden.name, "strokes": strokes, "reading": reading.to_dict()} | seen
    )
    return made


def what_was_seen(reader: Reader, strokes: Any, reading: Reading) -> list[dict[str, Any]]:
    """The tile and the saliency of each digit of a drawing that the rules are sure of."""
    tiles = reader.model.tiles([glyph.ink for glyph in segment(render(to_strokes(strokes)))])
    return [
        {
            "tile": tile.ravel().tolist(),
            "saliency": saliency(reader.model, tile, digit.value).ravel().tolist(),
        }
        for tile, digit in zip(tiles, reading.digits, strict=True)
    ]


def rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: rounded(one) for name, one in value.items()}
    if isinstance(value, list):
        return [rounded(one) for one in value]
    return round(value, PLACES) if isinstance(value, float) else value


if __name__ == "__main__":
    main()
