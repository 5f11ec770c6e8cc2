"""The whole way: the same digit gives the same answer in whatever form it comes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from inkdigits import InputError, Reader, read
from inkdigits.agree import believes_rules
from inkdigits.errors import FileUnreadable, NotAnImage, UnsupportedInput
from inkdigits.guidance import Choice
from inkdigits.reader import PIXELS
from inkdigits.strokes import render, to_strokes
from inkdigits.training.datasets import Pictures
from inkdigits.types import Box, Candidate, Reading

EXAMPLES = Path(__file__).parent.parent / "examples"
SEVEN = [[[0, 0], [50, 0], [50, 2], [20, 90]], [[12, 45], [50, 45]]]
EXIF_ORIENTATION = 0x0112
#: What undoes the turn that each EXIF orientation asks a viewer for.
UNTURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def page(pixels: NDArray[np.uint8], side: int = 120) -> Image.Image:
    """A digit of MNIST three times as large, in black off the middle of a white page."""
    digit = Image.fromarray(255 - pixels).resize((84, 84), Image.Resampling.BICUBIC)
    sheet = Image.new("L", (side, side), 255)
    sheet.paste(digit, (30, 8))
    return sheet


def encoded(image: Image.Image, format_: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format_, **options)
    return file.getvalue()


def with_alpha(image: Image.Image, ink: int) -> Image.Image:
    """The picture's darkness as the opacity of one tone, on nothing."""
    sheet = Image.new("LA", image.size, ink)
    sheet.putalpha(Image.eval(image, lambda tone: 255 - tone))
    return sheet


def forms(image: Image.Image) -> Iterator[tuple[str, Any]]:
    """One grey picture in every format, mode, polarity and EXIF rotation."""
    pillow_heif.register_heif_opener()
    for format_ in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "HEIF"):
        yield format_, encoded(image, format_)
        yield f"{format_} inverted", encoded(Image.eval(image, lambda tone: 255 - tone), format_)
    for mode in ("1", "P", "RGB", "RGBA", "CMYK", "I;16"):
        yield (
            mode,
            Image.fromarray(np.asarray(image, np.uint16) * 257) if mode == "I;16" else image.convert(mode),
        )
    yield "16-bit PNG", encoded(Image.fromarray(np.asarray(image, np.uint16) * 257), "PNG")
    yield "black on nothing", encoded(with_alpha(image, 0), "PNG")
    yield "white on nothing", encoded(with_alpha(image, 255), "PNG")
    yield "palette with transparency", encoded(with_alpha(image, 0).convert("RGBA").quantize(64), "PNG")
    for orientation, back in UNTURNED.items():
        exif = Image.Exif()
        exif[EXIF_ORIENTATION] = orientation
        yield f"EXIF {orientation}", encoded(image.transpose(back), "JPEG", exif=exif, quality=95)
    grey = np.asarray(image)
    yield from {
        "uint8": grey,
        "uint16": grey.astype(np.uint16) * 257,
        "float": grey / 255,
        "float to 255": grey.astype(np.float32),
        "RGB array": np.dstack([grey] * 3),
        "RGBA array": np.dstack([grey] * 3 + [np.full_like(grey, 255)]),
    }.items()


@pytest.mark.parametrize("place", range(0, 30, 3))
def test_every_form_of_a_digit_gives_the_same_answer(reader: Reader, mnist: Pictures, place: int) -> None:
    answers = {name: reader.read(source).text for name, source in forms(page(mnist.images[place]))}
    assert set(answers.values()) == {str(mnist.labels[place])}, answers


def test_nearly_every_known_digit_is_read_rightly(reader: Reader, mnist: Pictures) -> None:
    readings = reader.read_many(mnist.images)
    right = sum(reading.text == str(label) for reading, label in zip(readings, mnist.labels, strict=True))
    assert right >= 297


@settings(max_examples=60)
@given(place=st.integers(0, 299), left=st.integers(0, 316), top=st.integers(0, 316), side=st.integers(40, 84))
def test_position_and_size_do_not_matter(
    reader: Reader, mnist: Pictures, place: int, left: int, top: int, side: int
) -> None:
    digit = Image.fromarray(255 - mnist.images[place])
    sheet = Image.new("L", (400, 400), 255)
    sheet.paste(digit.resize((side, side), Image.Resampling.BICUBIC), (left, top))
    plain, moved = reader.read(digit), reader.read(sheet)
    # A digit that the model is unsure of may be read either way once it is drawn anew.
    assert moved.text == plain.text or min(moved.confidence, plain.confidence) < 0.9


@given(place=st.integers(0, 299))
def test_polarity_does_not_matter(reader: Reader, mnist: Pictures, place: int) -> None:
    light, dark = (reader.read(pixels) for pixels in (mnist.images[place], 255 - mnist.images[place]))
    assert light.text == dark.text
    assert light.confidence == pytest.approx(dark.confidence, abs=1e-3)


@pytest.mark.parametrize("pen", [0.03, 0.08, 0.2])
def test_thin_and_thick_pens_are_read(reader: Reader, pen: float) -> None:
    assert reader.read(render(to_strokes(SEVEN), pen).pixels).text == "7"


def test_digits_are_read_from_left_to_right_with_their_boxes(reader: Reader, mnist: Pictures) -> None:
    row = np.hstack([mnist.images[place] for place in range(5)])
    reading = reader.read(row)
    assert reading.text == "".join(map(str, mnist.labels[:5]))
    assert reading.confidence == pytest.approx(np.prod([digit.confidence for digit in reading.digits]))
    for place, digit in enumerate(reading.digits):
        assert 28 * place <= digit.box.x
        assert digit.box.x + digit.box.width <= 28 * (place + 1)
        assert sum(digit.probabilities) == pytest.approx(1, abs=1e-5)
        assert 0.5 < digit.confidence <= max(digit.probabilities)
        assert digit.value == digit.probabilities.index(max(digit.probabilities))


def test_the_box_is_in_the_pixels_of_a_large_picture(reader: Reader) -> None:
    sheet = np.full((3000, 4000), 255, np.uint8)
    sheet[1000:2000, 3000:3100] = 0
    (digit,) = reader.read(sheet).digits
    box = (digit.box.x, digit.box.y, digit.box.width, digit.box.height)
    assert digit.value == 1
    np.testing.assert_allclose(box, (3000, 1000, 100, 1000), atol=8)


@pytest.mark.parametrize(
    "source",
    [
        np.full((50, 50), 255, np.uint8),
        np.zeros((50, 50), np.uint8),
        np.full((1, 1), 128, np.uint8),
        [],
        [[]],
        EXAMPLES / "blank.png",
    ],
)
def test_no_ink_is_a_blank_reading(reader: Reader, source: Any) -> None:
    assert reader.read(source) == Reading("", (), 0.0, "blank")


def test_read_many_answers_as_read(reader: Reader, mnist: Pictures) -> None:
    sources = [mnist.images[0], EXAMPLES / "2048.jpg", EXAMPLES / "blank.png", SEVEN, *mnist.images[1:300]]
    together = reader.read_many(iter(sources))
    alone = [reader.read(source) for source in sources]
    assert [reading.text for reading in together] == [reading.text for reading in alone]
    assert [reading.reason for reading in together] == [reading.reason for reading in alone]
    np.testing.assert_allclose(
        [reading.confidence for reading in together], [reading.confidence for reading in alone], atol=1e-4
    )


def test_read_each_answers_what_it_can(reader: Reader) -> None:
    had = FileUnreadable("It is gone")
    answers = list(reader.read_each([SEVEN, b"no picture", had, SEVEN], count=1))
    assert answers[0] == answers[3] == reader.read(SEVEN, count=1)
    assert isinstance(answers[1], NotAnImage)
    assert answers[2] is had


def test_read_each_takes_pictures_as_answers_are_taken(reader: Reader) -> None:
    taken = []
    page = np.full((PIXELS // 1000, 1000), 255, np.uint8)

    def pages() -> Iterator[NDArray[np.uint8]]:
        for place in range(9):
            taken.append(place)
            yield page

    answers = reader.read_each(pages())
    next(answers)
    assert len(taken) < 9


def test_read_each_answers_before_what_it_takes_from_fails(reader: Reader) -> None:
    def pages() -> Iterator[bytes]:
        yield from [SEVEN, b"no picture"]
        raise OSError("the camera is gone")

    answers = reader.read_each(pages())
    assert next(answers) == reader.read(SEVEN)
    assert isinstance(next(answers), NotAnImage)
    with pytest.raises(OSError, match="the camera is gone"):
        next(answers)


@pytest.mark.parametrize("one", ["a.png", Path("a.png"), b"picture", np.zeros((28, 28))])
def test_one_picture_is_not_several(reader: Reader, one: Any) -> None:
    for ask in (reader.read_many, reader.read_each):
        with pytest.raises(UnsupportedInput, match=r"One picture was given.* Use `read`"):
            ask(one)


def test_read_many_refuses_what_is_no_picture(reader: Reader) -> None:
    with pytest.raises(InputError):
        reader.read_many([SEVEN, b"no picture"])
    assert reader.read_many([]) == []


def test_threads_do_not_disturb_each_other(reader: Reader, mnist: Pictures) -> None:
    expected = [reader.read(image).text for image in mnist.images[:100]]
    with ThreadPoolExecutor(8) as pool:
        assert [reading.text for reading in pool.map(reader.read, mnist.images[:100])] == expected


def test_the_shared_reader_and_the_examples() -> None:
    assert read(EXAMPLES / "seven.png").text == "7"
    assert read(str(EXAMPLES / "2048.jpg")).text == "2048"
    assert Reader().check()


def test_boxes_end_where_the_picture_does() -> None:
    """The heads of the digits are cut by its edge, and guessed to go on."""
    picture = np.asarray(Image.open(EXAMPLES / "2048.jpg").convert("L"))[92:]
    reading = read(picture)
    assert reading.text == "2048"
    boxes = [digit.box for digit in reading.digits]
    assert min(box.y for box in boxes) == 0
    assert all(
        picture[box.y :, box.x :][: box.height, : box.width].shape == (box.height, box.width) for box in boxes
    )


@pytest.mark.parametrize(
    ("box", "kept"),
    [
        (Box(3, 4, 5, 6), Box(3, 4, 5, 6)),
        (Box(-3, -4, 5, 6), Box(0, 0, 2, 2)),
        (Box(18, 8, 5, 6), Box(18, 8, 2, 2)),
        (Box(25, -9, 5, 6), Box(19, 0, 1, 1)),
    ],
)
def test_a_box_within_a_picture(box: Box, kept: Box) -> None:
    assert box.within(10, 20) == kept


def choice(*sure: float, confidence: float) -> Choice:
    """A line of digits, each so sure."""
    ink = np.ones((20, 10), np.float32)
    line = [Candidate(Box(20 * place, 0, 10, 20), one, np.eye(10)[3], ink) for place, one in enumerate(sure)]
    return Choice([line] if line else [], confidence)


@pytest.mark.parametrize(
    ("rules", "finder", "alone", "believed"),
    [
        (choice(0.79, confidence=0.79), choice(0.77, 0.68, 0.61, confidence=0.03), True, True),
        (choice(0.79, confidence=0.79), choice(0.77, 0.68, 0.61, confidence=0.03), False, False),
        (choice(0.6, confidence=0.6), choice(0.95, 0.95, confidence=0.9), True, False),
        (choice(0.79, confidence=0.79), choice(0.85, confidence=0.85), True, True),
        (choice(confidence=0), choice(0.6, confidence=0.6), True, False),
    ],
    ids=["one whole glyph", "one of several", "the finder is surer", "no more is read", "nothing by rules"],
)
def test_rules_and_finder_are_weighed(rules: Choice, finder: Choice, alone: bool, believed: bool) -> None:
    assert believes_rules(rules, finder, alone) is believed
