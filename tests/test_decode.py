"""Every format and mode gives the picture; every broken one a clear error."""

from __future__ import annotations

import io
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from inkdigits.decode import _ALONE, FORMATS, LARGE, Limits, decode
from inkdigits.errors import (
    BadOption,
    FileUnreadable,
    InputError,
    NotAnImage,
    TooManyBytes,
    TooManyPixels,
    TruncatedImage,
    UnsupportedInput,
)
from inkdigits.grey import EXIF
from inkdigits.types import WORKING_SIDE

EXIF_ORIENTATION = 0x0112
#: How a viewer turns the stored picture back, for each EXIF orientation.
STORED = {
    1: lambda image: image,
    2: lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    3: lambda image: image.transpose(Image.Transpose.ROTATE_180),
    4: lambda image: image.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
    5: lambda image: image.transpose(Image.Transpose.TRANSPOSE),
    6: lambda image: image.transpose(Image.Transpose.ROTATE_90),
    7: lambda image: image.transpose(Image.Transpose.TRANSVERSE),
    8: lambda image: image.transpose(Image.Transpose.ROTATE_270),
}


@pytest.fixture
def ramp() -> NDArray[np.uint8]:
    return np.tile(np.arange(0, 240, 6, dtype=np.uint8), (24, 1))


def closed() -> io.BytesIO:
    file = io.BytesIO(b"no more")
    file.close()
    return file


def encoded(image: Image.Image, format_: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, format_, **options)
    return file.getvalue()


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_is_read(format_: str, ramp: NDArray[np.uint8]) -> None:
    pillow_heif.register_heif_opener()
    image = Image.fromarray(ramp).convert("RGB")
    options = {"save_all": True, "append_images": [image]} if format_ == "MPO" else {}
    raster = decode(encoded(image, format_, **options))
    np.testing.assert_allclose(raster.pixels, ramp / 255, atol=0.04)


@pytest.mark.parametrize(
    "mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "YCbCr", "HSV", "LAB", "I", "F", "I;16"]
)
def test_every_mode_is_read(mode: str) -> None:
    half = np.zeros((10, 20), np.uint8)
    half[:, 10:] = 255
    if mode in ("I;16", "I"):
        image = Image.fromarray(
            (half.astype(np.int32) * 257).astype(np.uint16 if mode == "I;16" else np.int32)
        )
    elif mode == "LAB":
        image = Image.frombytes(
            "LAB", (20, 10), np.dstack((half, np.full((10, 20, 2), 128, np.uint8))).tobytes()
        )
    elif mode == "HSV":
        image = Image.fromarray(np.dstack((half, half, half))).convert("RGB")
        image = image.convert("HSV")
    else:
        image = Image.fromarray(half).convert(mode)
    pixels = decode(image).pixels
    assert pixels[:, :9].max() < 0.02
    assert pixels[:, 11:].min() > 0.98


@pytest.mark.parametrize("format_", ["PNG", "TIFF"])
@pytest.mark.parametrize("orientation", STORED)
def test_exif_rotation_is_obeyed(orientation: int, format_: str, ramp: NDArray[np.uint8]) -> None:
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = orientation
    data = encoded(STORED[orientation](Image.fromarray(ramp)), format_, exif=exif)
    np.testing.assert_allclose(decode(data).pixels, ramp / 255, atol=1e-6)


def test_transparency_shows_dark_and_light_ink() -> None:
    for ink in (0, 255):
        rgba = np.full((10, 10, 4), 128, np.uint8)
        rgba[..., 3] = 0
        rgba[4:6, 2:8] = (ink, ink, ink, 255)
        pixels = decode(Image.fromarray(rgba)).pixels
        assert abs(pixels[4, 4] - pixels[0, 0]) > 0.99


def test_palette_transparency_is_laid_over_paper(ramp: NDArray[np.uint8]) -> None:
    image = Image.fromarray((ramp > 120).astype(np.uint8)).convert("P")
    image.putpalette([0, 0, 0, 9, 9, 9])
    pixels = decode(encoded(image, "GIF", transparency=0)).pixels
    assert pixels[0, 0] == 1
    assert pixels[0, -1] < 0.05


@pytest.mark.parametrize("paper", [0, 30_000, 65_535])
def test_transparency_of_16_bits_is_laid_over_paper(paper: int) -> None:
    grey = np.full((10, 20), paper, np.uint16)
    grey[:, 10:15] = 20_000
    pixels = decode(encoded(Image.fromarray(grey), "PNG", transparency=paper)).pixels
    np.testing.assert_allclose(pixels, np.where(grey == 20_000, 20_000 / 65_535, 1), atol=1e-6)


def test_the_first_frame_of_an_animation_is_read(ramp: NDArray[np.uint8]) -> None:
    frames = [Image.fromarray(ramp), Image.fromarray(255 - ramp)]
    for format_ in ("GIF", "WEBP", "TIFF", "PNG"):
        options = {"lossless": True} if format_ == "WEBP" else {}
        data = encoded(frames[0], format_, save_all=True, append_images=frames[1:], **options)
        np.testing.assert_allclose(decode(data).pixels, ramp / 255, atol=0.02)


@pytest.mark.parametrize(
    ("dtype", "whole"), [(np.uint8, 255), (np.uint16, 65535), (np.float32, 1), (np.float64, 255), (bool, 1)]
)
@pytest.mark.parametrize("channels", [0, 1, 3, 4])
def test_arrays_of_every_kind_agree(dtype: type, whole: int, channels: int) -> None:
    grey = np.zeros((8, 9))
    grey[2:6, 4] = 1
    array = grey if channels == 0 else np.repeat(grey[..., None], channels, 2)
    if channels == 4:
        array[..., 3] = 1
    pixels = decode((array * whole).astype(dtype)).pixels
    np.testing.assert_allclose(pixels, grey, atol=1e-6)


def test_fractions_a_little_out_of_range_are_cut_off() -> None:
    """As they are where a picture of fractions was resampled."""
    grey = np.full((8, 9), 0.9)
    grey[2:6, 4], grey[1, 4] = -0.06, 1.08
    for array in (grey, grey * 255):
        np.testing.assert_allclose(decode(array).pixels, grey.clip(0, 1), atol=1e-6)
    grey[1, 4] = 1.5
    with pytest.raises(UnsupportedInput, match="no brightness"):
        decode(grey)


def test_bytes_in_a_wider_kind_are_bytes() -> None:
    grey = np.full((8, 9), 255)
    grey[2:6, 4] = 0
    for source in (grey.astype(np.uint16), Image.fromarray(grey.astype(np.int32))):
        np.testing.assert_array_equal(decode(source).pixels, grey / np.float32(255))


@pytest.mark.parametrize("channels", [2, 4])
def test_large_arrays_are_taken_in_strips(channels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(5)
    array = random.integers(0, 256, (40, 30, channels), np.uint8)
    whole = decode(array).pixels
    monkeypatch.setattr("inkdigits.grey.STRIP", 100)
    np.testing.assert_allclose(decode(array).pixels, whole, atol=1e-6)


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_subclasses_of_arrays() -> None:
    grey = np.full((8, 9), 255, np.uint8)
    np.testing.assert_array_equal(decode(np.asmatrix(grey)).pixels, np.ones((8, 9)))
    with pytest.raises(UnsupportedInput, match="masked"):
        decode(np.ma.masked_array(grey, grey == 0))


def test_a_file_that_gives_less_than_is_asked_is_read_whole(seven_png: bytes) -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, 100))

    np.testing.assert_array_equal(decode(Slow(seven_png)).pixels, decode(seven_png).pixels)


def test_a_file_at_its_end_is_to_be_rewound(seven_png: bytes) -> None:
    file = io.BytesIO(seven_png)
    file.seek(0, io.SEEK_END)
    with pytest.raises(NotAnImage) as raised:
        decode(file)
    assert "seek(0)" in raised.value.remedy


def test_an_image_that_is_closed_is_not_called_damaged() -> None:
    image = Image.new("L", (9, 9))
    image.close()
    with pytest.raises(UnsupportedInput, match="closed"):
        decode(image)


def test_paths_of_bytes(tmp_path: Path, seven_png: bytes) -> None:
    (tmp_path / "a.png").write_bytes(seven_png)
    for entry in os.scandir(os.fsencode(tmp_path)):
        np.testing.assert_array_equal(decode(entry).pixels, decode(seven_png).pixels)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.png")
    (tmp_path / "b.png").symlink_to("/dev/zero")
    for path in (tmp_path / "a.png", str(tmp_path / "b.png")):
        with pytest.raises(FileUnreadable, match="no regular file") as caught:
            decode(path)
        assert "read -" in caught.value.remedy


def test_what_is_open_already_may_be_a_pipe(seven_png: bytes) -> None:
    ours, theirs = os.pipe()
    os.write(theirs, seven_png)
    os.close(theirs)
    assert decode(f"/dev/fd/{ours}").pixels.shape == (28, 28)
    os.close(ours)


def test_paths_bytes_files_and_images_agree(tmp_path: Path, ramp: NDArray[np.uint8]) -> None:
    data = encoded(Image.fromarray(ramp), "PNG")
    path = tmp_path / "ramp.png"
    path.write_bytes(data)
    with path.open("rb") as file:
        sources = [data, bytearray(data), path, str(path), file, io.BytesIO(data), Image.fromarray(ramp)]
        for source in sources:
            np.testing.assert_array_equal(decode(source).pixels, (ramp / np.float32(255)).astype(np.float32))


@pytest.mark.parametrize(
    ("source", "error"),
    [
        (b"", NotAnImage),
        (b"no picture at all", NotAnImage),
        (b"%PDF-1.7 and so on", NotAnImage),
        ("there/is/no/such.png", FileUnreadable),
        ("/", FileUnreadable),
        ("nul\0byte.png", FileUnreadable),
        (42, UnsupportedInput),
        (io.StringIO("text"), UnsupportedInput),
        (io.TextIOWrapper(io.BytesIO(b"\xff\xfe\xff")), FileUnreadable),
        (closed(), FileUnreadable),
        (encoded(Image.fromarray(np.full((5, 5), 70_000, np.int32)), "TIFF"), UnsupportedInput),
        (np.zeros((2, 2, 2, 2), np.uint8), UnsupportedInput),
        (np.zeros((0, 5), np.uint8), UnsupportedInput),
        (np.zeros((5, 5, 5), np.uint8), UnsupportedInput),
        (np.zeros((5, 5), np.int64), UnsupportedInput),
        (np.full((5, 5), np.nan), UnsupportedInput),
        (np.full((5, 5), -1.0), UnsupportedInput),
        (np.full((5, 5), 300.0), UnsupportedInput),
        (np.zeros((5, 5), complex), UnsupportedInput),
    ],
)
def test_what_is_no_picture_is_refused(source: object, error: type[InputError]) -> None:
    with pytest.raises(error) as raised:
        decode(source)
    assert raised.value.message
    assert raised.value.remedy


@pytest.mark.parametrize(
    ("size", "scale"), [((2047, 300), 1), ((2050, 600), 2), ((600, 4400), 4), ((9000, 5), 4), ((1, 9000), 1)]
)
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_large_jpeg_is_decoded_smaller(size: tuple[int, int], scale: int, mode: str) -> None:
    """No smaller than it is worked on, and each pixel the mean of those that it stands for."""
    levels = np.linspace(40, 220, size[0] * size[1]).reshape(size[1], size[0])
    picture = Image.fromarray(levels.astype(np.uint8)).convert(mode)
    raster = decode(encoded(picture, "JPEG", quality=95))
    assert raster.scale == scale
    assert raster.pixels.shape == (-(-size[1] // scale), -(-size[0] // scale))
    assert max(raster.pixels.shape) >= min(WORKING_SIDE, max(size))
    means = np.asarray(picture.convert("L").reduce(scale), np.float32) / 255
    np.testing.assert_allclose(raster.pixels, means, atol=0.03)


def test_a_large_jpeg_that_somebody_opened_stays_as_it_is() -> None:
    with Image.open(io.BytesIO(encoded(Image.new("RGB", (3000, 2200)), "JPEG"))) as image:
        raster = decode(image)
        assert (raster.scale, raster.pixels.shape) == (1, (2200, 3000))
        assert (image.size, image.mode) == ((3000, 2200), "RGB")


def test_a_large_jpeg_over_the_limit_is_refused_at_its_whole_size() -> None:
    with pytest.raises(TooManyPixels, match="3000 x 2200 pixels, over 6,000,000"):
        decode(encoded(Image.new("RGB", (3000, 2200)), "JPEG"), Limits(max_pixels=3_000_000))


def test_a_jpeg_may_have_twice_as_many_pixels() -> None:
    limits = Limits(max_pixels=3_300_000)
    assert decode(encoded(Image.new("RGB", (3000, 2200)), "JPEG"), limits).pixels.shape == (1100, 1500)
    with pytest.raises(TooManyPixels, match="over 3,300,000"):
        decode(encoded(Image.new("RGB", (3000, 2200)), "PNG"), limits)


def test_a_large_picture_waits_for_another(seven_png: bytes) -> None:
    large = encoded(Image.new("L", (LARGE // 1000 + 1, 1000)), "PNG")
    with ThreadPoolExecutor(2) as threads, _ALONE:
        waiting = threads.submit(decode, large)
        assert decode(seven_png).pixels.any()
        assert not waiting.done()
    assert waiting.result().pixels.shape == (1000, LARGE // 1000 + 1)


@pytest.mark.parametrize("exif", [b"II*\0", b"no EXIF!"])
@pytest.mark.parametrize("format_", ["PNG", "WEBP", "JPEG"])
def test_rotation_that_cannot_be_read_is_none(format_: str, exif: bytes, ramp: NDArray[np.uint8]) -> None:
    data = encoded(Image.fromarray(ramp).convert("RGB"), format_, exif=exif)
    np.testing.assert_allclose(decode(data).pixels, ramp / 255, atol=0.04)


def test_rotation_in_megabytes_of_exif_data_is_not_looked_for() -> None:
    """It might be as many fractions."""
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = 6
    for more, shape in ((1000, (7, 9)), (EXIF, (9, 7))):
        data = encoded(Image.new("L", (7, 9)), "PNG", exif=exif.tobytes() + bytes(more))
        assert decode(data).pixels.shape == shape


def test_a_turned_large_jpeg_is_upright() -> None:
    image = Image.new("L", (3000, 2200), 255)
    image.paste(0, (0, 0, 300, 200))
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = 6
    raster = decode(encoded(STORED[6](image), "JPEG", exif=exif))
    assert raster.pixels.shape == (1100, 1500)
    assert raster.pixels[:90, :140].max() < 0.1
    assert raster.pixels[110:, 160:].min() > 0.9


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"])
def test_a_truncated_picture_is_refused(format_: str) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (64, 64), np.uint8)
    data = encoded(Image.fromarray(noise), format_)
    with pytest.raises((TruncatedImage, NotAnImage)):
        decode(data[: len(data) // 2])


def test_a_heic_of_an_impossible_size_is_damage() -> None:
    """Its reader has errors of its own for that."""
    pillow_heif.register_heif_opener()
    data = bytearray(encoded(Image.new("RGB", (40, 24)), "HEIF"))
    data[data.index(b"ispe") + 8] = 1
    with pytest.raises(TruncatedImage, match=r"damaged .*exceeds"):
        decode(bytes(data))


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("broken")])
def test_what_a_reader_of_a_format_lets_out_is_damage(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(Image.Image, "convert", fail)
    with pytest.raises(TruncatedImage, match=rf"damaged \({str(error) or 'MemoryError'}\)"):
        decode(encoded(Image.new("RGB", (9, 9)), "PNG"))


@pytest.mark.parametrize("limit", [0, -5, 1e6, None])
def test_impossible_limits(limit: Any) -> None:
    for name in ("max_bytes", "max_pixels"):
        with pytest.raises(BadOption, match=f"{name} cannot be {limit}"):
            Limits(**{name: limit})


def test_limits_hold(ramp: NDArray[np.uint8], tmp_path: Path) -> None:
    data = encoded(Image.fromarray(ramp), "PNG")
    path = tmp_path / "ramp.png"
    path.write_bytes(data)
    for source in (data, path, io.BytesIO(data)):
        with pytest.raises(TooManyBytes):
            decode(source, Limits(max_bytes=len(data) - 1))
    for source in (data, path, io.BytesIO(data), ramp, Image.fromarray(ramp)):
        with pytest.raises(TooManyPixels):
            decode(source, Limits(max_pixels=ramp.size - 1))
    assert decode(data, Limits(len(data), ramp.size)).pixels.shape == ramp.shape


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = encoded(Image.new("1", (30_000, 30_000)), "PNG")
    assert len(bomb) < 1_000_000
    with pytest.raises(TooManyPixels):
        decode(bomb)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data:UserWarning")
@given(data=st.binary(max_size=200), place=st.integers(0, 400), cut=st.integers(0, 400))
def test_damage_never_lets_another_error_out(data: bytes, place: int, cut: int) -> None:
    picture = encoded(Image.new("RGB", (20, 20), "white"), "PNG")
    for damaged in (data, picture[:place] + data + picture[place:], picture[: len(picture) - cut]):
        try:
            pixels = decode(damaged).pixels
        except InputError:
            continue
        assert pixels.min() >= 0
        assert pixels.max() <= 1
