"""Makes the model that the server of compose.yaml reads with, in the volume that both have.

    make_model.py [--unless-there]

It does the runs that INKDIGITS_RUNS names, one after the other, in the folder where it is started, which
is the volume; the last one's model takes the place of the one that is there.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from inkdigits.cli.app import run
from inkdigits.errors import InkdigitsError
from inkdigits.model import Model

MODEL = Path("digits.onnx")
RUNS = Path(__file__).parent / "runs"


def main() -> None:
    unless_there = "--unless-there" in sys.argv
    if unless_there and (not os.environ["INKDIGITS_MODEL"] or _usable()):
        print("There is a model already.")
        return
    # It loads PyTorch, for which a server whose model is there need not wait.
    from inkdigits.training.run import load_run

    names = os.environ["INKDIGITS_RUNS"].split()
    for name in names:
        file = RUNS / f"{name}.toml"
        for dataset in load_run(file).data.datasets:
            _do("data", "fetch", dataset)
        # What was begun for want of a model goes on; who asks for another wants it made anew.
        _do("train", "--run", str(file), *([] if unless_there else ["--fresh"]))
    _do("export", f"out/{names[-1]}/final.safetensors", str(MODEL))


def _usable() -> bool:
    try:
        Model(MODEL)
    except InkdigitsError as error:
        print(f"{error.message}, so one is made.", flush=True)
        return False
    return True


def _do(*command: str) -> None:
    """A command of inkdigits; the end, with its exit code, if it fails."""
    if code := run(list(command)):
        sys.exit(code)


if __name__ == "__main__":
    main()
