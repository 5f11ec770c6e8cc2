"""Training: run -> network. Every epoch's randomness comes from (seed, epoch) alone.

So a killed run, started again, goes on after its last whole epoch and on a CPU ends with the
same weights to the bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Generator, Tensor, nn

from inkdigits.training.augment import Augmentation, augment, looseness
from inkdigits.training.begin import begun
from inkdigits.training.corpus import Corpus, Source
from inkdigits.training.epochs import Progress, pace, precision, run_epochs
from inkdigits.training.networks import NO_DIGIT
from inkdigits.training.run import Run
from inkdigits.training.together import average, place, share_of

#: Between the seeds of processes that train together.
STRIDE = 1_000_000_007


def fit(run: Run, corpus: Corpus, out: Path, progress: Progress, *, fresh: bool = False) -> nn.Module:
    """Train the run's network into the folder `out`, going on from its checkpoint unless `fresh`.

    See `run_epochs`.
    """
    network = begun(run)

    def learn(epoch: int, optimizer: torch.optim.Optimizer) -> float:
        return _train_epoch(run, corpus, epoch, network, optimizer, progress)

    def score() -> dict[str, float]:
        return {
            name: accuracy(logits_of(network, source), source.labels)
            for name, source in corpus.validation.items()
        }

    run_epochs(run, network, out, learn, score, fresh=fresh)
    return network


def _train_epoch(
    run: Run,
    corpus: Corpus,
    epoch: int,
    network: nn.Module,
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
    steps, total = len(sizes(corpus.training, run.batch)), 0.0
    for step, (tiles, labels) in enumerate(
        batches(corpus.training, epoch, run.batch, run.augmentation, generator)
    ):
        optimizer.param_groups[0]["lr"] = run.learning_rate * pace((epoch + step / steps) / run.epochs)
        normalize, body = network.children()
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


def sizes(sources: Sequence[Source], size: int) -> list[int]:
    """How many digits of all sources each batch of an epoch holds: `size`, and the last one the rest. One
    left alone goes to the batch before, for of one there is nothing to normalise."""
    count = sum(len(source.labels) for source in sources)
    parts = [min(size, count - start) for start in range(0, count, size)]
    if parts[-1] == 1 and len(parts) > 1:
        parts[-2:] = [size + 1]
    return parts


def batches(
    sources: tuple[Source, ...], epoch: int, size: int, kinds: Augmentation, generator: Generator
) -> Iterator[tuple[Tensor, Tensor]]:
    """Augmented tiles `[n, 1, S, S]` and labels `[n]` of all sources, mixed: this process's share of them."""
    tiles = [source.tiles(epoch) for source in sources]
    starts = [0]
    for source in sources:
        starts.append(starts[-1] + len(source.labels))
    order = torch.randperm(starts[-1], generator=generator)
    own, number = place()
    if own:  # all have one order, and each its own augmentation
        generator.manual_seed(generator.initial_seed() + own * STRIDE)
    for whole in torch.split(order, sizes(sources, size)):
        chosen = share_of(whole, own, number)
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
