"""A Run: everything that decides what a training makes, read from one TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from math import inf
from pathlib import Path
from typing import Any

from inkdigits.errors import RunError
from inkdigits.files import read_regular
from inkdigits.training.augment import Augmentation

#: Networks of runs that make no digit model, but what finds digits on pages.
FINDER, REFINER = "finder", "refiner"
#: The network of runs that put trained ones together.
CASCADE = "cascade"
PRECISIONS = ("bfloat16", "float32")
#: The least and the most that a number of a run file may be, where not every one can be trained with.
RANGES = {
    "seed": (0, 2**31),
    "epochs": (1, inf),
    "batch": (2, inf),
    "learning_rate": (1e-6, 1),
    "weight_decay": (0, 1),
    "label_smoothing": (0, 1),
    "mnist_validation": (1, inf),
    "pendigits_validation": (1, inf),
    "pendigits_repeats": (1, inf),
    "semeion": (0, inf),
    "pens": (0.001, 1),
    "foreign": (0, 100),
    "variants": (0, 0.99),
    "hands": (0, inf),
    "limit": (0, inf),
    "clutter": (0, 1),
    "plain": (0, 1),
}


@dataclass(frozen=True)
class Data:
    """What is learnt from, and what of it is held back to validate on."""

    mnist: bool = True
    mnist_validation: int = 5000  # the last pictures of the training set
    pendigits: bool = True
    pendigits_validation: int = 3  # the last writers of the training set
    pendigits_repeats: int = 1  # times each trajectory is drawn in an epoch
    semeion: int = 0  # times each picture of Semeion is seen in an epoch; 0 is not at all
    pens: tuple[float, float] = (0.03, 0.22)  # pen widths drawn, shares of the writing's height
    foreign: float = 0.2  # what is no digit, for every digit
    variants: float = 0.0  # share of composed digits in forms that the datasets lack (see `variants`)
    hands: int = 0  # trajectories made from those of pendigits (see `hands`)
    limit: int = 0  # at most this many digits of each dataset; 0 is all

    @property
    def datasets(self) -> list[str]:
        """The names of the datasets that are on."""
        used = ("mnist", self.mnist), ("pendigits", self.pendigits), ("semeion", self.semeion)
        return [name for name, on in used if on]


@dataclass(frozen=True)
class Run:
    """One experiment: the network, how it is trained, and on what."""

    name: str = "default"
    network: str = "inknet"
    seed: int = 1
    epochs: int = 60
    batch: int = 256
    learning_rate: float = 4e-3
    weight_decay: float = 0.02
    label_smoothing: float = 0.05
    precision: str = "bfloat16"  # or float32, which it is also where processors emulate the other
    start: str = ""  # the checkpoint whose weights it begins with
    keep_statistics: bool = False  # a finder or refiner normalises its batches as in use
    finder: str = ""  # the finder (an ONNX file) behind which a refiner looks
    cascade: tuple[str, str, str] = ("", "", "")  # checkpoints that are put together, and not trained
    augmentation: Augmentation = field(default_factory=Augmentation)
    data: Data = field(default_factory=Data)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def load_run(path: Path) -> Run:
    """Read a run file; what it leaves out keeps its default.

    Raises RunError for a file that is missing, is no TOML, or holds an unknown name or a value
    of the wrong type or size, or what does not go together.
    """
    try:
        table = tomllib.loads(read_regular(path).decode())
    except OSError as error:
        raise RunError(f"{path} cannot be read: {error.strerror}", "Name a run file with --run.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RunError(f"{path} is not TOML: {error}") from None
    return run_from(table, str(path))


def run_from(table: dict[str, Any], where: str) -> Run:
    """A Run from its table (a run file's, or a checkpoint's); `where` names it in errors."""
    parts = dict(table)
    augmentation = _filled(Augmentation, parts.pop("augmentation", {}), f"{where} [augmentation]")
    data = _filled(Data, parts.pop("data", {}), f"{where} [data]")
    run: Run = _filled(Run, parts, where, augmentation=augmentation, data=data)
    for wrong, message, remedy in _mistakes(run):
        if wrong:
            raise RunError(f"{where}: {message}", remedy)
    return run


def _mistakes(run: Run) -> Iterator[tuple[bool, str, str]]:
    """What does not go together: whether it is so in this run, how it is said, and what would be right."""
    data, finds = run.data, run.network in (FINDER, REFINER)
    thin, thick = data.pens
    yield (
        run.name in ("", "..") or Path(run.name).name != run.name or not run.name.isprintable(),
        f"name is {run.name!r}, which is no name of a folder",
        "Give one like 'mine'.",
    )
    yield (
        run.precision not in PRECISIONS,
        f"precision is '{run.precision}'",
        f"Give {' or '.join(PRECISIONS)}.",
    )
    yield not data.datasets, "no dataset is on", "Turn one on."
    yield thin > thick, f"pens are {thin} to {thick}", "Give the thinner one first."
    yield (
        finds and not (data.mnist and data.pendigits),
        f"a {run.network} learns from mnist and pendigits",
        "Turn both on.",
    )
    yield (
        bool(data.hands) and not data.pendigits,
        "it makes hands, but pendigits is off",
        "They are made from its strokes: turn it on.",
    )
    yield (
        any(run.cascade) and not (run.network == CASCADE and all(run.cascade)),
        f"cascade is {list(run.cascade)}",
        f"Give all three, to a network '{CASCADE}', or none.",
    )
    yield (
        run.keep_statistics and not finds,
        f"it keeps statistics, which only a {FINDER} or {REFINER} can",
        "Leave that out.",
    )
    yield (
        run.network == REFINER and not run.finder,
        "it names no finder",
        "Give `finder` the ONNX file behind which the refiner looks.",
    )


def _filled(kind: Any, table: Any, where: str, **parts: Any) -> Any:
    """A dataclass from a table, each value of its default's type."""
    if not isinstance(table, dict):
        raise RunError(f"{where} is {table!r}, not a table")
    defaults = asdict(kind())
    known = {entry.name for entry in fields(kind)} - parts.keys()
    values: dict[str, Any] = dict(parts)
    for name, value in table.items():
        if name not in known:
            raise RunError(f"{where} has no '{name}'", f"Use one of: {', '.join(sorted(known))}.")
        values[name] = _as(defaults[name], value, f"{where}: {name}")
        _check_range(name, values[name], where)
    return kind(**values)


def _check_range(name: str, value: Any, where: str) -> None:
    """Raises RunError for a number, or one of several, with which nothing can be trained."""
    least, most = RANGES.get(name, (-inf, inf))
    for number in value if isinstance(value, tuple) else (value,):
        if not isinstance(number, str) and not least <= number <= most:  # so nan is refused everywhere
            allowed = f"at least {least}" if most == inf else f"from {least} to {most}"
            raise RunError(f"{where}: {name} is {number}, not {allowed}")


def _as(default: Any, value: Any, where: str) -> Any:
    """`value` if it has the default's type (a whole number may stand for a fraction)."""
    if isinstance(default, tuple) and isinstance(value, list | tuple) and len(value) == len(default):
        return tuple(_as(one, other, where) for one, other in zip(default, value, strict=True))
    if isinstance(default, float) and type(value) is int:
        return float(value)
    if type(value) is not type(default):
        raise RunError(f"{where} is {value!r}, not like {default!r}")
    return value
