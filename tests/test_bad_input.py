"""Whatever is given, the answer is a Reading, with a reason where nothing can be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from inkdigits import Reader
from inkdigits.ink import find_ink
from inkdigits.segment import MOST_PARTS, segment
from inkdigits.types import Raster

FONT = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
REASONS = {"blank", "not_a_digit", "too_faint", "cut_off", "ambiguous"}
Picture = NDArray[np.uint8]


def fur(random: Generator) -> Picture:
    """A natural texture: as much of every size (1/f), with strands and shading."""
    down, across = np.meshgrid(np.fft.fftfreq(300), np.fft.fftfreq(400), indexing="ij")
    waves = np.fft.fft2(random.normal(size=down.shape)) / np.maximum(np.hypot(down, across), 1e-3)
    cloud = np.fft.ifft2(waves).real
    cloud = (cloud - cloud.min()) / np.ptp(cloud)
    return np.clip(60 + 120 * cloud + 40 * np.sin(60 * cloud + 30 * across), 0, 255).astype(np.uint8)


def dense_print(_: Generator) -> Picture:
    page = Image.new("L", (620, 877), 255)
    draw = ImageDraw.Draw(page)
    for line in range(50):
        draw.text(
            (30, 30 + 16 * line),
            "Sphinx of black quartz, judge my vow. " * 3,
            0,
            ImageFont.truetype(FONT, 11),
        )
    return np.asarray(page)


BAD: dict[str, Callable[[Generator], Picture]] = {
    "1x1": lambda random: random.integers(0, 256, (1, 1), np.uint8),
    "1x60": lambda random: random.integers(0, 256, (1, 60), np.uint8),
    "60x1": lambda random: random.integers(0, 256, (60, 1), np.uint8),
    "10x10,000": lambda random: random.integers(0, 256, (10, 10_000), np.uint8),
    "10,000x10": lambda random: random.integers(0, 256, (10_000, 10), np.uint8),
    "white": lambda _: np.full((800, 600), 255, np.uint8),
    "black": lambda _: np.zeros((800, 600), np.uint8),
    "grey": lambda _: np.full((28, 28), 128, np.uint8),
    "noise": lambda random: random.integers(0, 256, (800, 600), np.uint8),
    "salt and pepper": lambda random: 255 * random.integers(0, 2, (800, 600), np.uint8),
    "checks": lambda _: (255 * (np.indices((300, 300)).sum(0) % 2)).astype(np.uint8),
    "fur": fur,
    "dense print": dense_print,
}


@pytest.mark.parametrize("name", BAD)
def test_bad_pictures_are_declined(name: str, reader: Reader) -> None:
    reading = reader.read(BAD[name](np.random.default_rng(0)))
    assert reading.reason in REASONS
    assert reading.text == ""
    assert reading.digits == ()


@pytest.mark.parametrize("name", ["white", "black", "grey", "1x1"])
def test_blank_pictures_are_called_blank(name: str, reader: Reader) -> None:
    assert reader.read(BAD[name](np.random.default_rng(0))).reason == "blank"


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.6])
@pytest.mark.parametrize("side", [28, 100, 500])
def test_specks_are_bounded(share: float, side: int) -> None:
    specks = np.random.default_rng(0).random((side, side)) < share
    assert len(segment(find_ink(Raster(specks.astype(np.float32))))) <= MOST_PARTS


@pytest.mark.parametrize("seed", range(8))
def test_what_dust_leaves_is_no_digit(reader: Reader, seed: int) -> None:
    """Dark dots all over: what is not taken out of them may look like a small 2 or 7."""
    dots = np.random.default_rng(seed).integers(0, 256, (300, 300)) < 20
    assert reader.read(np.where(dots, 0, 255).astype(np.uint8)).text == ""


def squared(seed: int) -> NDArray[np.uint8]:
    """Squared paper of 30 to 280 pixels, light on dark or dark on light, in uneven light, with grain."""
    random = np.random.default_rng(seed)
    side = int(28 * 10 ** random.random())
    page, step = np.zeros((side, side)), max(5, round(side * random.uniform(0.12, 0.3)))
    page[step // 2 :: step] = page[:, step // 2 :: step] = random.uniform(0.1, 0.25)
    light = np.outer(*(np.linspace(*random.uniform(0.8, 1, 2), side) for _ in range(2)))
    page = random.uniform(0.75, 1) * light - page + random.normal(0, random.uniform(0, 0.03), page.shape)
    return np.uint8(255 * np.clip(1 - page if seed % 2 else page, 0, 1))


def test_squared_paper_is_read_as_nothing(reader: Reader) -> None:
    readings = {seed: reader.read(squared(seed)) for seed in range(200)}
    assert {seed: reading.text for seed, reading in readings.items() if reading.reason is None} == {}
