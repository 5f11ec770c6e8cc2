"""Training: run -> network. Every epoch's randomness comes from (seed, epoch) alone.

So a killed run, started again, goes on after its last whole epoch and on a CPU ends with the
same weights to the bit.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch
from torch import Generator, Tensor, nn

from inkdigits.errors import RunError
from inkdigits.training.augment import Augmentation, augment, looseness
from inkdigits.training.checkpoint import load_checkpoint, restore_optimizer, save_checkpoint
from inkdigits.training.corpus import Corpus, Source
from inkdigits.training.networks import NO_DIGIT, build
from inkdigits.training.run import Run
from inkdigits.training.together import average, place, share_of

CHECKPOINT = "checkpoint.safetensors"
LOG = "log.jsonl"
#: Share of all steps over which the learning rate rises; then it falls as a cosine to nothing.
WARM_UP = 0.1
#: Between the seeds of processes that train together.
STRIDE = 1_000_000_007

#: Called after every step with the epoch, from 0, and the number of steps done in it.
Progress = Callable[[int, int], None]


def fit(run: Run, corpus: Corpus, out: Path, progress: Progress, *, fresh: bool = False) -> nn.Sequential:
    """Train the run's network into the folder `out`, going on from its checkpoint unless `fresh`.

    It begins with the weights of the checkpoint `start`, where the run names one. Writes CHECKPOINT after
    every epoch, a line a epoch to LOG, and TensorBoard events. Raises RunError if `out` holds a checkpoint of
    another run.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(run.seed)
    network = build(run.network)
    if run.start:
        load_checkpoint(Path(run.start)).fill(network)
    network = network.to(device)
    for weights in network.parameters():
        if weights.dim() == 4:  # a third faster on a CPU
            weights.data = weights.data.contiguous(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), lr=run.learning_rate, weight_decay=run.weight_decay)
    done = 0 if fresh else resume(run, out / CHECKPOINT, network, optimizer)
    for epoch in range(done, run.epochs):
        started = time.perf_counter()
        loss = _train_epoch(run, corpus, epoch, network, optimizer, progress)
        scores = {
            name: accuracy(logits_of(network, source), source.labels)
            for name, source in corpus.validation.items()
        }
        facts = {
            "epoch": epoch + 1,
            "loss": loss,
            "seconds": round(time.perf_counter() - started, 1),
            "learning_rate": optimizer.param_groups[0]["lr"],
            "validation": scores,
        }
        log_epoch(out, facts, fresh=epoch == 0)
        save_checkpoint(out / CHECKPOINT, network, optimizer, run, epoch + 1, {"validation": scores})
    network.eval()
    return network


def resume(run: Run, path: Path, network: nn.Module, optimizer: torch.optim.Optimizer) -> int:
    """Put the checkpoint's state back, if there is one; how many epochs it had done."""
    if not path.exists():
        return 0
    kept = load_checkpoint(path)
    if kept.run != run:
        raise RunError(
            f"{path} is of a run with other settings",
            "Start anew with --fresh, or give another folder with --out.",
        )
    network.load_state_dict(kept.weights)
    restore_optimizer(optimizer, kept.optimizer)
    return kept.epoch


def _train_epoch(
    run: Run,
    corpus: Corpus,
    epoch: int,
    network: nn.Sequential,
    optimizer: torch.optim.Optimizer,
    progress: Progress,
) -> float:
    """One pass over all digits in random order; the mean loss."""
    seed = run.seed * 100_003 + epoch
    torch.manual_seed(seed)
    generator = Generator().manual_seed(seed)
    loss_of = nn.CrossEntropyLoss(label_smoothing=run.label_smoothing)
    device = next(network.parameters()).device
    network.train()
    count = sum(len(source.labels) for source in corpus.training)
    steps, total = math.ceil(count / run.batch), 0.0
    for step, (tiles, labels) in enumerate(
        batches(corpus.training, epoch, run.batch, run.augmentation, generator)
    ):
        optimizer.param_groups[0]["lr"] = run.learning_rate * pace((epoch + step / steps) / run.epochs)
        normalize, body = network
        loose = looseness(len(tiles), run.augmentation, generator)
        tile = normalize(tiles.to(device), loose.to(device))
        with precision(run, device):
            logits = body(tile.contiguous(memory_format=torch.channels_last))
        loss = loss_of(logits.float(), labels.to(device))
        optimizer.zero_grad()
        loss.backward()
        average(network.parameters())
        optimizer.step()
        total += loss.item()
        progress(epoch, step + 1)
    return total / steps


def pace(share: float) -> float:
    """The learning rate, as a share of its highest, when `share` (0 to 1) of all steps is done."""
    if share < WARM_UP:
        return (share + 1e-3) / (WARM_UP + 1e-3)
    return 0.5 * (1 + math.cos(math.pi * (share - WARM_UP) / (1 - WARM_UP)))


def precision(run: Run, device: torch.device) -> Any:
    if run.precision == "float32":
        return nullcontext()
    return torch.autocast(device.type, dtype=torch.bfloat16)


def batches(
    sources: tuple[Source, ...], epoch: int, size: int, kinds: Augmentation, generator: Generator
) -> Iterator[tuple[Tensor, Tensor]]:
    """Augmented tiles `[n, 1, S, S]` and labels `[n]` of all sources, mixed: this process's share of them."""
    tiles = [source.tiles(epoch) for source in sources]
    starts = [0]
    for source in sources:
        starts.append(starts[-1] + len(source.labels))
    order = torch.randperm(starts[-1], generator=generator)
    if own := place()[0]:  # all have one order, and each its own augmentation
        generator.manual_seed(generator.initial_seed() + own * STRIDE)
    for whole in torch.split(order, size):
        chosen = share_of(whole)
        parts, labels = [], []
        for source, pool, start, end in zip(sources, tiles, starts, starts[1:], strict=False):
            places = chosen[(chosen >= start) & (chosen < end)] - start
            if len(places):
                parts.append(augment(pool[places].float() / 255, kinds, generator))
                labels.append(source.labels[places])
        yield torch.cat(parts), torch.cat(labels)


@torch.inference_mode()
def logits_of(network: nn.Module, source: Source) -> Tensor:
    """The network's logits `[N, CLASSES]` for a source as it is, without augmentation."""
    network.eval()
    device = next(network.parameters()).device
    parts = [network(tiles.to(device).float() / 255).cpu() for tiles in torch.split(source.tiles(0), 500)]
    return torch.cat(parts)


def accuracy(logits: Tensor, labels: Tensor) -> float:
    """Share of answers that are right, 0 to 1: of digits among the ten, of others that they are none."""
    guesses = torch.where(labels == NO_DIGIT, logits.argmax(1), logits[:, :NO_DIGIT].argmax(1))
    return float((guesses == labels).float().mean())


def log_epoch(out: Path, facts: dict[str, Any], *, fresh: bool) -> None:
    """One line to the JSON log, and the same numbers to TensorBoard."""
    from torch.utils.tensorboard import SummaryWriter

    with (out / LOG).open("w" if fresh else "a", encoding="utf-8") as log:
        log.write(json.dumps(facts) + "\n")
    with SummaryWriter(str(out / "tensorboard")) as board:
        board.add_scalar("loss", facts["loss"], facts["epoch"])
        board.add_scalar("learning_rate", facts["learning_rate"], facts["epoch"])
        for name, share in facts["validation"].items():
            board.add_scalar(f"validation/{name}", share, facts["epoch"])
