"""The finder and the refiner -> one ONNX file each, the model card inside."""

from __future__ import annotations

from pathlib import Path

import torch

from inkdigits.model import PLACES, REFINED
from inkdigits.refine import TILE
from inkdigits.training.checkpoint import Checkpoint
from inkdigits.training.export import card_of, save_model, to_onnx
from inkdigits.training.finder import Finder, Places
from inkdigits.training.refiner import Refined, refiner

#: How the finder's and the refiner's word go together, until that is fitted: the finder's alone.
UNWEIGHED = {"odds": [1.0, *[0.0] * 6], "classes": [1.0, 0.0]}


def export_finder(checkpoint: Checkpoint, path: Path) -> None:
    """Write the checkpoint's finder as an ONNX file, and its SHA-256 beside it; both atomically.

    Its calibration (`slope`, `offset`, `temperature`) is in its notes, once there is one.
    """
    finder, notes = Finder(), checkpoint.notes
    checkpoint.fill(finder)
    mark = notes.get("slope", 1.0), notes.get("offset", 0.0)
    places = Places(finder, mark, notes.get("temperature", 1.0)).eval()
    card = card_of(checkpoint, sum(weights.numel() for weights in finder.parameters()))
    model = to_onnx(places, torch.rand(2, 1, 64, 96), "page", PLACES)
    save_model(model, card | {"temperature": places.temperature}, path)


def export_refiner(checkpoint: Checkpoint, path: Path) -> None:
    """Write the checkpoint's refiner likewise; its `weights` are in its notes, once there are any."""
    network = refiner()
    checkpoint.fill(network)
    card = card_of(checkpoint, sum(weights.numel() for weights in network.parameters()))
    model = to_onnx(Refined(network).eval(), torch.rand(2, 1, TILE, TILE), "tile", REFINED)
    save_model(
        model, card | {"temperature": 1.0, "weights": checkpoint.notes.get("weights", UNWEIGHED)}, path
    )
