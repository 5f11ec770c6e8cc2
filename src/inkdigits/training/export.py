"""Network -> one ONNX file: ink of any size in, calibrated answers out, the model card inside."""

from __future__ import annotations

import hashlib
import json
import logging
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from inkdigits.errors import NotWritten, RunError
from inkdigits.files import write_atomically, writing
from inkdigits.model import OUTPUTS
from inkdigits.training.calibrate import Calibration
from inkdigits.training.checkpoint import FINAL, Checkpoint
from inkdigits.training.datasets import DATASETS

LICENCE = "MIT; the data it learnt from keeps its own licences, see `data`"
#: One of these is in the notes of a digit model, a finder or a refiner once it is calibrated.
CALIBRATED = {"calibration", "slope", "weights"}
#: Fewer weights stay as they are.
SMALL = 256


class Answers(nn.Module):
    """The network with its calibration behind it."""

    def __init__(self, network: nn.Sequential, calibration: Calibration) -> None:
        super().__init__()
        self.network, self.calibration = network, calibration

    def forward(self, ink: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Ink `[N, 1, H, W]` to the OUTPUTS: `[N, 10]`, `[N]` and what the network saw, `[N, 1, 28, 28]`."""
        normalize, body = self.network
        tile = normalize(ink)
        return (*self.calibration.answers(body(tile)), tile)


def export(checkpoint: Checkpoint, path: Path) -> None:
    """Write the checkpoint's network as an ONNX file, and its SHA-256 beside it; both atomically."""
    network = checkpoint.network()
    calibration = Calibration(**checkpoint.notes["calibration"])
    model = to_onnx(Answers(network, calibration).eval(), torch.rand(2, 1, 40, 36), "ink", OUTPUTS)
    parameters = sum(weights.numel() for weights in network.parameters())
    risks = {name: getattr(calibration, name) for name in ("temperature", "risks", "risk")}
    save_model(model, card_of(checkpoint, parameters) | risks, path)


def save_model(model: onnx.ModelProto, card: dict[str, Any], path: Path) -> None:
    """Write a model, its weights halved, with its card inside, and its SHA-256 beside it; both atomically."""
    _halve(model)
    onnx.helper.set_model_props(model, {name: json.dumps(value) for name, value in card.items()})
    data = model.SerializeToString()
    digest = hashlib.sha256(data).hexdigest()
    # A model without its SHA-256 would be one that nobody can use; the other way round there is none yet.
    with _written(path.with_name(path.name + ".sha256"), f"{digest}  {path.name}\n".encode()):
        write_atomically(path, data)


@contextmanager
def _written(path: Path, data: bytes) -> Iterator[None]:
    """Write a file; it is as before where NotWritten is raised meanwhile."""
    with writing(path):
        former = path.read_bytes() if path.exists() else None
    write_atomically(path, data)
    try:
        yield
    except NotWritten:
        if former is None:
            path.unlink()
        else:
            write_atomically(path, former)
        raise


def _halve(model: onnx.ModelProto) -> None:
    """Store large weights as half floats, and compute with them as before."""
    casts = []
    for weights in model.graph.initializer:
        values = onnx.numpy_helper.to_array(weights)
        if values.dtype == np.float32 and values.size > SMALL:
            stored = f"{weights.name}_half"
            casts.append(onnx.helper.make_node("Cast", [stored], [weights.name], to=onnx.TensorProto.FLOAT))
            weights.CopyFrom(onnx.numpy_helper.from_array(values.astype(np.float16), stored))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def check_calibrated(checkpoint: Checkpoint) -> None:
    """Raises RunError for a checkpoint from the middle of a run."""
    if not CALIBRATED & checkpoint.notes.keys():
        raise RunError(
            f"{checkpoint.path} is not calibrated, which a run does at its end",
            f"Name the {FINAL} of a run that has ended.",
        )


def card_of(checkpoint: Checkpoint, parameters: int) -> dict[str, Any]:
    """What the file says of itself."""
    run = checkpoint.run
    used = run.data.datasets
    return {
        "name": run.network,
        "version": version("inkdigits"),
        "labels": list("0123456789"),
        "data": [
            {"name": name, "licence": DATASETS[name].licence, "citation": DATASETS[name].citation}
            for name in used
        ],
        "metrics": {
            name: checkpoint.notes[name] for name in ("validation", "test") if name in checkpoint.notes
        },
        "licence": LICENCE,
        "run": run.to_dict(),
        "parameters": parameters,
    }


def to_onnx(module: nn.Module, example: Tensor, takes: str, gives: Sequence[str]) -> onnx.ModelProto:
    """A module from pictures such as `example` `[N, 1, H, W]` to named outputs; N, H and W are left open."""
    axes = {0: torch.export.Dim.DYNAMIC, 2: torch.export.Dim.DYNAMIC, 3: torch.export.Dim.DYNAMIC}
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")  # the exporter's remarks on its own parts, here and in its log
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        file = Path(folder) / "model.onnx"
        with writing(file):
            torch.onnx.export(
                module,
                (example,),
                file,
                input_names=[takes],
                output_names=list(gives),
                dynamic_shapes=(axes,),
                dynamo=True,
                external_data=False,
                verbose=False,
            )
        model = onnx.load(file)
    del model.graph.value_info[:]
    for node in model.graph.node:  # traces of the source, half the file's names
        node.ClearField("metadata_props")
        node.ClearField("doc_string")
    return model
