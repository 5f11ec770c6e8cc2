"""Pictures to read: the 300 MNIST digits of the tests, over and over."""

from __future__ import annotations

import io
import json
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from inkdigits.training.datasets import Pictures

FIXTURES = Path(__file__).parent.parent.parent / "tests" / "fixtures" / "mnist"
#: Pictures of a folder.
SHELF = 1000


def pngs(side: int) -> list[bytes]:
    """Each digit as a PNG file of `side` by `side` pixels."""
    images, labels = (FIXTURES / f"{part}.idx.gz" for part in ("images", "labels"))
    digits = Pictures.from_idx(images.read_bytes(), labels.read_bytes(), "mnist fixture")
    return [_png(Image.fromarray(digit), side) for digit in digits.images]


def _png(picture: Image.Image, side: int) -> bytes:
    file = io.BytesIO()
    picture.resize((side, side), Image.Resampling.BICUBIC).save(file, "PNG")
    return file.getvalue()


def folder_of(folder: Path, number: int, side: int = 28) -> Path:
    """A folder of `number` pictures, SHELF in each folder of it; those that are alike share their bytes."""
    originals = folder / "originals"
    originals.mkdir(parents=True)
    for place, data in enumerate(pngs(side)):
        (originals / f"{place}.png").write_bytes(data)
    kinds = sorted(originals.iterdir())
    for place in range(number):
        shelf = folder / "pictures" / f"{place // SHELF:04}"
        shelf.mkdir(parents=True, exist_ok=True)
        os.link(kinds[place % len(kinds)], shelf / f"{place % SHELF:03}.png")
    return folder / "pictures"


def _list_of(pictures: Path) -> Path:
    path = pictures.with_name("list.jsonl")
    path.write_text("".join(json.dumps({"path": str(one)}) + "\n" for one in sorted(pictures.rglob("*.png"))))
    return path


def _zip_of(pictures: Path) -> Path:
    path = pictures.with_name("pictures.zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in sorted(pictures.rglob("*.png")):
            archive.write(one, one.relative_to(pictures))
    return path


def _tar_of(pictures: Path, kind: str) -> Path:
    path = pictures.with_name(f"pictures.{kind}")
    with tarfile.open(path, "w:gz" if kind.endswith("gz") else "w:", dereference=True) as tar:
        for one in sorted(pictures.rglob("*.png")):
            info = tarfile.TarInfo(str(one.relative_to(pictures)))
            info.size = one.stat().st_size
            with one.open("rb") as file:
                tar.addfile(info, file)
    return path


#: The same pictures as each kind of input.
INPUTS: dict[str, Callable[[Path], Path]] = {
    "folder": lambda pictures: pictures,
    "list": _list_of,
    "zip": _zip_of,
    "tar": lambda pictures: _tar_of(pictures, "tar"),
    "tar.gz": lambda pictures: _tar_of(pictures, "tar.gz"),
}
