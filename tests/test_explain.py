"""Explanations show what was seen, and point at the ink that decided."""

from __future__ import annotations

import base64
import io
import json
import pickle
from copy import copy, deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray
from PIL import Image

from inkdigits import Reader
from inkdigits.errors import BadOption, NotWritten
from inkdigits.explain import PASSED_OVER, TAKEN, Explanation, explain, saliency
from inkdigits.model import Model
from inkdigits.page import Page
from inkdigits.strokes import render, to_strokes
from inkdigits.training.datasets import Pictures
from inkdigits.types import Box, Candidate, Digit, FloatArray, Ink, Reading

BAR = [[0, 0], [50, 0]]
STEM = [[50, 0], [20, 90]]


def drawn(*strokes: list[list[int]]) -> FloatArray:
    """The ink of strokes, cut to its edges."""
    pixels = render(to_strokes(list(strokes))).pixels
    rows, columns = np.flatnonzero(pixels.any(1)), np.flatnonzero(pixels.any(0))
    return pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def found(model: Model, ink: FloatArray, left: int, top: int, scale: float = 1) -> Candidate:
    """A candidate whose ink stands at (left, top) of an Ink's pixels."""
    probabilities, exists = model.classify([ink])
    height, width = ink.shape
    box = Box(*(round(side * scale) for side in (left, top, width, height)))
    return Candidate(box, float(exists[0]), probabilities[0], ink)


def answered(*candidates: Candidate) -> Reading:
    digits = tuple(
        Digit(int(one.probabilities.argmax()), one.exists, tuple(one.probabilities.tolist()), one.box)
        for one in candidates
    )
    return Reading("".join(str(digit.value) for digit in digits), digits, 0.9)


def pixels_of(png: bytes) -> NDArray[np.int64]:
    with Image.open(io.BytesIO(png)) as image:
        assert image.format == "PNG"
        return np.asarray(image).astype(int)


@pytest.fixture(scope="module")
def page(reader: Reader) -> dict[str, Any]:
    """A page with a 7 and, right of it, a stroke that is not taken, at half the picture's size."""
    seven, dash = drawn(BAR, STEM), np.ones((6, 40), np.float32)
    pixels = np.zeros((120, 200), np.float32)
    pixels[20 : 20 + seven.shape[0], 10 : 10 + seven.shape[1]] = seven
    pixels[60 : 60 + dash.shape[0], 100 : 100 + dash.shape[1]] = dash
    chosen, other = found(reader.model, seven, 10, 20, 2), found(reader.model, dash, 100, 60, 2)
    return {
        "reading": answered(chosen),
        "shown": Page(0.8 - 0.6 * pixels, Ink(pixels, 2.0), []).shown(0),
        "inks": [chosen.ink],
        "others": [other.box],
    }


@pytest.fixture(scope="module")
def explanation(reader: Reader, page: dict[str, Any]) -> Explanation:
    return explain(reader.model, **page)


def test_ink_is_shown_on_white(explanation: Explanation, page: dict[str, Any]) -> None:
    np.testing.assert_array_equal(pixels_of(explanation.ink), page["shown"].ink)
    assert page["shown"].ink[20:60, 10:60].min() == 0


def test_boxes_stand_where_the_digits_do(explanation: Explanation, page: dict[str, Any]) -> None:
    shown = pixels_of(explanation.boxes)
    grow = shown.shape[0] // 120
    assert shown.shape == (120 * grow, 200 * grow, 3)
    taken, (other,) = page["reading"].digits[0].box, page["others"]
    for box, colour in ((taken, TAKEN), (other, PASSED_OVER)):
        rows, columns = np.nonzero((shown == colour).all(2))
        assert columns.min() == box.x / 2 * grow
        assert columns.max() == pytest.approx((box.x + box.width) / 2 * grow, abs=1)
        assert rows.max() == pytest.approx((box.y + box.height) / 2 * grow, abs=1)
        assert rows.min() <= box.y / 2 * grow


def test_the_page_is_grey_below_the_boxes(explanation: Explanation) -> None:
    corner = pixels_of(explanation.boxes)[-1, -1]
    assert corner.tolist() == [204, 204, 204]


def test_the_tile_is_what_the_network_saw(
    explanation: Explanation, page: dict[str, Any], reader: Reader
) -> None:
    (digit,) = explanation.digits
    assert (digit.value, digit.box) == (7, page["reading"].digits[0].box)
    (tile,) = reader.model.tiles(page["inks"])
    shown = pixels_of(digit.tile)
    assert shown.shape == (224, 224)
    np.testing.assert_array_equal(shown[4::8, 4::8], np.round(255 * (1 - tile)))
    np.testing.assert_array_equal(shown[::8], shown[7::8])


def test_the_map_lies_over_the_tile(explanation: Explanation) -> None:
    shown = pixels_of(explanation.digits[0].saliency)
    assert shown.shape == (224, 224, 3)
    assert shown[0, 0].tolist() == [255, 255, 255]
    reddest = (shown[..., 0] - shown[..., 2]).max()
    assert reddest > 100


def test_an_explanation_is_the_same_every_time(
    reader: Reader, explanation: Explanation, page: dict[str, Any]
) -> None:
    assert explain(reader.model, **page) == explanation


def test_without_the_salient_ink_the_answer_is_less_sure(reader: Reader, mnist: Pictures) -> None:
    """A tenth of the ink, the most salient or any other: the drop in the answer's probability."""
    random = np.random.default_rng(0)
    salient, other = [], []
    for tile in reader.model.tiles([image / np.float32(255) for image in mnist.images[:60]]):
        before, _ = reader.model.classify([tile])
        value = int(before.argmax())
        heat = saliency(reader.model, tile, value)
        orders = [np.argsort(-(heat * (tile > 0)), axis=None), random.permutation(tile.size)]
        after, _ = reader.model.classify([without_a_tenth(tile, order) for order in orders])
        salient.append(before[0, value] - after[0, value])
        other.append(before[0, value] - after[1, value])
    assert np.mean(salient) > 3 * np.mean(other)
    assert np.mean(salient) > 0.1


def without_a_tenth(tile: FloatArray, order: NDArray[np.intp]) -> FloatArray:
    """The tile without a tenth of its ink, taken pixel by pixel in this order."""
    share = np.cumsum(tile.flat[order]) / tile.sum()
    left = tile.copy()
    left.flat[order[share <= 0.1]] = 0
    return left


def test_a_seven_hangs_on_its_bar(reader: Reader) -> None:
    """The shortest bar that makes a 7 of a 1 is what the 7 hangs on."""
    tiles = reader.model.tiles([drawn([[50 - length, 0], [50, 0]], STEM) for length in range(2, 50, 2)])
    answers = reader.model.classify(list(tiles))[0].argmax(1)
    assert (answers[0], answers[-1]) == (1, 7)
    heat = saliency(reader.model, tiles[answers.argmax()], 7)
    row, _ = np.unravel_index(heat.argmax(), heat.shape)
    assert heat.max() == 1
    assert row < 9
    assert heat[14:].max() < 0.5


@pytest.mark.parametrize("ink", [np.zeros((3, 3)), np.ones((1, 1)), np.ones((1, 400)), np.ones((400, 1))])
def test_odd_ink_is_explained(reader: Reader, ink: FloatArray) -> None:
    candidate = found(reader.model, ink.astype(np.float32), 0, 0)
    shown = Page(1 - candidate.ink, Ink(candidate.ink), []).shown(0)
    explanation = explain(reader.model, answered(candidate), shown, [candidate.ink], [])
    heat = pixels_of(explanation.digits[0].saliency)
    assert heat.shape == (224, 224, 3)
    assert ink.any() or heat.min() == 255


def test_what_was_declined_is_explained_without_digits(reader: Reader, page: dict[str, Any]) -> None:
    declined = Reading("", (), 0.3, "ambiguous")
    boxes = [*(digit.box for digit in page["reading"].digits), *page["others"]]
    explanation = explain(reader.model, declined, page["shown"], [], boxes)
    assert explanation.digits == ()
    shown = pixels_of(explanation.boxes)
    assert (shown == PASSED_OVER).all(2).any()
    assert not (shown == TAKEN).all(2).any()


def test_strokes_are_shown_as_their_ink(reader: Reader) -> None:
    ink = render(to_strokes([[[1000, -50], [1000, 40]]]))
    box = Box(round(ink.left), round(ink.top), round(ink.pixels.shape[1] * ink.scale), 90)
    candidate = Candidate(box, 1.0, reader.model.classify([ink.pixels])[0][0], ink.pixels)
    page = Page(1 - ink.pixels, ink, [])
    explanation = explain(reader.model, answered(candidate), page.shown(0), [ink.pixels], [])
    shown = pixels_of(explanation.boxes)
    assert shown.max() == 255
    assert (shown == TAKEN).all(2)[:, : shown.shape[1] // 2].any()


def test_a_reading_keeps_no_page(reader: Reader) -> None:
    """Two bytes a pixel, for ten and more: 20 readings of a square of 1,024 hold less than 5 MB each."""
    page = np.full((1024, 1024), 0.9, np.float32)
    page[200:700, 300:330] = page[200:230, 100:330] = 0.1
    reader.read(page)
    before = psutil.Process().memory_info().rss
    readings = [reader.read(page) for _ in range(20)]
    assert psutil.Process().memory_info().rss - before < len(readings) * 5_000_000
    assert readings[0].explain().digits


def test_a_reading_goes_to_other_processes_without_its_explanation(reader: Reader) -> None:
    reading = reader.read([[[0, 0], [0, 90]]])
    there = pickle.loads(pickle.dumps(reading))
    assert there == reading
    with pytest.raises(TypeError, match="this process"):
        there.explain()


def test_fewer_digits_than_none_cannot_be_shown(reader: Reader) -> None:
    reading = reader.read([[[0, 0], [0, 90]]])
    assert reading.explain(0).digits == ()
    for most in (-1, 1.5, "2"):
        with pytest.raises(BadOption, match=f"most cannot be {most!r}"):
            reading.explain(most)  # type: ignore[arg-type]


def test_json_holds_the_pictures(explanation: Explanation) -> None:
    body = json.loads(json.dumps(explanation.to_dict()))
    assert list(body) == ["ink", "boxes", "digits"]
    assert list(body["digits"][0]) == ["value", "box", "tile", "saliency"]
    head, _, data = body["digits"][0]["tile"].partition(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(data) == explanation.digits[0].tile


def test_pictures_are_written(explanation: Explanation, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    names = ["p-ink.png", "p-boxes.png", "p-1-tile.png", "p-1-saliency.png"]
    for _ in range(2):
        assert explanation.write(folder, "p") == [folder / name for name in names]
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)
    assert (folder / "p-ink.png").read_bytes() == explanation.ink


def test_no_digits_of_an_earlier_picture_stay(explanation: Explanation, tmp_path: Path) -> None:
    longer = replace(explanation, digits=explanation.digits * 3)
    other = [*longer.write(tmp_path, "q"), *longer.write(tmp_path, "p-2"), tmp_path / "p-3-notes.png"]
    other[-1].write_text("mine")
    longer.write(tmp_path, "p")
    written = explanation.write(tmp_path, "p")
    assert set(tmp_path.iterdir()) == {*written, *other}


@pytest.mark.parametrize("taken", ["p-ink.png", "p-2-tile.png"])
def test_a_picture_of_ones_own_is_not_replaced(
    explanation: Explanation, tmp_path: Path, seven_png: bytes, taken: str
) -> None:
    (tmp_path / taken).write_bytes(seven_png)
    with pytest.raises(NotWritten, match=f"{taken} is there already"):
        explanation.write(tmp_path, "p")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [seven_png]


def test_a_copied_reading_explains_itself(reader: Reader) -> None:
    reading = reader.read([[[0, 0], [0, 90]]])
    for one in (copy(reading), deepcopy(reading)):
        assert one == reading
        assert one.explain() == reading.explain()


def test_a_folder_that_cannot_be_written(explanation: Explanation, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(NotWritten, match="cannot be written") as error:
            explanation.write(folder, "p")
        assert str(folder) in error.value.message
