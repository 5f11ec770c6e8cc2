"""The command line: what it prints, where, and with what exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import INKDIGITS, Runner, shell

from inkdigits import Reader
from inkdigits.cli.common import INTERRUPTED
from inkdigits.evaluation.sets import LOADERS

# --- wrong usage ---


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["read"], "Missing argument 'PATH...'"),
        (["read", "--nonsense"], "No such option: --nonsense"),
        (["read", "a.png", "--json", "--csv"], "--json and --csv exclude each other"),
        (["reed"], "No such command 'reed'"),
        (["serve", "--port", "http"], "should be a valid integer"),
        (["serve", "--port", "70000"], "The setting port cannot be '70000'"),
        (["serve", "--workers", "0"], "The setting workers cannot be '0'"),
        (["serve", "--host", "nowhere.invalid"], "Cannot listen on nowhere.invalid"),
        (["serve", "--host", "a..b"], "Cannot listen on a..b port 8000: No host has such a name"),
        (["data", "fetch", "mnist", "cifar"], "cifar is none of mnist, pendigits, semeion"),
        (["read", ""], "Invalid value for 'PATH...': it is empty"),
        (["read", "a.png", "--explain", ""], "Invalid value for '--explain': it is empty"),
        (["read", "a.png", "--model="], "Invalid value for '--model': it is empty"),
        (["batch", "", "rows.csv"], "Invalid value for 'IN': it is empty"),
        (["batch", "a.png", ""], "Invalid value for 'OUT': it is empty"),
        (["batch", "a.png", "rows.csv", "--ray", ""], "Invalid value for '--ray': it is empty"),
        (["evaluate", ""], "Invalid value for 'SET...': it is empty"),
    ],
)
def test_wrong_usage(runner: Runner, arguments: list[str], said: str) -> None:
    outcome = runner(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("inkdigits: error: ")
    assert said in outcome.err
    assert "Traceback" not in outcome.err


# --- models ---


def test_models(runner: Runner, reader: Reader) -> None:
    cards = {name: model.card for name, model in vars(reader.models).items()}
    assert json.loads(runner("models", "--json").out) == cards
    text = runner("models").out
    assert all(name in text for name in reader.model.card)
    assert reader.model.card["sha256"] in text


@pytest.mark.parametrize("command", [["read", "a.png"], ["models"], ["serve", "--port", "0"]])
@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read: No such file"), (b"no model", "SHA-256")]
)
def test_a_model_that_cannot_be_used(
    runner: Runner, tmp_path: Path, command: list[str], content: bytes | None, said: str
) -> None:
    path = tmp_path / "model.onnx"
    if content is not None:
        path.write_bytes(content)
    outcome = runner(*command, "--model", path)
    assert (outcome.code, outcome.out) == (4, "")
    assert str(path) in outcome.err
    assert said in outcome.err


def test_serve_refuses_a_model_that_reads_wrongly(runner: Runner, wrong_model: Path) -> None:
    outcome = runner("serve", "--port", "0", "--model", wrong_model)
    assert (outcome.code, outcome.out) == (4, "")
    assert "does not read a known digit rightly" in outcome.err


def test_another_model_is_used(runner: Runner, folder: Path, wrong_model: Path) -> None:
    assert runner("read", "--model", wrong_model, folder / "a.png").out.startswith("2 (")


# --- data ---


def test_data_from_a_folder_that_is_not_there(runner: Runner, tmp_path: Path) -> None:
    outcome = runner("data", "fetch", "mnist", "--data", tmp_path, "--from", tmp_path / "nope")
    assert (outcome.code, outcome.out) == (5, "")
    assert f"There is no folder {tmp_path / 'nope'} to fetch from" in outcome.err


def test_data_list(runner: Runner, tmp_path: Path) -> None:
    outcome = runner("data", "list", "--data", tmp_path)
    assert outcome.code == 0
    assert [line.split()[0] for line in outcome.out.splitlines()] == ["mnist", "pendigits", "semeion"]
    assert outcome.out.count("not here") == 3
    rows = json.loads(runner("data", "list", "--json", "--data", tmp_path).out)
    assert [row["name"] for row in rows] == ["mnist", "pendigits", "semeion"]
    assert not any(row["here"] for row in rows)


# --- the whole ---


@pytest.mark.parametrize("command", ["read examples", "models --json", "--version"])
def test_answers_that_would_go_nowhere_are_said(command: str) -> None:
    done = subprocess.run(
        ["bash", "-c", f'exec "$@" {command} >&-', "bash", *INKDIGITS],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 9
    assert done.stderr.startswith("inkdigits: error: The standard output is closed. ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("seconds", [0.005, 0.02])
def test_an_interrupt_before_a_command_has_begun_ends_it_quietly(seconds: float) -> None:
    code = f"""
import signal
from inkdigits.cli import app
signal.signal(signal.SIGALRM, signal.default_int_handler)
signal.setitimer(signal.ITIMER_REAL, {seconds})
app.main()
"""
    done = subprocess.run(
        [sys.executable, "-c", code, "read", "-"], stdin=subprocess.PIPE, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (INTERRUPTED, b"", b"")


def test_version_help_and_completion() -> None:
    version = shell("--version")
    assert (version.returncode, version.stderr) == (0, "")
    assert version.stdout.startswith("inkdigits 0.")
    usage = shell("--help", COLUMNS="200").stdout
    assert all(command in usage for command in ("read", "serve", "data", "models"))
    assert "Exit codes: 0" in usage
    assert shell().stdout == shell("--help").stdout
    completed = shell(
        _INKDIGITS_COMPLETE="complete_bash", COMP_WORDS="inkdigits re", COMP_CWORD="1", SHELL="/bin/bash"
    )
    assert completed.stdout.split() == ["read"]


def test_help_names_every_set() -> None:
    usage = shell("evaluate", "--help", COLUMNS="400").stdout
    assert all(f"{name}," in usage for name in LOADERS)


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        ("import inkdigits", ["torch", "flask", "ray", "pydantic", "typer", "rich"]),
        ("import inkdigits.cli", ["torch", "flask", "ray", "pydantic", "granian", "rich"]),
        ("import inkdigits.server", ["torch", "ray", "typer", "rich"]),
    ],
)
def test_imports_are_light(code: str, unwanted: list[str]) -> None:
    script = f"{code}, sys; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not set(unwanted) & set(result.stdout.split())
