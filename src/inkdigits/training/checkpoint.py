"""Checkpoints: a network's weights, the optimizer's state and the run, in one safetensors file.

The format holds numbers and text only, so a checkpoint from elsewhere can run no code.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from inkdigits.errors import RunError
from inkdigits.files import check_regular, write_atomically
from inkdigits.training.networks import build
from inkdigits.training.run import Run, run_from

#: What a run leaves at its end, calibrated, in its folder.
FINAL = "final.safetensors"


@dataclass(frozen=True)
class Checkpoint:
    """Its file, the run, how many epochs are done, weights, the optimizer's state, notes such as metrics."""

    path: Path
    run: Run
    epoch: int
    weights: dict[str, Tensor]
    optimizer: dict[str, Tensor]
    notes: dict[str, Any]

    def network(self) -> nn.Sequential:
        """The network with these weights, ready to evaluate."""
        made = build(self.run.network)
        self.fill(made)
        return made

    def fill(self, network: nn.Module, remedy: str = "Train it again with this version.") -> None:
        """Put the weights into a network, ready to evaluate. Raises RunError if they are another's."""
        try:
            network.load_state_dict(self.weights)
        except RuntimeError:
            raise RunError(
                f"{self.path} holds weights of a network '{self.run.network}' that do not fit", remedy
            ) from None
        network.eval()


def save_checkpoint(
    path: Path,
    network: nn.Module,
    optimizer: torch.optim.Optimizer | None,
    run: Run,
    epoch: int,
    notes: dict[str, Any],
) -> None:
    """Write a checkpoint atomically; without an optimizer it can be used but not trained on."""
    tensors = {f"weights/{name}": value.contiguous() for name, value in network.state_dict().items()}
    if optimizer is not None:
        for place, state in optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer/{place}/{name}": value.contiguous() for name, value in state.items()}
    facts = {"run": run.to_dict(), "epoch": epoch, "notes": notes}
    write_atomically(path, save(tensors, {"inkdigits": json.dumps(facts)}))


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint. Raises RunError if the file is missing, damaged or something else."""
    try:
        check_regular(path)
        with safe_open(path, "pt") as file:
            facts = json.loads((file.metadata() or {})["inkdigits"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  (not a dict)
        run = run_from(facts["run"], str(path))
        weights, optimizer = _under("weights/", tensors), _under("optimizer/", tensors)
        return Checkpoint(path, run, facts["epoch"], weights, optimizer, facts["notes"])
    except FileNotFoundError:
        raise RunError(f"There is no checkpoint {path}", how_to_make(path)) from None
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise RunError(
            f"{path} is not a checkpoint of inkdigits: {error}", "Name one that `inkdigits train` wrote."
        ) from None


def how_to_make(path: Path) -> str:
    """What to do for a file that a run makes: usually it lies in a folder that is named as the run."""
    run = Path("runs", f"{path.absolute().parent.name}.toml")
    return f"Make it with: inkdigits train --run {run if run.is_file() else 'FILE'}"


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def restore_optimizer(optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    """Put a checkpoint's optimizer state back, to the bit."""
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        place, key = name.split("/")
        state.setdefault(int(place), {})[key] = value
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
