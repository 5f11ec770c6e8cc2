"""`inkdigits batch`: what it prints and writes, and what becomes of it in bad weather."""

from __future__ import annotations

import csv
import io
import json
import os
import resource
import shutil
import signal
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import pyarrow.parquet
import pytest
from conftest import INKDIGITS, Outcome, Runner, png_of, shell
from numpy.typing import NDArray
from PIL import Image
from test_cli_read import large, on_a_terminal

from inkdigits.batch import Asked, Tally, read_here, run
from inkdigits.errors import BatchError, ModelMissing
from inkdigits.model import PACKAGED

PICTURES = 4000
#: So many that to read them all takes minutes.
PHOTOGRAPHS = 1000
#: What stops a run, and its exit code then.
STOPS: dict[int, int] = {signal.SIGINT: 130, signal.SIGTERM: 143}


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, seven_png: bytes, blank_png: bytes) -> Path:
    """A tar of many pictures, one in a hundred of which cannot be read."""
    folder = tmp_path_factory.mktemp("many")
    kinds = {"seven": seven_png, "blank": blank_png, "bad": seven_png[:-40]}
    for name, data in kinds.items():
        (folder / f"{name}.png").write_bytes(data)
    with tarfile.open(folder / "many.tar", "w") as tar:
        for place in range(PICTURES):
            kind = "bad" if place % 100 == 99 else "blank" if place % 10 == 9 else "seven"
            tar.add(folder / f"{kind}.png", f"{place:04}.png")
    return folder / "many.tar"


@pytest.fixture(scope="module")
def undisturbed(many: Path) -> bytes:
    """The rows of a run that nothing disturbed."""
    out = many.with_name("rows.jsonl")
    done = shell("batch", many, out, "--workers", 2, "--quiet")
    assert (done.returncode, done.stderr) == (3, "")
    return out.read_bytes()


def started(many: Path, out: Path) -> subprocess.Popen[str]:
    """A run with one reader, so that it lasts on a machine of many cores too. It tells no progress, so that
    it is no other if it lasts."""
    return subprocess.Popen(
        [*INKDIGITS, "batch", str(many), str(out), "--workers", "1", "--quiet"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def rows_on_disk(out: Path) -> int:
    try:
        *_, last = out.with_name(out.name + ".journal").read_text().splitlines()
        return int(json.loads(last).get("rows", 0))
    except (FileNotFoundError, ValueError):  # not yet there, or a line half written
        return 0


def wait_for_rows(process: subprocess.Popen[str], out: Path) -> list[psutil.Process]:
    """The processes that read, once some rows are on disk."""
    while not rows_on_disk(out):
        assert process.poll() is None
        time.sleep(0.01)
    return [one for one in children(process) if "spawn_main" in " ".join(one.cmdline())]


def children(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children()


# --- what comes out ---


def test_rows_are_those_that_read_prints(runner: Runner, folder: Path, tmp_path: Path) -> None:
    outcome = runner("batch", folder, tmp_path / "rows.jsonl", "--workers", 1)
    assert (outcome.code, outcome.out, outcome.err) == (0, f"{tmp_path}/rows.jsonl: 3 pictures\n", "")
    read = [json.loads(line) for line in runner("read", "--json", folder).out.splitlines()]
    rows = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()]
    assert [(row["path"], row["text"], row["reason"]) for row in rows] == [
        (row["path"], row["text"], row["reason"]) for row in read
    ]
    assert [row["confidence"] for row in rows] == pytest.approx([row["confidence"] for row in read], abs=1e-6)


def test_every_form(many: Path, undisturbed: bytes, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in undisturbed.splitlines()]
    assert [row["path"] for row in rows] == [f"{many}!{place:04}.png" for place in range(PICTURES)]
    assert sum("error" in row for row in rows) == PICTURES // 100
    for name in ("rows.csv", "rows.parquet"):
        done = shell("batch", many, tmp_path / name, "--quiet")
        assert (done.returncode, done.stderr) == (3, "")
        told = f"{PICTURES:,} pictures, {PICTURES // 100} of which could not be read"
        assert done.stdout == f"{tmp_path / name}: {told}\n"
    with (tmp_path / "rows.csv").open(newline="") as file:
        assert [row["text"] for row in csv.DictReader(file)] == [row.get("text", "") for row in rows]
    table = pyarrow.parquet.read_table(tmp_path / "rows.parquet").to_pylist()
    assert [row["digits"] for row in table] == [row.get("digits") for row in rows]


def test_several_inputs_and_options(runner: Runner, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(f"path\n{folder / 'a.png'}\n")
    out = tmp_path / "out" / "rows.csv"
    given = ("batch", folder / "b", tmp_path / "list.csv", out, "--pattern", "no d", "--workers", 1)
    assert runner(*given).code == 0
    assert [line.split(",")[1] for line in out.read_text().splitlines()[1:]] == ["", "no 7", "no 7"]


@pytest.mark.parametrize("pattern", ["*", "../link/*"])
def test_a_glob_leaves_out_what_the_run_writes(
    runner: Runner, folder: Path, monkeypatch: pytest.MonkeyPatch, pattern: str
) -> None:
    (folder / "link").symlink_to("b")
    monkeypatch.chdir(folder / "b")
    outcome = runner("batch", pattern, folder / "b" / "rows.csv", "--workers", 1)
    assert (outcome.code, outcome.out) == (0, f"{folder}/b/rows.csv: 2 pictures\n")


def test_what_pillow_remarks_is_not_said(tmp_path: Path, seven_png: bytes) -> None:
    """By no process: not of EXIF data that ends early, which is not used."""
    with Image.open(io.BytesIO(seven_png)) as seven:
        seven.save(tmp_path / "odd.png", exif=b"II*\0\x08\0\0\0\x01\0")
    done = shell("batch", tmp_path / "odd.png", tmp_path / "rows.jsonl", "--quiet")
    assert done.returncode == 0
    assert "Warning" not in done.stderr


def test_a_pipe_is_not_waited_for(runner: Runner, folder: Path, tmp_path: Path) -> None:
    os.mkfifo(folder / "pipe.png")
    os.mkfifo(folder / "pipe.tar")
    (tmp_path / "list.csv").write_text(f"path\n{folder / 'pipe.png'}\n{folder / 'a.png'}\n")
    out, pipes = tmp_path / "rows.csv", (folder / "pipe.png", folder / "pipe.tar", "/dev/zero")
    assert runner("batch", tmp_path / "list.csv", *pipes, out, "--workers", 1).code == 3
    errors = [line.split(",")[-1] for line in out.read_text().splitlines()[1:]]
    assert errors == ["file_unreadable", "", *["file_unreadable"] * 3]


def test_the_standard_input_is_not_waited_for(tmp_path: Path) -> None:
    out = tmp_path / "rows.jsonl"
    with subprocess.Popen(
        [*INKDIGITS, "batch", "/dev/stdin", out, "--quiet"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:  # into which nothing is written
        assert process.wait() == 3
    assert "it is a stream" in out.read_text()


def test_what_cannot_be_looked_at_stops_no_other(runner: Runner, folder: Path, tmp_path: Path) -> None:
    out, long = tmp_path / "rows.csv", folder / ("n" * 300 + ".png")
    outcome = runner("batch", long, folder / "a.png", out, "--workers", 1)
    assert outcome == Outcome(3, f"{out}: 2 pictures, 1 of which could not be read\n", "")
    assert [line.split(",")[-1] for line in out.read_text().splitlines()[1:]] == ["file_unreadable", ""]


def test_a_list_of_nothing_is_no_fault(runner: Runner, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("path\n")
    (tmp_path / "list.jsonl").write_text("")
    for name in ("list.csv", "list.jsonl"):
        out = tmp_path / f"of-{name}.csv"
        outcome = runner("batch", tmp_path / name, out, "--workers", 1)
        assert outcome == Outcome(0, f"{out}: 0 pictures\n", "")
        assert out.read_text() == "path,text,confidence,reason,turned,error\n"


def test_a_file_of_ones_own_may_be_larger_than_a_server_takes(
    runner: Runner, tmp_path: Path, seven: NDArray[np.uint8]
) -> None:
    path = large(tmp_path, seven)
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz", compresslevel=1) as tar:
        tar.add(path, "a.bmp")
    out = tmp_path / "rows.jsonl"
    assert runner("batch", path, tmp_path / "a.tar.gz", out, "--workers", 1).code == 0
    assert [json.loads(line)["text"] for line in out.read_text().splitlines()] == ["7", "7"]


def test_what_is_finished_is_not_done_again(runner: Runner, folder: Path, tmp_path: Path) -> None:
    given = ("batch", folder, folder / "notes.txt", tmp_path / "rows.csv", "--workers", 1)
    first = runner(*given)
    (tmp_path / "rows.csv").chmod(0o400)
    assert runner(*given) == first
    assert first.code == 3


@pytest.mark.parametrize("there", [True, False])
def test_what_a_link_names_is_written_and_the_link_stays(
    runner: Runner, folder: Path, tmp_path: Path, there: bool
) -> None:
    (tmp_path / "disk").mkdir()
    link, out = tmp_path / "rows.jsonl", tmp_path / "disk" / "out.jsonl"
    link.symlink_to("disk/out.jsonl")
    if there:
        out.touch()
        assert "exists already" in runner("batch", folder, link, "--workers", 1).err
        out.unlink()
    for _ in range(2):
        outcome = runner("batch", folder, link, "--workers", 1)
        assert outcome == Outcome(0, f"{link}: 3 pictures\n", "")
    assert link.is_symlink()
    assert len(out.read_text().splitlines()) == 3
    assert sorted(path.name for path in out.parent.iterdir()) == ["out.jsonl", "out.jsonl.journal"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (
            ("a.png", "rows.txt"),
            2,
            "must be like rows.jsonl or rows.csv or rows.parquet",
        ),
        (("a.png", ".jsonl"), 2, "OUT is .jsonl, and must be like rows.jsonl"),
        (("gone", "rows.csv"), 3, "gone cannot be read: there is no such file"),
        (("a.png", "rows.csv", "--length", "0"), 2, "length"),
        (("a.png", "rows.csv", "--risk", "2"), 2, "--risk cannot be 2.0"),
        (("a.png", "rows.csv", "--model", "gone.onnx"), 4, "gone.onnx cannot be read"),
        (("a.png", "notes.txt/rows.csv"), 8, "cannot be written: Not a directory"),
        (("a.png", "n" * 300 + ".csv"), 8, "cannot be written: File name too long"),
    ],
)
def test_what_cannot_be_leaves_nothing(
    runner: Runner, folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str], code: int, said: str
) -> None:
    monkeypatch.chdir(folder)
    before = sorted(folder.rglob("*"))
    outcome = runner("batch", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert said in outcome.err
    assert outcome.err.count("\n") == 1
    assert sorted(folder.rglob("*")) == before


def test_progress_is_a_bar_on_a_terminal(many: Path, tmp_path: Path) -> None:
    out, err = on_a_terminal("batch", many, tmp_path / "rows.csv")
    assert "\x1b" not in out
    assert "pictures" in err
    assert " left" in err
    assert on_a_terminal("batch", "--quiet", many, tmp_path / "quiet.csv")[1] == ""


# --- bad weather ---


def test_a_killed_run_goes_on(many: Path, undisturbed: bytes, tmp_path: Path) -> None:
    out = tmp_path / "rows.jsonl"
    with started(many, out) as process:
        readers = wait_for_rows(process, out)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    gone, alive = psutil.wait_procs(readers, timeout=30)
    assert (len(gone), alive) == (len(readers), [])
    assert not out.exists()
    assert shell("batch", many, out).returncode == 3
    assert out.read_bytes() == undisturbed


def test_a_killed_reader_is_said_and_costs_nothing(many: Path, undisturbed: bytes, tmp_path: Path) -> None:
    out = tmp_path / "rows.jsonl"
    with started(many, out) as process:
        wait_for_rows(process, out)[0].kill()
        _, err = process.communicate()
    assert process.returncode == 8
    assert err.splitlines()[-1].startswith("inkdigits: error: A process that read pictures was killed. ")
    assert rows_on_disk(out) > 0
    assert shell("batch", many, out).returncode == 3
    assert out.read_bytes() == undisturbed


def test_a_full_disk_is_said_and_costs_nothing(many: Path, undisturbed: bytes, tmp_path: Path) -> None:
    out = tmp_path / "rows.jsonl"
    room = len(undisturbed) // 2
    done = subprocess.run(
        [*INKDIGITS, "batch", str(many), str(out), "--quiet"], capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (8, "")
    assert f"{out}.part cannot be written: File too large. Make room" in done.stderr
    assert done.stderr.count("\n") == 1
    assert 0 < rows_on_disk(out) < PICTURES
    assert shell("batch", many, out).returncode == 3
    assert out.read_bytes() == undisturbed


@pytest.mark.parametrize("tell", [os.kill, os.killpg])
@pytest.mark.parametrize("number", STOPS)
def test_a_run_that_is_stopped_keeps_what_was_read(
    many: Path, undisturbed: bytes, tmp_path: Path, tell: Callable[[int, int], None], number: int
) -> None:
    out = tmp_path / "rows.jsonl"
    with started(many, out) as process:
        readers = wait_for_rows(process, out)
        tell(process.pid, number)
        assert process.communicate() == ("", "")
    assert process.returncode == STOPS[number]
    assert psutil.wait_procs(readers, timeout=30)[1] == []
    assert shell("batch", many, out).returncode == 3
    assert out.read_bytes() == undisturbed


def begun(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Iterator[Tally]]:
    """A model, and a run with it that has looked at it, and no process that reads yet."""
    monkeypatch.setattr(os, "environ", os.environ.copy())
    model = folder / "model.onnx"
    for end in ("", ".sha256"):
        shutil.copy(f"{PACKAGED}{end}", f"{model}{end}")
    asked = Asked(".jsonl", str(model))
    tallies = run([str(folder / "a.png")], folder / "rows.jsonl", asked, partial(read_here, asked, 1))
    assert next(tallies).rows == 0
    return model, tallies


def test_a_model_that_is_lost_while_readers_start_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    model, tallies = begun(folder, monkeypatch)
    model.unlink()
    with pytest.raises(ModelMissing, match="cannot be read"):
        next(tallies)
    assert capfd.readouterr() == ("", "")


def test_one_output_is_of_one_model(folder: Path, monkeypatch: pytest.MonkeyPatch, wrong_model: Path) -> None:
    model, tallies = begun(folder, monkeypatch)
    for end in ("", ".sha256"):
        shutil.copy(f"{wrong_model}{end}", f"{model}{end}")
    with pytest.raises(BatchError, match="The model was changed"):
        next(tallies)
    assert rows_on_disk(folder / "rows.jsonl") == 0


@pytest.fixture
def photographs(tmp_path: Path) -> Path:
    """A folder of pictures that are slow to read, as large as of a camera."""
    noise = np.random.default_rng(0).integers(0, 256, (1500, 2000), np.uint8)
    (tmp_path / "photographs").mkdir()
    (tmp_path / "original").write_bytes(png_of(noise))
    for place in range(PHOTOGRAPHS):
        (tmp_path / "photographs" / f"{place:03}.png").hardlink_to(tmp_path / "original")
    return tmp_path / "photographs"


def test_an_interrupt_does_not_wait_for_photographs(photographs: Path, tmp_path: Path) -> None:
    out = tmp_path / "rows.jsonl"
    with started(photographs, out) as process:
        wait_for_rows(process, out)
        os.killpg(process.pid, signal.SIGINT)
        assert process.communicate() == ("", "")
    assert process.returncode == 130
    assert 0 < rows_on_disk(out) < PHOTOGRAPHS


@pytest.mark.parametrize("number", STOPS)
def test_a_run_may_be_stopped_while_processes_start(many: Path, tmp_path: Path, number: int) -> None:
    out = tmp_path / "rows.jsonl"
    with started(many, out) as process:
        while not any("spawn_main" in " ".join(one.cmdline()) for one in children(process)):
            time.sleep(0.01)
        os.killpg(process.pid, number)
        assert process.communicate() == ("", "")
    assert process.returncode == STOPS[number]


def test_other_options_than_before_are_refused(many: Path, undisturbed: bytes) -> None:
    done = shell("batch", many, many.with_name("rows.jsonl"), "--length", 1)
    assert done.returncode == 8
    assert "length was not given and is 1 now" in done.stderr
    assert many.with_name("rows.jsonl").read_bytes() == undisturbed
