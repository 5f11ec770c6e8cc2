"""The ONNX file: found, verified, loaded, run. The only importer of onnxruntime."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from inkdigits.errors import ModelInvalid, ModelMissing
from inkdigits.types import FloatArray

#: Set before the import: newer versions of onnxruntime report home by default.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime as ort

PACKAGED = Path(__file__).parent / "models" / "digits.onnx"
#: What a model file's metadata holds, each as JSON.
CARD = ("name", "version", "labels", "temperature", "data", "metrics", "licence", "run", "parameters")
#: Glyphs run at once.
BATCH = 64


class Model:
    """A digit model: ink in, ten probabilities out. `card` is what its metadata says of it."""

    def __init__(self, path: Path | None = None, *, threads: int = 1) -> None:
        """Load `path`, or the model in the package, onto `threads` cores.

        The file's SHA-256 must stand in a file beside it, named as it is with `.sha256` behind.
        Raises ModelMissing or ModelInvalid.
        """
        self.path = path or PACKAGED
        data, digest = _verified(self.path)
        self._session = _session(data, self.path, threads)
        self.card = _card(self._session, self.path) | {"sha256": digest}

    def classify(self, inks: Sequence[FloatArray]) -> FloatArray:
        """Probabilities `[N, 10]` for N pieces of ink, each `[h, w]` of any size."""
        probabilities = np.zeros((len(inks), 10), np.float32)
        for places in _batches(inks):
            batch = _stacked([inks[place] for place in places])
            probabilities[places] = self._session.run(None, {"ink": batch})[0]
        return probabilities


def _verified(path: Path) -> tuple[bytes, str]:
    """The file's bytes and their SHA-256, once it is the one noted beside it."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelMissing(f"The model {path} cannot be read: {error.strerror}") from None
    beside = path.with_name(path.name + ".sha256")
    try:
        noted = beside.read_text("utf-8").split()[0]
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
    try:
        return ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises classes of its own, with no common public base
        reason = str(error).splitlines()[0]
        raise ModelInvalid(f"The model {path} cannot be loaded: {reason}") from None


def _card(session: ort.InferenceSession, path: Path) -> dict[str, Any]:
    """The metadata, parsed; refuses a model that is not for digits."""
    metadata = session.get_modelmeta().custom_metadata_map
    inputs = [entry.name for entry in session.get_inputs()]
    try:
        card = {name: json.loads(metadata[name]) for name in CARD}
    except (KeyError, ValueError):
        card = {}
    if inputs != ["ink"] or card.get("labels") != list("0123456789"):
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
