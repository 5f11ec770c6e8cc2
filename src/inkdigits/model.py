"""The ONNX file: found, verified, loaded, run. The only importer of onnxruntime."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from inkdigits.errors import ModelInvalid, ModelMissing
from inkdigits.files import read_regular
from inkdigits.types import FloatArray

#: Set before the import: newer versions of onnxruntime report home by default.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime as ort

FOLDER = Path(__file__).parent / "models"
PACKAGED, FINDER, REFINER = (FOLDER / f"{name}.onnx" for name in ("digits", "finder", "refiner"))
#: What a model file's metadata holds, each as JSON.
CARD = ("name", "version", "labels", "temperature", "data", "metrics", "licence", "run", "parameters")
#: What a digit model's holds besides.
RISKS = ("risks", "risk")
#: What a digit model gives for each ink.
OUTPUTS = ("probabilities", "exists", "tile")
#: What a finder gives for each page.
PLACES = ("marks", "classes", "boxes")
#: What a refiner gives for each tile.
REFINED = ("odds", "classes")
#: Glyphs run at once: few enough that large ones stay in the processor's cache.
BATCH = 16
#: Side of what the network sees (pixels).
SIDE = 28


class Model:
    """A digit model. `card` is what its metadata says of it.

    Its `risks` are (risk, threshold) with rising risk: if answers less sure than the threshold are
    declined, at most that share of the others is wrong; `risk` is the default.
    """

    def __init__(self, path: Path | None = None, *, threads: int = 1) -> None:
        """Load `path`, or the model in the package, onto `threads` cores.

        The file's SHA-256 must stand in a file beside it, named as it is with `.sha256` behind.
        Raises ModelMissing or ModelInvalid.
        """
        self.path = path or PACKAGED
        self._session, self.card = loaded(self.path, threads, "ink", OUTPUTS, (*CARD, *RISKS))

    def classify(self, inks: Sequence[FloatArray]) -> tuple[FloatArray, FloatArray]:
        """Of N pieces of ink, each `[h, w]` of any size: which digit, and whether it is one.

        The probabilities of the ten `[N, 10]` (sum 1) hold if it is one digit, whole and alone;
        `[N]` is the probability that it is.
        """
        probabilities, exists = np.zeros((len(inks), 10), np.float32), np.zeros(len(inks), np.float32)
        for places in _batches(inks):
            probabilities[places], exists[places] = self._run(OUTPUTS[:2], inks, places)
        return probabilities, exists

    def tiles(self, inks: Sequence[FloatArray]) -> FloatArray:
        """What the network sees of N pieces of ink: `[N, 28, 28]`, 0 = paper … 1 = pen."""
        tiles = np.zeros((len(inks), SIDE, SIDE), np.float32)
        for places in _batches(inks):
            tiles[places] = self._run(OUTPUTS[2:], inks, places)[0][:, 0]
        return tiles

    def _run(self, outputs: Sequence[str], inks: Sequence[FloatArray], places: list[int]) -> list[FloatArray]:
        answers: list[FloatArray] = self._session.run(
            list(outputs), {"ink": _stacked([inks[place] for place in places])}
        )
        return answers


class Finder:
    """The finder: a grey page in, places of digits out. `card` is what its metadata says of it."""

    def __init__(self, path: Path | None = None, *, threads: int = 1) -> None:
        """Load `path`, or the finder in the package; see Model. Raises ModelMissing or ModelInvalid."""
        self.path, self.threads = path or FINDER, threads
        self._session, self.card = loaded(self.path, threads, "page", PLACES)

    def run(self, page: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """A page `[H, W]`, 0 = black … 1 = white, sides multiples of 8, to what stands where.

        On a grid of 4 pixels: the probability of a digit's centre `[h, w]`, that of each class
        `[10, h, w]`, and boxes `[4, h, w]` as middle (x, y), width and height in pixels.
        """
        marks, classes, boxes = self._session.run(list(PLACES), {"page": page[None, None]})
        return marks[0], classes[0], boxes[0]


class Refiner:
    """The refiner: tiles of a page in, whether and which digit each is. `card` is what its metadata says.

    Its `weights` say how its word and the finder's go together: `odds` (slopes and offset) and `classes`.
    """

    def __init__(self, path: Path | None = None, *, threads: int = 1) -> None:
        """Load `path`, or the refiner in the package; see Model. Raises ModelMissing or ModelInvalid."""
        self._session, self.card = loaded(path or REFINER, threads, "tile", REFINED, (*CARD, "weights"))

    def run(self, tiles: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Log odds of a digit `[N]`, log shares of the classes `[N, 10]`, of grey tiles `[N, 1, 32, 32]`."""
        odds, classes = self._session.run(list(REFINED), {"tile": tiles})
        return odds, classes


@dataclass(frozen=True)
class Models:
    """The three that read together."""

    digits: Model
    finder: Finder
    refiner: Refiner


def loaded(
    path: Path, threads: int, takes: str, gives: Sequence[str], facts: Sequence[str] = CARD
) -> tuple[ort.InferenceSession, dict[str, Any]]:
    """A model file, verified and ready to run, and its card, which has its SHA-256 too.

    `takes` is its one input, `gives` are its outputs, `facts` what its metadata must hold. Raises
    ModelMissing or ModelInvalid.
    """
    data, digest = _verified(path)
    session = _session(data, path, threads)
    return session, _card(session, path, takes, gives, facts) | {"sha256": digest}


def _verified(path: Path) -> tuple[bytes, str]:
    """The file's bytes and their SHA-256, once it is the one noted beside it."""
    try:
        data = read_regular(path)
    except (OSError, ValueError) as error:  # the latter of what can be no path
        reason = getattr(error, "strerror", error)
        raise ModelMissing(f"The model {path} cannot be read: {reason}") from None
    beside = path.with_name(path.name + ".sha256")
    try:
        noted = read_regular(beside).decode().split()[0]
    except PermissionError:
        raise ModelInvalid(
            f"The SHA-256 of the model {path} cannot be read", f"See that you may read {beside}."
        ) from None
    except (OSError, IndexError, UnicodeDecodeError):
        raise ModelInvalid(
            f"The model {path} has no SHA-256 beside it in {beside.name}",
            f"If you trust the file, run: sha256sum {path} > {beside}",
        ) from None
    digest = hashlib.sha256(data).hexdigest()
    if digest != noted.lower():
        raise ModelInvalid(f"The model {path} is not the file whose SHA-256 is in {beside.name}")
    return data, digest


def _session(data: bytes, path: Path, threads: int) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Three models with threads of their own would else keep each other's cores busy with waiting.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Else a session keeps for good the memory that its largest page needed.
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False
    try:
        return ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises classes of its own, with no common public base
        reason = str(error).splitlines()[0]
        raise ModelInvalid(f"The model {path} cannot be loaded: {reason}") from None


def _card(
    session: ort.InferenceSession, path: Path, takes: str, gives: Sequence[str], facts: Sequence[str]
) -> dict[str, Any]:
    """The metadata, parsed; refuses a model that is not for digits, or for another use."""
    metadata = session.get_modelmeta().custom_metadata_map
    inputs, outputs = (
        [entry.name for entry in some] for some in (session.get_inputs(), session.get_outputs())
    )
    try:
        card = {name: json.loads(metadata[name]) for name in facts}
    except (KeyError, ValueError):
        card = {}
    if inputs != [takes] or outputs != list(gives) or card.get("labels") != list("0123456789"):
        raise ModelInvalid(
            f"The model {path} is not a digit model of inkdigits",
            "Export one with `inkdigits export CHECKPOINT FILE.onnx`.",
        )
    return card


def _batches(inks: Sequence[FloatArray]) -> Iterator[list[int]]:
    """Places of inks that go together: of like size, as they are padded to the largest."""
    order = sorted(range(len(inks)), key=lambda place: inks[place].shape)
    for start in range(0, len(order), BATCH):
        yield order[start : start + BATCH]


def _stacked(inks: Sequence[FloatArray]) -> FloatArray:
    """Inks as one `[N, 1, H, W]`, padded with paper at the right and below."""
    height, width = (max(sides) for sides in zip(*(ink.shape for ink in inks), strict=True))
    batch = np.zeros((len(inks), 1, height, width), np.float32)
    for slot, ink in zip(batch, inks, strict=True):
        slot[0, : ink.shape[0], : ink.shape[1]] = ink
    return batch
