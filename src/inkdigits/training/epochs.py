"""What all training has in common: epoch after epoch, and after each a checkpoint and a line in the log.

So a killed run, started again, goes on after its last whole epoch.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch
from torch import nn

from inkdigits.errors import RunError
from inkdigits.files import write_atomically
from inkdigits.training.checkpoint import load_checkpoint, restore_optimizer, save_checkpoint
from inkdigits.training.run import Run
from inkdigits.training.summary import differing

CHECKPOINT = "checkpoint.safetensors"
LOG = "log.jsonl"
#: Share of all steps over which the learning rate rises; then it falls as a cosine to nothing.
WARM_UP = 0.1
ANEW = "Start anew with --fresh, or give another folder with --out."
#: How PyTorch names the capability of processors on which bfloat16 is no slower than float32.
NATIVE = "AVX512"

#: Called after every step with the epoch, from 0, and the number of steps done in it.
Progress = Callable[[int, int], None]
#: Does an epoch, from 0, with the optimizer; the mean loss.
Learn = Callable[[int, torch.optim.Optimizer], float]


def run_epochs(
    run: Run,
    network: nn.Module,
    out: Path,
    learn: Learn,
    score: Callable[[], dict[str, float]],
    *,
    fresh: bool = False,
) -> None:
    """Train the network into the folder `out`, going on from its checkpoint unless `fresh`.

    `score` says how good the network is on validation data. Writes CHECKPOINT after every epoch, a line a
    epoch to LOG, and TensorBoard events. Raises RunError if `out` holds a checkpoint of another run.
    """
    out.mkdir(parents=True, exist_ok=True)
    _lay_out(network, torch.device("cuda" if torch.cuda.is_available() else "cpu"))
    optimizer = torch.optim.AdamW(network.parameters(), lr=run.learning_rate, weight_decay=run.weight_decay)
    done = 0 if fresh else _resume(run, out / CHECKPOINT, network, optimizer)
    for epoch in range(done, run.epochs):
        started = time.perf_counter()
        loss = learn(epoch, optimizer)
        network.eval()
        facts = {
            "epoch": epoch + 1,
            "loss": loss,
            "seconds": round(time.perf_counter() - started, 1),
            "learning_rate": optimizer.param_groups[0]["lr"],
            "validation": score(),
        }
        _log(out, facts)
        save_checkpoint(
            out / CHECKPOINT, network, optimizer, run, epoch + 1, {"validation": facts["validation"]}
        )
    network.eval()


def _lay_out(network: nn.Module, device: torch.device) -> None:
    """Put a network on the device, its weights channels last: a third faster on a CPU."""
    network.to(device)
    for weights in network.parameters():
        if weights.dim() == 4:
            weights.data = weights.data.contiguous(memory_format=torch.channels_last)


def _resume(run: Run, path: Path, network: nn.Module, optimizer: torch.optim.Optimizer) -> int:
    """Put the checkpoint's state back, if there is one; how many epochs it had done."""
    if not path.exists():
        return 0
    kept = load_checkpoint(path)
    if kept.run != run:
        raise RunError(f"{path} is of a run with other settings: {', '.join(differing(run, kept.run))}", ANEW)
    kept.fill(network, ANEW)
    restore_optimizer(optimizer, kept.optimizer)
    return kept.epoch


def pace(share: float) -> float:
    """The learning rate, as a share of its highest, when `share` (0 to 1) of all steps is done."""
    if share < WARM_UP:
        return (share + 1e-3) / (WARM_UP + 1e-3)
    return 0.5 * (1 + math.cos(math.pi * (share - WARM_UP) / (1 - WARM_UP)))


def precision(run: Run, device: torch.device) -> Any:
    """A context in which the network works with the run's precision; with float32 on processors that must
    emulate bfloat16, which takes them about nine times as long."""
    emulated = device.type == "cpu" and not torch.backends.cpu.get_cpu_capability().startswith(NATIVE)
    if run.precision == "float32" or emulated:
        return nullcontext()
    return torch.autocast(device.type, dtype=torch.bfloat16)


def _log(out: Path, facts: dict[str, Any]) -> None:
    """One line to the JSON log, and the same numbers to TensorBoard."""
    from torch.utils.tensorboard import SummaryWriter

    log = out / LOG
    # A run that could not write its checkpoint does the epoch again, and one done anew all of them.
    before = log.read_text("utf-8").splitlines(keepends=True) if log.exists() else []
    lines = [*before[: facts["epoch"] - 1], json.dumps(facts) + "\n"]
    write_atomically(log, "".join(lines).encode())
    with SummaryWriter(str(out / "tensorboard")) as board:
        board.add_scalar("loss", facts["loss"], facts["epoch"])
        board.add_scalar("learning_rate", facts["learning_rate"], facts["epoch"])
        for name, share in facts["validation"].items():
            board.add_scalar(f"validation/{name}", share, facts["epoch"])
