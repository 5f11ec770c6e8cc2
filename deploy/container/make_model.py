"""Makes the model that the server of compose.yaml reads with, in the volume that both have.

    make_model.py [--unless-there]

It does the runs that INKDIGITS_RUNS names, one after the other, in the folder where it is started, which
is the volume; the last one's model takes the place of the one that INKDIGITS_MODEL names there.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from inkdigits.cli.app import run
from inkdigits.cli.common import complain
from inkdigits.errors import InkdigitsError, ModelError, RunError, SettingsError
from inkdigits.model import Model

RUNS = Path(__file__).parent / "runs"


def main() -> None:
    try:
        _make(unless_there="--unless-there" in sys.argv)
    except InkdigitsError as error:
        complain(error.message, error.remedy)
        sys.exit(error.exit_code)


def _make(*, unless_there: bool) -> None:
    if unless_there and (not os.environ["INKDIGITS_MODEL"] or _there(_place())):
        print("There is a model already.")
        return
    # It loads PyTorch, for which a server whose model is there need not wait.
    from inkdigits.training.run import load_run

    files, place = _runs(), _place()
    for file in files:
        for dataset in load_run(file).data.datasets:
            _do("data", "fetch", dataset)
        # What was begun for want of a model goes on; who asks for another wants it made anew.
        _do("train", "--run", str(file), *([] if unless_there else ["--fresh"]))
    _do("export", f"out/{files[-1].stem}/final.safetensors", str(place))


def _place() -> Path:
    """Where the server looks for its model. Raises SettingsError where that is not in the volume."""
    asked, volume = os.environ["INKDIGITS_MODEL"], Path.cwd()
    if volume not in (place := Path(asked).absolute()).parents:
        raise SettingsError(
            f"INKDIGITS_MODEL is {asked!r}, which is no file in {volume}",
            f"Name {volume}/digits.onnx, or another.",
        )
    return place


def _there(place: Path) -> bool:
    """Whether there is a model. Raises ModelError for one that cannot be used: it may be somebody's own."""
    if not place.exists():
        return False
    try:
        Model(place)
    except ModelError as error:
        another = "`docker compose run --rm train` makes another in its place."
        raise type(error)(error.message, f"{error.remedy} {another}") from None
    return True


def _runs() -> list[Path]:
    """The run files that INKDIGITS_RUNS names, the last of which makes a digit model. Raises RunError."""
    from inkdigits.training.run import FINDER, REFINER, load_run

    asked = os.environ["INKDIGITS_RUNS"]
    names, every = asked.split(), {file.stem: file for file in sorted(RUNS.glob("*.toml"))}
    digits = [name for name, file in every.items() if load_run(file).network not in (FINDER, REFINER)]
    remedy = f"A digit model is made by {', '.join(digits)}."
    if not names or not every.keys() >= set(names):
        raise RunError(f"INKDIGITS_RUNS is {asked!r}, which names no runs", remedy)
    if names[-1] not in digits:
        raise RunError(f"INKDIGITS_RUNS is {asked!r}, whose last run makes no digit model", remedy)
    return [every[name] for name in names]


def _do(*command: str) -> None:
    """A command of inkdigits; the end, with its exit code, if it fails."""
    if code := run(list(command)):
        sys.exit(code)


if __name__ == "__main__":
    main()
