"""How long a page and a photograph take on two cores, and how large the models are."""

from __future__ import annotations

import argparse
import io
import os
from pathlib import Path

import numpy as np
from latency import median_ms
from numpy.random import Generator
from PIL import Image, ImageDraw
from stamp import report

from inkdigits import Reader
from inkdigits.model import PACKAGED
from inkdigits.training.datasets import Pictures, load_mnist

CORES = 2
#: Sides of the page in pixels: one megapixel, and of the photograph of it: twelve.
PAGE, PHOTOGRAPH = (1150, 870), (4000, 3024)
#: Phone numbers on the page, a line each.
NUMBERS, LENGTH = 5, 10
HEIGHT, RULE = 56, 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the datasets")
    arguments = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:CORES]))
    reader = Reader(threads=CORES)
    random = np.random.default_rng(0)
    page, numbers = written(load_mnist("train", arguments.data), random)
    array, file, photograph = np.asarray(page), jpeg(page), jpeg(photographed(page, random))
    figures = {
        "page": median_ms(lambda: reader.read(array), 50, 5),
        "page_jpeg": median_ms(lambda: reader.read(file), 50, 5),
        "photograph_jpeg": median_ms(lambda: reader.read(photograph), 10, 2),
    }
    right = {"page": reader.read(array).text.split("\n") == numbers}
    right["photograph"] = reader.read(photograph).text.split("\n") == numbers
    report("pages, two cores, ms", {**figures, "right": right})
    report("models, bytes", {path.name: path.stat().st_size for path in PACKAGED.parent.glob("*.onnx")})


def written(digits: Pictures, random: Generator) -> tuple[Image.Image, list[str]]:
    """Lined paper with phone numbers in other people's writing, dark on light, and the numbers."""
    page = Image.new("L", PAGE, 235)
    draw = ImageDraw.Draw(page)
    for down in range(RULE, PAGE[1], RULE):
        draw.line((0, down, PAGE[0], down), fill=190, width=2)
    numbers = []
    for line in range(NUMBERS):
        places = random.integers(len(digits.images), size=LENGTH)
        for column, place in enumerate(places):
            pen = Image.fromarray(digits.images[place]).resize((HEIGHT, HEIGHT), Image.Resampling.BICUBIC)
            spot = (120 + column * 50, 80 + line * 4 * RULE + int(random.integers(-4, 5)))
            page.paste(30, spot, pen)
        numbers.append("".join(str(digits.labels[place]) for place in places))
    return page, numbers


def photographed(page: Image.Image, random: Generator) -> Image.Image:
    """The page enlarged, in light that falls off, with a camera's grain."""
    large = np.asarray(page.resize(PHOTOGRAPH, Image.Resampling.BICUBIC), np.float32)
    light = np.linspace(1, 0.6, PHOTOGRAPH[0], dtype=np.float32)
    grain = random.normal(0, 4, large.shape)
    return Image.fromarray(np.uint8(np.clip(large * light + grain, 0, 255)))


def jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file.getvalue()


if __name__ == "__main__":
    main()
