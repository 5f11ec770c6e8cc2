"""What `inkdigits train` says of a run."""

from __future__ import annotations

from pathlib import Path

from inkdigits.training.run import Run


def headline(run: Run, out: Path) -> str:
    """What is about to be done."""
    trained = f"{run.epochs} epochs, seed {run.seed}"
    how = f"put together from {' and '.join(run.pair)}" if any(run.pair) else trained
    return f"{run.name}: {run.network}, {how}, into {out}"
