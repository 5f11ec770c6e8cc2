"""Ours beside other readers, on the same pictures in one run.

    python benchmarks/peers.py mnist ../pictures ../strokes.jsonl --networks out

Tesseract is run as the command `tesseract`, RapidOCR from its package (extra `benchmark`); the plain
networks are those in the folder --networks, each trained as runs/NAME.toml says. What is not there is
named and left out. None of them is asked to decline.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from rich.console import Console
from rich.table import Table
from stamp import report

from inkdigits import Reader
from inkdigits.decode import decode
from inkdigits.evaluation.labelled import Sample, digits_of
from inkdigits.evaluation.measures import Share
from inkdigits.evaluation.sets import load_set, some_of
from inkdigits.ink import find_ink
from inkdigits.model import Model
from inkdigits.segment import segment
from inkdigits.strokes import render, to_strokes
from inkdigits.training.progress import track

PLAIN = ("dense", "simple", "batchnorm")
#: Readers of print are given pictures at least this high, with as much paper around them.
HEIGHT, MARGIN = 96, 16
#: Tesseract's page modes that suit a page, a line and a single character.
MODES = {"page": 6, "line": 7, "character": 10}

#: One picture's digits, and what reads them.
Read = Callable[[Sample], str]
#: A peer's ways of reading, of which the better one counts on each set.
Peer = dict[str, Read]


def main() -> None:
    arguments = _arguments()
    console = Console(stderr=True)
    peers = dict(_peers(arguments.model, arguments.networks, console))
    table = Table("set", *peers, title="read wholly right, with the 95 % interval")
    for name in arguments.sets:
        samples = some_of(load_set(name, arguments.data), arguments.samples)
        results = {peer: _best(ways, samples, f"{name}: {peer}", console) for peer, ways in peers.items()}
        table.add_row(f"{name}\n{len(samples)}", *(_cell(*result) for result in results.values()))
        figures = {
            peer: {**share.to_dict(), "way": way, "ms": ms} for peer, (share, way, ms) in results.items()
        }
        report("peers", {"set": name, "samples": len(samples), "peers": figures})
    Console(width=160).print(table)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sets", nargs="*", default=["mnist"], help="what `inkdigits evaluate` takes")
    parser.add_argument("--samples", type=int, default=500, help="at most so many of each set, at random")
    parser.add_argument("--networks", type=Path, default=Path("out"), help="folder of the plain networks")
    parser.add_argument("--model", type=Path, help="a model to measure instead of the shipped one")
    parser.add_argument("--data", type=Path, help="folder of the datasets")
    return parser.parse_args()


def _best(ways: Peer, samples: Sequence[Sample], title: str, console: Console) -> tuple[Share, str, float]:
    """The better way's share of right answers, its name, and its time for one picture in milliseconds."""
    results = []
    for way, read in ways.items():
        started, right = time.perf_counter(), 0
        with track(console, f"{title} {way}", len(samples)) as advance:
            for done, sample in enumerate(samples, 1):
                right += read(sample) == sample.label
                advance(done)
        spent = 1000 * (time.perf_counter() - started) / len(samples)
        results.append((Share(right, len(samples)), way, round(spent, 1)))
    return max(results, key=lambda result: result[0].part)


def _cell(share: Share, way: str, ms: float) -> str:
    low, high = share.interval
    return f"{share.value:.1%}\n{low:.1%} to {high:.1%}\n{ms:.0f} ms {way}"


def _peers(model: Path | None, networks: Path, console: Console) -> Iterator[tuple[str, Peer]]:
    """Every reader that is installed."""
    reader = Reader(model)
    yield "inkdigits", {"": lambda sample: digits_of(reader.read(sample.source, risk=1).text)}
    if shutil.which("tesseract"):
        yield "Tesseract", {name: _tesseract(mode) for name, mode in MODES.items()}
    else:
        console.print("Tesseract is not installed: apt-get install tesseract-ocr")
    try:
        yield "RapidOCR", _rapidocr()
    except ModuleNotFoundError:
        console.print("RapidOCR is not installed: pip install 'inkdigits[benchmark]'")
    for name in PLAIN:
        if (path := networks / name / "digits.onnx").is_file():
            yield name, {"": _rules(Model(path))}
        else:
            console.print(
                f"{name} is not trained: inkdigits train --run runs/{name}.toml --out {path.parent}"
            )
    if (path := networks / "simple" / "final.safetensors").is_file():
        yield "naive", {"": _naive(path)}


def _picture(sample: Sample) -> Image.Image:
    """The sample in grey; a drawing as black pen on white paper."""
    if isinstance(sample.source, list):
        pixels = np.pad(1 - render(to_strokes(sample.source)).pixels, MARGIN, constant_values=1)
    else:
        pixels = decode(sample.source).pixels
    return Image.fromarray(np.uint8(np.round(255 * pixels)))


def _for_print(sample: Sample) -> Image.Image:
    """The picture as readers of print like it: dark on light, large enough, with paper around it."""
    picture = _picture(sample)
    paper = int(np.median(np.asarray(picture)))
    if paper < 128:
        picture, paper = ImageOps.invert(picture), 255 - paper
    if picture.height < HEIGHT:
        picture = picture.resize((HEIGHT * picture.width // picture.height, HEIGHT), Image.Resampling.BICUBIC)
    return ImageOps.expand(picture, MARGIN, paper)


def _tesseract(mode: int) -> Read:
    options = ["--psm", str(mode), "-c", "tessedit_char_whitelist=0123456789"]
    one_core = os.environ | {"OMP_THREAD_LIMIT": "1"}  # faster, for pictures as small as these

    def read(sample: Sample) -> str:
        with tempfile.NamedTemporaryFile(suffix=".png") as file:
            _for_print(sample).save(file.name)
            command = ["tesseract", file.name, "stdout", *options]
            done = subprocess.run(command, capture_output=True, text=True, check=True, env=one_core)
            return digits_of(done.stdout)

    return read


def _rapidocr() -> Peer:
    """Its whole pipeline, and its recogniser alone, which takes the picture for one line."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "critical"})

    def ask(sample: Sample, whole: bool) -> str:
        picture = np.asarray(_for_print(sample).convert("RGB"))
        found = engine(picture, use_det=whole, use_cls=whole, use_rec=True)
        return digits_of("".join(found.txts or ()))

    return {"pipeline": partial(ask, whole=True), "recogniser": partial(ask, whole=False)}


def _rules(model: Model) -> Read:
    """Connected components, each classified by a plain network that sees the same tiles as ours."""

    def read(sample: Sample) -> str:
        drawn = isinstance(sample.source, list)
        ink = render(to_strokes(sample.source)) if drawn else find_ink(decode(sample.source))
        probabilities, _ = model.classify([glyph.ink for glyph in segment(ink)])
        return "".join(str(value) for value in probabilities.argmax(1))

    return read


def _naive(checkpoint: Path) -> Read:
    """The whole picture resized to 28 x 28, inverted if it is light, put straight into the network."""
    import torch

    from inkdigits.training.checkpoint import load_checkpoint

    _, body = load_checkpoint(checkpoint).network()

    def read(sample: Sample) -> str:
        tile = np.asarray(_picture(sample).resize((28, 28), Image.Resampling.BILINEAR), np.float32) / 255
        tile = 1 - tile if tile.mean() > 0.5 else tile
        with torch.inference_mode():
            return str(int(body(torch.from_numpy(tile)[None, None])[0, :10].argmax()))

    return read


if __name__ == "__main__":
    main()
