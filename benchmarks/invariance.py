"""Whether the answer stays the same wherever, however large and with whatever pen a digit is drawn."""

from __future__ import annotations

import argparse
import itertools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from rich.console import Console
from stamp import report

from inkdigits import Reader
from inkdigits.strokes import render
from inkdigits.training.datasets import load_pendigits
from inkdigits.training.progress import track
from inkdigits.types import Stroke

CANVAS = 400
SIZES = (50, 100, 180, 300)
PENS = (0.05, 0.09, 0.15)
PLACES = (0.0, 0.5, 1.0)
SAMPLES = 200


def drawings(strokes: tuple[Stroke, ...]) -> Iterator[np.ndarray]:
    """One digit at each size, pen width and place of a white page, drawn in black."""
    for side, pen in itertools.product(SIZES, PENS):
        digit = Image.fromarray(np.uint8(255 * render(strokes, pen).pixels))
        shrink = side / max(digit.size)
        digit = digit.resize(
            [max(1, round(length * shrink)) for length in digit.size], Image.Resampling.BICUBIC
        )
        for across, down in itertools.product(PLACES, PLACES):
            page = Image.new("L", (CANVAS, CANVAS))
            page.paste(digit, (round(across * (CANVAS - digit.width)), round(down * (CANVAS - digit.height))))
            yield 255 - np.asarray(page)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="where datasets lie (default INKDIGITS_DATA)")
    digits = load_pendigits("test", parser.parse_args().data)
    # An even share of the whole set, so that every writer is in it.
    chosen = np.linspace(0, len(digits.labels) - 1, SAMPLES).astype(int)
    reader, equal, right, total = Reader(), 0, 0, 0
    with track(Console(stderr=True), "invariance", SAMPLES) as advance:
        for done, place in enumerate(chosen, 1):
            texts = [reading.text for reading in reader.read_many(drawings(digits.strokes[place]))]
            equal += Counter(texts).most_common(1)[0][1]
            right += texts.count(str(digits.labels[place]))
            total += len(texts)
            advance(done)
    variants = {"places": len(PLACES) ** 2, "sizes": len(SIZES), "pens": len(PENS)}
    report("invariance", {"samples": SAMPLES, **variants, "equal": equal / total, "right": right / total})


if __name__ == "__main__":
    main()
