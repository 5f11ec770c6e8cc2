"""`inkdigits read`: what it takes, what it prints, where, and with what exit code."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from conftest import INKDIGITS, Runner, shell
from numpy.typing import NDArray
from PIL import Image

from inkdigits import Box, Digit, Reader, Reading
from inkdigits.batch.own import OWN
from inkdigits.cli import forms
from inkdigits.decode import Limits


def large(folder: Path, seven: NDArray[np.uint8]) -> Path:
    """A 7 in a file of twelve megabytes, which is more than a server takes."""
    path = folder / "large.bmp"
    Image.fromarray(seven).resize((2000, 2000)).convert("RGB").save(path)
    assert path.stat().st_size > Limits().max_bytes
    return path


# --- sources ---


def test_one_file(runner: Runner, folder: Path, reader: Reader) -> None:
    outcome = runner("read", folder / "a.png")
    percent = int(reader.read(folder / "a.png").confidence * 100)
    assert (outcome.code, outcome.out, outcome.err) == (0, f"7 ({percent} %)\n", "")


def test_a_blank_picture(runner: Runner, folder: Path) -> None:
    assert runner("read", folder / "b" / "blank.png").out == "blank\n"


def test_stdin(runner: Runner, seven_png: bytes) -> None:
    assert runner("read", "-", stdin=seven_png).out.startswith("7 (")
    assert json.loads(runner("read", "-", "--json", stdin=seven_png).out)["path"] == "-"


def test_a_folder_is_searched_for_pictures(runner: Runner, folder: Path) -> None:
    outcome = runner("read", folder)
    assert outcome.code == 0
    assert [line.split(": ")[0] for line in outcome.out.splitlines()] == [
        str(folder / name) for name in ("a.png", "b/blank.png", "b/c.PNG")
    ]
    assert outcome.out.splitlines()[1].endswith(": blank")


@pytest.mark.parametrize(
    ("pattern", "names"),
    [("*.png", ["a.png"]), ("**/*.png", ["a.png", "b/blank.png"]), ("b/?.[Pp]*", ["b/c.PNG"])],
)
def test_globs(
    runner: Runner, folder: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, names: list[str]
) -> None:
    for base, prefix in ((folder, f"{folder}/"), (Path(), "")):
        monkeypatch.chdir(folder)
        lines = runner("read", base / pattern, "--json").out.splitlines()
        assert [json.loads(line)["path"] for line in lines] == [prefix + name for name in names]


def test_a_name_with_glob_signs_is_a_file_first(runner: Runner, tmp_path: Path, seven_png: bytes) -> None:
    (tmp_path / "[1].png").write_bytes(seven_png)
    assert runner("read", tmp_path / "[1].png").code == 0


# --- faults ---


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing.png", "cannot be read: No such file"),
        ("*.jpg", "cannot be read: No such file"),
        ("notes.txt", "not in a picture format"),
        ("empty", "holds no picture"),
        ("n" * 300 + ".png", "cannot be read: File name too long"),
    ],
)
def test_a_fault_names_file_and_remedy(runner: Runner, folder: Path, name: str, reason: str) -> None:
    (folder / "empty").mkdir()
    outcome = runner("read", folder / name)
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err.startswith("inkdigits: error: ")
    assert str(folder / name) in outcome.err
    assert reason in outcome.err
    assert outcome.err.endswith(".\n")
    assert outcome.err.count("\n") == 1


def test_the_others_are_still_read(runner: Runner, folder: Path) -> None:
    outcome = runner("read", folder / "a.png", folder / "missing.png", folder / "b" / "c.PNG")
    assert outcome.code == 3
    assert [line.split(": ")[0] for line in outcome.out.splitlines()] == [
        str(folder / "a.png"), str(folder / "b" / "c.PNG"),
    ]  # fmt: skip
    assert "missing.png" in outcome.err


def test_a_pipe_is_not_waited_for(runner: Runner, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.png")
    outcome = runner("read", tmp_path / "a.png")
    assert (outcome.code, outcome.out) == (3, "")
    assert f"{tmp_path / 'a.png'} cannot be read: it is a pipe or a device" in outcome.err


def test_stdin_has_a_path_as_well(seven_png: bytes) -> None:
    done = subprocess.run(
        [*INKDIGITS, "read", "/dev/stdin"], input=seven_png, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout[:3]) == (0, b"7 (")


def test_a_truncated_file(runner: Runner, folder: Path, seven_png: bytes) -> None:
    (folder / "cut.png").write_bytes(seven_png[:-40])
    outcome = runner("read", "--json", folder / "cut.png")
    assert outcome.code == 3
    assert json.loads(outcome.out)["error"]["code"] == "truncated_image"


@pytest.mark.parametrize("stdin", [b"", b"text"])
def test_stdin_that_is_no_picture(runner: Runner, stdin: bytes) -> None:
    outcome = runner("read", "-", stdin=stdin)
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err.startswith("inkdigits: error: -: ")


def test_a_file_name_that_is_no_text(folder: Path, seven_png: bytes) -> None:
    (folder / os.fsdecode(b"\xff.png")).write_bytes(seven_png)
    result = shell("read", folder)
    assert (result.returncode, result.stderr) == (0, "")
    assert "\\udcff.png: 7" in result.stdout


def test_a_closed_stdin_is_said() -> None:
    done = subprocess.run(
        ["bash", "-c", 'exec "$@" read - <&-', "bash", *INKDIGITS],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("inkdigits: error: -: The standard input is closed. ")
    assert done.stderr.count("\n") == 1


def test_a_name_does_nothing_to_a_terminal(runner: Runner, folder: Path, seven_png: bytes) -> None:
    (folder / "b" / "\x1b[2J\n\u202e.png").write_bytes(seven_png)
    outcome = runner("read", folder / "b", folder / "gone\x1b\n\x9b.png")
    assert outcome.out.splitlines()[0].startswith(f"{folder}/b/\\x1b[2J\\n\\u202e.png: 7 (")
    assert len(outcome.out.splitlines()) == 3
    assert outcome.err.startswith(f"inkdigits: error: {folder}/gone\\x1b\\n\\x9b.png cannot be read")
    assert outcome.err.count("\n") == 1


def test_an_address_is_not_fetched(runner: Runner) -> None:
    outcome = runner("read", "http://example.com/x.png")
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err.count("example.com") == 1
    assert "http://example.com/x.png is an address, and none is fetched" in outcome.err


@pytest.mark.parametrize("name", ["a.zip", "a.TAR.gz", "a.csv"])
def test_what_is_for_batch_is_sent_there(runner: Runner, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"many")
    outcome = runner("read", tmp_path / name)
    assert (outcome.code, outcome.out) == (3, "")
    assert f"{tmp_path / name} is an archive or a list" in outcome.err
    assert "inkdigits batch" in outcome.err


def test_a_file_of_ones_own_may_be_larger_than_a_server_takes(
    runner: Runner, tmp_path: Path, seven: NDArray[np.uint8]
) -> None:
    path = large(tmp_path, seven)
    assert runner("read", path).out.startswith("7 (")
    assert runner("read", "-", stdin=path.read_bytes()).out.startswith("7 (")


def test_too_large_a_file_has_a_remedy_that_can_be_done(runner: Runner, tmp_path: Path) -> None:
    with (tmp_path / "a.png").open("wb") as file:
        file.truncate(OWN.max_bytes + 1)
    outcome = runner("read", tmp_path / "a.png")
    assert outcome.code == 3
    assert outcome.err.endswith("a.png is larger than 100,000,000 bytes. Save the picture smaller.\n")


# --- forms ---


def test_json_is_one_object_a_line(runner: Runner, folder: Path, reader: Reader) -> None:
    outcome = runner("read", "--json", folder / "a.png", folder / "notes.txt")
    first, second = map(json.loads, outcome.out.splitlines())
    assert first == {"path": str(folder / "a.png"), **reader.read(folder / "a.png").to_dict()}
    assert list(second) == ["path", "error"]
    assert second["error"].keys() == {"code", "message", "remedy"}
    assert outcome.code == 3


def test_csv(runner: Runner, folder: Path) -> None:
    outcome = runner("read", "--csv", folder, folder / "notes.txt")
    header, seven, blank, _, fault = csv.reader(outcome.out.splitlines())
    assert header == ["path", "text", "confidence", "reason", "turned", "error"]
    assert (seven[1], seven[3:]) == ("7", ["", "0", ""])
    assert 0 < float(seven[2]) <= 1
    assert blank[1:] == ["", "0.0000", "blank", "0", ""]
    assert fault[1:] == ["", "", "", "", "not_an_image"]


@pytest.mark.parametrize("name", ['a,"b".png', "a\nb.png", "a\rb.png"])
def test_csv_quotes_names(runner: Runner, tmp_path: Path, seven_png: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(seven_png)
    out = runner("read", "--csv", tmp_path / name).out
    assert out.endswith(",0,\n")
    _, (path, *_) = csv.reader(io.StringIO(out, newline=""))
    assert path == str(tmp_path / name)


PAGE = Reading("42\n17 3", (Digit(4, 0.97, (0.1,) * 10, Box(0, 0, 1, 1)),), 0.978, turned=90)


def test_a_text_of_several_lines() -> None:
    assert forms.text_alone("a.png", PAGE) == "42\n17 3 (97 %, turned 90°)"
    assert forms.text("a.png", PAGE) == "a.png: 42 | 17 3 (97 %, turned 90°)"
    assert json.loads(forms.json_line("a.png", PAGE))["text"] == PAGE.text
    assert next(csv.reader(io.StringIO(forms.csv_line("a.png", PAGE), newline=""))) == [
        "a.png",
        PAGE.text,
        "0.9780",
        "",
        "90",
        "",
    ]


# --- terminals and pipes ---


def on_a_terminal(*arguments: object, **environment: str) -> tuple[str, str]:
    """What a command writes to stdout, a pipe, and to stderr, a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*INKDIGITS, *map(str, arguments)], stdout=subprocess.PIPE, stderr=theirs, text=True,
        env=os.environ | {"TERM": "xterm-256color"} | environment,
    )  # fmt: skip
    os.close(theirs)
    with ThreadPoolExecutor(1) as thread:  # a terminal that nobody reads from stops who writes there
        seen = thread.submit(everything, ours)
        out, _ = process.communicate()
    os.close(ours)
    return out, seen.result().decode()


def everything(terminal: int) -> bytes:
    seen = b""
    try:
        while part := os.read(terminal, 4096):
            seen += part
    except OSError:  # how a terminal says that the other side is closed
        pass
    return seen


def test_progress_only_on_a_terminal_and_for_several(runner: Runner, folder: Path) -> None:
    assert runner("read", folder).err == ""
    out, err = on_a_terminal("read", folder)
    assert "Reading" in err
    assert out.count("\n") == 3
    assert "\x1b" not in out
    assert on_a_terminal("read", folder / "a.png")[1] == ""
    assert on_a_terminal("read", "--quiet", folder)[1] == ""


def test_colour_only_without_no_color(folder: Path) -> None:
    _, coloured = on_a_terminal("read", folder / "missing.png")
    assert "\x1b[31minkdigits: error:" in coloured
    _, plain = on_a_terminal("read", folder / "missing.png", NO_COLOR="1")
    assert plain.startswith("inkdigits: error: ")
    assert "\x1b[3" not in plain


def test_answers_come_as_they_are_read(seven_png: bytes, tmp_path: Path) -> None:
    """The first answer is there while the second picture still comes."""
    (tmp_path / "a.png").write_bytes(seven_png)
    os.mkfifo(tmp_path / "slow.png")
    process = subprocess.Popen(
        [*INKDIGITS, "read", str(tmp_path / "a.png"), "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert b"a.png: 7" in process.stdout.readline()
    assert process.poll() is None
    out, _ = process.communicate(seven_png)
    assert out.startswith(b"-: 7")


def test_a_broken_pipe_is_quiet(folder: Path) -> None:
    process = subprocess.Popen(
        [*INKDIGITS, "read", *[str(folder / "a.png")] * 50],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait() == 141


def test_an_interrupt_is_quiet(folder: Path) -> None:
    process = subprocess.Popen(
        [*INKDIGITS, "read", str(folder / "a.png"), "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline()  # so that nothing is still to be imported
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert (process.returncode, err) == (130, "")
