"""Every command that writes or fetches on a full disk, on one that may only be read, and without a network.

    python -m benchmarks.disks [--data DIR]

Needs Linux, and root for the mounts, which are gone in the end. With the folder of datasets it trains, too.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.server.figures import Figures
from inkdigits.training.calibrate import Calibration
from inkdigits.training.checkpoint import save_checkpoint
from inkdigits.training.networks import build
from inkdigits.training.run import Run

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "examples" / "seven.png"
#: Of the full disk, in bytes: a page is left, so that a file can be begun. Keys would fit into it.
SIZE, PAGE = 16384, 4096
#: Seconds that a command may take.
PATIENCE = 600
#: What each command that writes is given, TO being where, and CHECKPOINT a small one.
WRITERS = {
    "read --explain": ("read", str(ROOT / "examples" / "2048.jpg"), "--explain", "TO"),
    "evaluate --html": ("evaluate", "SET", "--html", "TO/report.html"),
    "evaluate --png": ("evaluate", "SET", "--png", "TO/report.png"),
    "export": ("export", "CHECKPOINT", "TO/model.onnx"),
    "batch": ("batch", "MANY", "TO/rows.jsonl"),
    "keys add": ("keys", "add", "ann", "--file", "TO/keys"),
    "data fetch": ("data", "fetch", "mnist", "--data", "TO"),
}
TRAIN = ("train", "--run", str(ROOT / "runs" / "quick.toml"), "--out", "TO/run", "--data", "DATA")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of datasets, to train and fetch with")
    data = parser.parse_args().data
    figures = Figures()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        words = made(folder) | {"DATA": str(data)}
        writers = WRITERS | ({"data fetch": (*WRITERS["data fetch"], "--from", str(data))} if data else {})
        # On a full disk a run ends after its first epoch, which tests/test_fit.py has in short.
        started = writers | ({"train": TRAIN} if data else {})
        for weather, mount, commands in (
            ("No space left on device", full, writers), ("Read-only file system", read_only, started)
        ):  # fmt: skip
            for what, command in commands.items():
                with mount(folder / "disk", 0 if what == "keys add" else PAGE) as disk:
                    figures.none(f"{what}, {weather}: faults", list(faults(command, disk, words, weather)))
        figures.none("data fetch, no network: faults", list(alone(folder / "data")))
    figures.end()


def made(folder: Path) -> dict[str, str]:
    """What the words in the commands stand for, made in the folder."""
    notes = {"calibration": Calibration().to_dict()}
    save_checkpoint(folder / "a.safetensors", build("simple"), None, Run(network="simple"), 1, notes)
    (folder / "set").mkdir()
    (folder / "set" / "seven.png").write_bytes(PICTURE.read_bytes())
    (folder / "set" / "labels.tsv").write_text("file\tlabel\nseven.png\t7\n")
    (folder / "many.csv").write_text("path\n" + f"{PICTURE}\n" * 200)
    return {"SET": f"{folder}/set", "CHECKPOINT": f"{folder}/a.safetensors", "MANY": f"{folder}/many.csv"}


def faults(command: Sequence[str], disk: Path, words: dict[str, str], reason: str) -> Iterator[str]:
    """What is wrong with how a command ends when it writes to that disk."""
    arguments = [argument.replace("TO", str(disk)) for argument in (words.get(one, one) for one in command)]
    code, said = run(arguments)
    if code not in (8, 9):
        yield f"exit code {code}: {said[-300:]}"
    if reason not in said or str(disk) not in said:
        yield f"neither the place nor the reason is named: {said[-300:]}"
    if "Traceback" in said:
        yield f"a trace: {said[-300:]}"
    # Whole pictures may be there, and what a batch goes on with.
    kept = (".part", ".journal", ".png")
    left = (path for path in disk.rglob("[!f]*") if path.is_file() and path.suffix not in kept)
    yield from (f"left behind: {path.name}" for path in left)
    yield from (f"half-written: {path.name}" for path in disk.rglob("*.png") if not whole(path))


def whole(picture: Path) -> bool:
    return picture.read_bytes().endswith(b"IEND\xaeB`\x82")


def alone(folder: Path) -> Iterator[str]:
    """What is wrong with how a fetch ends without a network."""
    code, said = run(
        ["data", "fetch", "--data", str(folder)],
        "unshare",
        "--net",
        "env",
        f"npm_config_cache={folder.parent}/npm",
    )
    if code != 5 or "Check the network" not in said or "Traceback" in said:
        yield f"exit code {code}: {said[-300:]}"
    yield from (f"left behind: {path.name}" for path in folder.rglob("*") if path.is_file())


def run(arguments: Sequence[str], *before: str) -> tuple[int, str]:
    command = [*before, sys.executable, "-m", "inkdigits", *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("INKDIGITS_")}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=PATIENCE, env=environment, cwd=ROOT
    )
    return done.returncode, done.stderr


@contextmanager
def full(disk: Path, room: int) -> Iterator[Path]:
    """A disk with so many bytes left on it."""
    with mounted(disk, f"size={SIZE}"):
        (disk / "fill").write_bytes(bytes(SIZE - room))
        yield disk


@contextmanager
def read_only(disk: Path, _room: int) -> Iterator[Path]:
    with mounted(disk, "ro"):
        yield disk


@contextmanager
def mounted(disk: Path, options: str) -> Iterator[None]:
    disk.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", disk], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", disk], check=True)


if __name__ == "__main__":
    main()
