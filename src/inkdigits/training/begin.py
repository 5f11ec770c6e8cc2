"""A run's network as it begins, and whether it can: its seed, and the files that it goes on from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from inkdigits.errors import ModelError, RunError
from inkdigits.model import Finder
from inkdigits.training.checkpoint import how_to_make, load_checkpoint
from inkdigits.training.finder import Finder as FinderNetwork
from inkdigits.training.networks import build
from inkdigits.training.refiner import refiner
from inkdigits.training.run import FINDER, REFINER, Run

#: Networks that are no digit models.
OTHERS: dict[str, Callable[[], nn.Module]] = {FINDER: FinderNetwork, REFINER: refiner}


def check(run: Run) -> None:
    """Raises RunError where a file that the run names is not there or does not fit: before the data are
    loaded, which takes a while."""
    begun(run)
    if run.network == REFINER:
        finder = Path(run.finder)
        try:
            Finder(finder)
        except ModelError as error:
            message = f"The run's `finder` is missing or no finder: {error.message}"
            raise RunError(message, how_to_make(finder)) from None


def begun(run: Run) -> nn.Module:
    """The run's network: trained ones put together, or with the weights it starts with, the same for the
    same seed. Raises RunError where a checkpoint is missing or another's."""
    torch.manual_seed(run.seed)
    network = OTHERS[run.network]() if run.network in OTHERS else build(run.network)
    if any(run.cascade):
        _join(network, run.cascade)
    if run.start:
        load_checkpoint(Path(run.start)).fill(network, f"Give `start` one of '{run.network}'.")
    return network


def _join(network: nn.Module, paths: tuple[str, ...]) -> None:
    """Put the weights of checkpoints into a cascade, in its order."""
    normalize, cascade = network.children()
    for path, part in zip(paths, cascade.children(), strict=True):
        load_checkpoint(Path(path)).fill(nn.Sequential(normalize, part))
    network.eval()
