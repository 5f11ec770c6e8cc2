"""What `inkdigits train` says of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inkdigits.training.calibrate import RISKS
from inkdigits.training.run import Run

#: Said of a digit model that is wrong even where it is surest.
USELESS = (
    f"even of its surest answers more than {max(RISKS):.0%} are wrong; give it more epochs, more data, "
    "or another learning rate"
)


def headline(run: Run, out: Path) -> str:
    """What is about to be done."""
    trained = f"{run.epochs} epochs, seed {run.seed}"
    how = f"put together from {', '.join(run.cascade)}" if any(run.cascade) else trained
    return f"{run.name}: {run.network}, {how}, into {out}"


def figures(run: Run, notes: dict[str, Any]) -> str:
    """What came of it: the shares that are right, in each part of the data."""
    parts = [f"{part} {_shares(notes[part])}" for part in ("validation", "test") if part in notes]
    return f"{run.name}: {'; '.join(parts)}"


def useless(notes: dict[str, Any]) -> bool:
    """Whether no answer is sure enough for any of RISKS."""
    thresholds = dict(notes["calibration"]["risks"])
    return all(thresholds[risk] >= 1 for risk in RISKS)


def _shares(scores: dict[str, float]) -> str:
    return ", ".join(f"{name} {100 * share:.2f} %" for name, share in scores.items())


def differing(run: Run, other: Run) -> list[str]:
    """The settings that two runs do not have in common, those of a table as `table.name`."""
    own, others = _settings(run), _settings(other)
    return [name for name, value in own.items() if others[name] != value]


def _settings(run: Run) -> dict[str, Any]:
    plain = run.to_dict()
    tables = {name: plain.pop(name) for name in ("augmentation", "data")}
    return plain | {f"{name}.{key}": value for name, table in tables.items() for key, value in table.items()}
