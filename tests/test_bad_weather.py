"""Full disks, places that may not be written to, parts that are not installed: a line and an exit code.

A limit on the size of files stands for a full disk: a write fails half-way through, for every user. What lies
below /sys may not be written to even by root.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import INKDIGITS, Runner, full_disk, shell

from inkdigits import Reader
from inkdigits.server.keys import load
from inkdigits.server.run import folder_with
from inkdigits.training.checkpoint import save_checkpoint
from inkdigits.training.networks import build
from inkdigits.training.run import Run

NOT_ALLOWED = Path("/sys/inkdigits")
#: What each command that writes is given, FILE being where it writes.
WRITERS = {
    "read": ("read", "seven.png", "--explain", "FILE"),
    "evaluate --html": ("evaluate", "labelled", "--html", "FILE"),
    "evaluate --png": ("evaluate", "labelled", "--png", "FILE"),
    "export": ("export", "final.safetensors", "FILE"),
    "batch": ("batch", "seven.png", "FILE.jsonl"),
    "keys": ("keys", "add", "ann", "--file", "FILE"),
}
#: What each command that reads with a model is given besides.
READERS = {
    "read": ("seven.png",),
    "batch": ("seven.png", "a.jsonl"),
    "evaluate": ("labelled",),
}


@pytest.fixture
def inputs(tmp_path: Path, seven_png: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, which is the current one, with what the commands read."""
    (tmp_path / "labelled").mkdir()
    for folder in (tmp_path, tmp_path / "labelled"):
        (folder / "seven.png").write_bytes(seven_png)
    (tmp_path / "labelled" / "labels.tsv").write_text("file\tlabel\nseven.png\t7\n")
    notes = {"calibration": {}}
    save_checkpoint(tmp_path / "final.safetensors", build("simple"), None, Run(network="simple"), 1, notes)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def given(command: str, file: Path | str) -> list[str]:
    return [argument.replace("FILE", str(file)) for argument in WRITERS[command]]


def left(folder: Path) -> list[str]:
    """Files below a folder that hold anything."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.stat().st_size)


@pytest.mark.parametrize("command", WRITERS)
def test_a_place_that_may_not_be_written_to(command: str, inputs: Path, runner: Runner) -> None:
    before = left(inputs)
    done = runner(*given(command, NOT_ALLOWED))
    assert done.code in (8, 9)
    assert f"{NOT_ALLOWED}" in done.err
    assert "cannot be written: " in done.err
    assert "may write" in done.err
    assert "Traceback" not in done.err
    assert left(inputs) == before


@pytest.mark.parametrize("command", WRITERS)
def test_a_full_disk(command: str, inputs: Path) -> None:
    """What was there stays as it was, and nothing is half-written."""
    (inputs / "to").mkdir()
    (inputs / "to" / "here").write_text("old")
    file = inputs / "to" / ("new" if command in ("read", "keys", "batch") else "here")
    before = left(inputs / "to")
    with full_disk():
        done = shell(*given(command, file))
    assert done.returncode in (8, 9), done.stderr
    assert "cannot be written: File too large" in done.stderr
    assert "ake room" in done.stderr
    assert "Traceback" not in done.stderr
    assert (inputs / "to" / "here").read_text() == "old"
    # A batch keeps what is whole, and says how to go on.
    assert [name for name in left(inputs / "to") if not name.startswith("new.jsonl")] == before


@pytest.mark.parametrize("command", [("read", "seven.png"), ("models",), ("read", "--json", "seven.png")])
def test_an_output_that_takes_nothing(command: tuple[str, ...], inputs: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*INKDIGITS, *command], stdout=full, stderr=subprocess.PIPE, text=True, check=False, cwd=inputs
        )
    assert done.returncode == 9
    assert done.stderr == (
        "inkdigits: error: The output cannot be written: No space left on device. Make room where it goes.\n"
    )


def test_a_key_whose_token_nobody_saw_is_taken_back(inputs: Path) -> None:
    with Path("/dev/full").open("w") as full:
        command = [*INKDIGITS, "keys", "add", "ann", "--file", "keys"]
        assert subprocess.run(command, stdout=full, stderr=subprocess.DEVNULL, check=False).returncode == 9
    assert load(inputs / "keys") == []


@pytest.mark.parametrize("stderr", ["2>/dev/full", "2> >(true)", "2>&-"])
def test_answers_go_on_where_complaints_cannot_be_written(stderr: str, inputs: Path) -> None:
    command = f'"$@" read gone.png gone.png seven.png seven.png {stderr}'
    done = subprocess.run(
        ["bash", "-c", command, "bash", *INKDIGITS],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        cwd=inputs,
    )
    assert (done.returncode, done.stdout.count("seven.png: 7 (")) == (3, 2)


@pytest.mark.parametrize("command", [(), ("--help",), ("batch", "--help"), ("models",)])
def test_an_output_that_nobody_reads(command: tuple[str, ...]) -> None:
    done = subprocess.run(
        ["bash", "-c", '"$@" | true; exit ${PIPESTATUS[0]}', "bash", *INKDIGITS, *command],
        stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("read", "seven.png", "--model", "pipe"), 4),
        (("models", "--model", "pipe"), 4),
        (("keys", "list", "--file", "pipe"), 2),
        (("keys", "add", "ann", "--file", "pipe"), 2),
        (("train", "--run", "pipe"), 6),
        (("export", "pipe", "a.onnx"), 6),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_a_pipe_in_the_place_of_a_file(
    command: tuple[str, ...], code: int, inputs: Path, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is waited for who may never come."""
    monkeypatch.chdir(inputs)
    os.mkfifo("pipe")
    done = runner(*command)
    assert done.code == code
    assert "it is a pipe or a device, and no regular file" in done.err


@pytest.mark.parametrize(
    ("part", "extra", "command"),
    [
        ("flask", "serve", ("serve",)),
        ("flask", "serve", ("keys", "list", "--file", "keys")),
        ("torch", "train", ("train",)),
        ("torch", "train", ("export", "final.safetensors", "a.onnx")),
        ("matplotlib", "train", ("evaluate", "labelled", "--html", "a.html")),
        ("pillow_heif", "heif", ("read", "seven.heic")),
        ("pyarrow", "parquet", ("batch", "seven.png", "a.parquet")),
        ("ray", "ray", ("serve", "--ray")),
        ("ray", "ray", ("batch", "seven.png", "a.jsonl", "--ray", "local")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_a_part_that_is_not_installed(part: str, extra: str, command: tuple[str, ...], inputs: Path) -> None:
    """An import of it fails just so where it is not there."""
    (inputs / "seven.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    before = left(inputs)
    code = f"import sys; sys.modules[{part!r}] = None; from inkdigits.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, *command], capture_output=True, text=True, check=False, cwd=inputs
    )
    assert done.returncode == (3 if part == "pillow_heif" else 7), done.stderr
    assert f"pip install 'inkdigits[{extra}]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert left(inputs) == before


@pytest.mark.parametrize("kind", ["missing", "empty", "cut", "other"])
@pytest.mark.parametrize("command", ["read", "serve", "batch", "models", "evaluate"])
def test_a_model_that_cannot_be_used(
    command: str, kind: str, inputs: Path, reader: Reader, runner: Runner
) -> None:
    """Each command refuses it before it does anything."""
    data, model = reader.model.path.read_bytes(), inputs / "model.onnx"
    contents = {"empty": b"", "cut": data[:-1000], "other": b"no model"}
    if kind in contents:
        model.write_bytes(contents[kind])
        digest = hashlib.sha256(contents[kind]).hexdigest()
        model.with_name("model.onnx.sha256").write_text(digest)
    before = left(inputs)
    done = runner(command, *READERS.get(command, ()), "--model", model)
    assert done.code == 4, done.err
    assert f"The model {model} " in done.err
    assert re.search(r"\. (Install|Name|Export) ", done.err), done.err
    assert left(inputs) == before


def test_a_server_counts_where_there_is_room(caplog: pytest.LogCaptureFixture) -> None:
    """A worker that found no room for its counts would be killed, again and again."""
    assert folder_with(1 << 60) is None
    assert "name one in TMPDIR" in caplog.text
    folder = folder_with(1)
    assert folder
    with folder:
        assert Path(folder.name).is_dir()
