"""Network -> one ONNX file: ink of any size in, ten probabilities out, the model card inside."""

from __future__ import annotations

import hashlib
import json
import tempfile
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any

import onnx
import torch
from torch import Tensor, nn

from inkdigits.training.checkpoint import Checkpoint
from inkdigits.training.datasets import DATASETS
from inkdigits.training.files import write_atomically

LICENCE = "MIT; the data it learnt from keeps its own licences, see `data`"


class Probabilities(nn.Module):
    """The network with its temperature and softmax behind it."""

    def __init__(self, network: nn.Module, temperature: float) -> None:
        super().__init__()
        self.network, self.temperature = network, temperature

    def forward(self, ink: Tensor) -> Tensor:
        """Ink `[N, 1, H, W]` to probabilities `[N, 10]`."""
        return torch.softmax(self.network(ink) / self.temperature, 1)


def export(checkpoint: Checkpoint, path: Path) -> None:
    """Write the checkpoint's network as an ONNX file, and its SHA-256 beside it; both atomically."""
    network = checkpoint.network()
    temperature = float(checkpoint.notes.get("temperature", 1.0))
    model = to_onnx(Probabilities(network, temperature).eval())
    parameters = sum(weights.numel() for weights in network.parameters())
    card = card_of(checkpoint, temperature, parameters)
    onnx.helper.set_model_props(model, {name: json.dumps(value) for name, value in card.items()})
    data = model.SerializeToString()
    write_atomically(path, data)
    digest = hashlib.sha256(data).hexdigest()
    write_atomically(path.with_name(path.name + ".sha256"), f"{digest}  {path.name}\n".encode())


def card_of(checkpoint: Checkpoint, temperature: float, parameters: int) -> dict[str, Any]:
    """What the file says of itself."""
    run = checkpoint.run
    used = run.data.datasets
    return {
        "name": run.network,
        "version": version("inkdigits"),
        "labels": list("0123456789"),
        "temperature": temperature,
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


def to_onnx(module: nn.Module) -> onnx.ModelProto:
    """A module from ink to anything `[N, 10]`, with N, H and W left open."""
    example = torch.rand(2, 1, 40, 36)
    axes = {0: torch.export.Dim.DYNAMIC, 2: torch.export.Dim.DYNAMIC, 3: torch.export.Dim.DYNAMIC}
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")  # the exporter's remarks on its own parts
        file = Path(folder) / "model.onnx"
        torch.onnx.export(
            module,
            (example,),
            file,
            input_names=["ink"],
            output_names=["probabilities"],
            dynamic_shapes=(axes,),
            dynamo=True,
            external_data=False,
            verbose=False,
        )
        model = onnx.load(file)
    for node in model.graph.node:  # traces of the source, half the file's names
        node.ClearField("metadata_props")
        node.ClearField("doc_string")
    return model
