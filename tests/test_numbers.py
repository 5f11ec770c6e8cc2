"""Whole numbers on pages: lines, turned pages, touching digits, separators, and what is no digit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from inkdigits import Reader
from inkdigits.training.datasets import Pictures
from inkdigits.types import Box, Reading

#: Digits of the fixture whose shape says which way is up.
LINES = ("72104", "14959", "69734")


@pytest.fixture(scope="module")
def glyphs(mnist: Pictures) -> dict[str, NDArray[np.uint8]]:
    """One clear digit of each kind, cut out, 40 pixels high."""
    last = {str(label): image for image, label in zip(mnist.images, mnist.labels, strict=True)}
    return {name: _cut(image) for name, image in last.items()}


def _cut(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    rows, columns = np.flatnonzero(image.max(1) > 60), np.flatnonzero(image.max(0) > 60)
    cut = Image.fromarray(image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    return np.asarray(cut.resize((max(6, round(40 * cut.width / cut.height)), 40), Image.Resampling.BICUBIC))


def sheet(
    glyphs: dict[str, NDArray[np.uint8]], lines: Sequence[str], gap: int = 14, paper: int = 235
) -> Image.Image:
    """Lines of digits in black on paper; a space is a wide gap."""
    page = np.full((40 + 80 * len(lines), 80 + 60 * max(map(len, lines))), 0, np.uint8)
    for row, line in enumerate(lines):
        x, y = 30, 30 + 80 * row
        for letter in line:
            if letter == " ":
                x += 90
                continue
            ink = glyphs[letter]
            under = page[y : y + 40, x : x + ink.shape[1]]
            np.maximum(under, ink, out=under)
            x += ink.shape[1] + gap
    return Image.fromarray((paper - page * (paper / 255.0)).astype(np.uint8))


def test_lines_and_gaps_are_kept(reader: Reader, glyphs: dict[str, NDArray[np.uint8]]) -> None:
    reading = reader.read(sheet(glyphs, ["72104", "14 959", "69734"]))
    assert reading.text == "72104\n14 959\n69734"
    assert (reading.reason, reading.turned) == (None, 0)
    assert len(reading.digits) == 15


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_page_is_noticed(reader: Reader, glyphs: dict[str, NDArray[np.uint8]], degrees: int) -> None:
    upright = sheet(glyphs, LINES)
    turned = upright.rotate(-degrees, expand=True)
    reading = reader.read(turned)
    assert reading.text == "\n".join(LINES)
    assert reading.turned == degrees
    assert all(_inked(turned, digit.box) for digit in reading.digits)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_the_example_is_read_from_any_side(reader: Reader, degrees: int) -> None:
    picture = Image.open(Path(__file__).parent.parent / "examples" / "2048.jpg")
    reading = reader.read(picture.rotate(-degrees, expand=True))
    assert (reading.text, reading.turned) == ("2048", degrees)


@pytest.mark.parametrize("number", ["0946952214", "4294042989", "1460"])
def test_a_turned_number_is_noticed_though_some_of_it_is_readable(
    reader: Reader, glyphs: dict[str, NDArray[np.uint8]], number: str
) -> None:
    """A 0, lying down, is a 0; the rest of the ink is not told by it."""
    reading = reader.read(sheet(glyphs, [number]).rotate(-90, expand=True))
    assert (reading.text, reading.turned) == (number, 90)


@pytest.mark.parametrize(("number", "degrees"), [("02619", 180), ("090", 90)])
def test_a_turned_number_is_noticed_where_the_rules_see_the_same_places(
    reader: Reader, glyphs: dict[str, NDArray[np.uint8]], number: str, degrees: int
) -> None:
    """Either way up each glyph looks like a digit."""
    reading = reader.read(sheet(glyphs, [number]).rotate(-degrees, expand=True))
    assert (reading.text, reading.turned) == (number, degrees)


def _inked(page: Image.Image, box: Box) -> bool:
    """Whether dark ink fills the box from side to side."""
    dark = np.asarray(page)[box.y : box.y + box.height, box.x : box.x + box.width] < 120
    return bool(dark.any(1).mean() > 0.8 and dark.any(0).mean() > 0.8)


def test_touching_digits_are_told_apart(reader: Reader, glyphs: dict[str, NDArray[np.uint8]]) -> None:
    assert reader.read(sheet(glyphs, ["3205"], gap=-3)).text == "3205"


def test_a_line_may_slope(reader: Reader, glyphs: dict[str, NDArray[np.uint8]]) -> None:
    sloping = sheet(glyphs, ["7210495"]).rotate(6, Image.Resampling.BICUBIC, expand=True, fillcolor=235)
    assert reader.read(sloping).text == "7210495"


def test_rules_and_boxes_are_no_digits(reader: Reader, glyphs: dict[str, NDArray[np.uint8]]) -> None:
    ruled = sheet(glyphs, LINES)
    draw = ImageDraw.Draw(ruled)
    for y in range(0, ruled.height, 39):
        draw.line((0, y, ruled.width, y), fill=170, width=1)
    assert reader.read(ruled).text == "\n".join(LINES)


def test_separators_are_not_read(reader: Reader, glyphs: dict[str, NDArray[np.uint8]]) -> None:
    page = sheet(glyphs, ["72 10 49"])
    draw = ImageDraw.Draw(page)
    x = [place for place in range(page.width) if np.asarray(page)[:, place].min() > 200]
    gaps = [place for place in x if all(place + by in x for by in range(-40, 41)) and place > 60]
    first = gaps[0]
    draw.ellipse((first - 3, 66, first + 3, 72), fill=20)
    draw.line((first + 160, 50, first + 180, 50), fill=20, width=4) if first + 220 in gaps else None
    assert "".join(reader.read(page).text.split()) == "721049"


def _letter(text: str) -> Image.Image:
    page = Image.new("L", (120, 120), 245)
    ImageDraw.Draw(page).text((60, 60), text, fill=20, font=ImageFont.load_default(80), anchor="mm")
    return page


@pytest.mark.parametrize("letter", ["W", "K", "M", "R", "E"])
def test_a_letter_is_declined(reader: Reader, letter: str) -> None:
    reading = reader.read(_letter(letter))
    assert reading.reason in ("not_a_digit", "ambiguous")
    assert (reading.text, reading.digits) == ("", ())
    assert reading.confidence < 0.7


def test_declining_can_be_forbidden(reader: Reader) -> None:
    """The guess is as sure as it was; that the caller wants one makes no digit of a letter."""
    declined, forced = (reader.read(_letter("K"), risk=risk) for risk in (None, 1))
    assert forced.reason is None
    assert len(forced.text) == len(forced.digits) == 1
    assert forced.confidence == forced.digits[0].confidence == declined.confidence < 0.5


@pytest.mark.parametrize("lean", [20, 40])
def test_the_digits_that_one_glyph_may_be_share_the_probability(reader: Reader, lean: int) -> None:
    """Between 1 and 7, where the finder is asked, too."""
    drawing = [[[0, 10], [26, 0], [26 - lean, 100]]]
    shares = [reader.read(drawing, risk=1, pattern=str(digit)).confidence for digit in range(10)]
    assert sum(shares) == pytest.approx(1, abs=0.05)
    assert max(shares) == pytest.approx(reader.read(drawing, risk=1).confidence, abs=0.05)


def test_what_is_left_out_of_a_number_counts(reader: Reader) -> None:
    """Between sevens a low one of which the finder is not sure, and the rules say that it is none."""
    sevens = [[[x, 0], [x + 60, 0], [x + 20, 100]] for x in (0, 120, 300)]
    drawing = [*sevens, [[220, 64], [250, 64], [235, 100]]]
    free, four = reader.read(drawing, risk=1), reader.read(drawing, risk=1, count=4)
    assert four.text == "7777"
    assert free.text != "777" or free.confidence < 0.8


def test_a_smaller_risk_declines_more(reader: Reader, mnist: Pictures) -> None:
    def declined(risk: float) -> int:
        return sum(reading.reason is not None for reading in reader.read_many(mnist.images, risk=risk))

    assert declined(1) == 0
    assert declined(1) <= declined(0.01) <= declined(0.001) <= declined(0) == len(mnist.images)


def test_what_hardly_shows_is_read_if_it_can_be(reader: Reader, glyphs: dict[str, NDArray[np.uint8]]) -> None:
    def faint(page: Image.Image) -> NDArray[np.uint8]:
        return (200 + (np.asarray(page, np.float32) - 235) * 0.03).astype(np.uint8)

    assert reader.read(faint(sheet(glyphs, ["721"]))).text == "721"
    assert reader.read(faint(_letter("W"))).reason == "too_faint"


@pytest.mark.parametrize(("text", "read", "reason"), [("2", "", "blank"), ("23", "23", None)])
def test_what_seems_blank_is_read_where_it_reads_as_more_than_one_digit(
    reader: Reader, glyphs: dict[str, NDArray[np.uint8]], text: str, read: str, reason: str | None
) -> None:
    page = 200 + (np.asarray(sheet(glyphs, [text]), np.float32) - 235) * 0.05
    grain = np.random.default_rng(0).normal(0, 8, page.shape)
    reading = reader.read((page + grain).astype(np.uint8))
    assert (reading.text, reading.reason) == (read, reason)


def test_a_reading_says_how_it_came_about(reader: Reader, glyphs: dict[str, NDArray[np.uint8]]) -> None:
    reading = reader.read(sheet(glyphs, ["72"]))
    seen = reading.explain()
    assert [digit.value for digit in seen.digits] == [7, 2]
    assert seen.ink.startswith(b"\x89PNG")
    with pytest.raises(TypeError):
        Reading("7", (), 1.0).explain()


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({"length": 3}, "721"),
        ({"count": 3}, "721"),
        ({"lines": 1}, "721"),
        ({"pattern": "d-dd"}, "7-21"),
        ({"pattern": "7/dd"}, "7/21"),
    ],
)
def test_guidance_that_fits_changes_nothing(
    reader: Reader, glyphs: dict[str, NDArray[np.uint8]], asked: dict[str, object], text: str
) -> None:
    assert reader.read(sheet(glyphs, ["721"]), **asked).text == text  # type: ignore[arg-type]


def test_guidance_chooses_the_best_that_obeys(reader: Reader, glyphs: dict[str, NDArray[np.uint8]]) -> None:
    page = sheet(glyphs, ["721"])
    free, bound = reader.read(page, risk=1), reader.read(page, risk=1, count=2)
    assert len(bound.digits) == 2
    assert bound.confidence < free.confidence
    assert reader.read(page, count=9).reason == "ambiguous"


def test_four_digits_are_no_five_however_one_guesses(
    reader: Reader, glyphs: dict[str, NDArray[np.uint8]]
) -> None:
    reading = reader.read(sheet(glyphs, ["7210"]), risk=1, count=5)
    assert (reading.text, reading.reason) == ("", "ambiguous")


def test_what_is_no_option_is_refused_by_name(reader: Reader) -> None:
    with pytest.raises(TypeError, match=r"read_each\(\) got an unexpected keyword argument 'colour'"):
        reader.read_each([], colour=2)  # type: ignore[call-arg]
