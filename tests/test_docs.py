"""What the docs say is true: every example is run, every table compared."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from inkdigits.cli.app import EXIT_CODES
from inkdigits.cli.app import app as commandline
from inkdigits.errors import InkdigitsError
from inkdigits.model import PACKAGED, Model
from inkdigits.server.contract import KINDS
from inkdigits.training.run import load_run
from inkdigits.training.variants import FORMS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
REFERENCE = (ROOT / "docs" / "reference.md").read_text("utf-8")
FINDER_CARD = (ROOT / "docs" / "finder-card.md").read_text("utf-8")
DATA_CARD = (ROOT / "docs" / "data-card.md").read_text("utf-8")
CONTAINER = (ROOT / "deploy" / "container" / "README.md").read_text("utf-8")
MODEL_CARD = (ROOT / "docs" / "model-card.md").read_text("utf-8")


@pytest.fixture
def at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def commands() -> Iterator[tuple[str, str]]:
    """Each command of the README's consoles, with what it is said to print."""
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL):
        for piece in block.split("$ ")[1:]:
            command, _, output = piece.partition("\n")
            yield command, output.strip()


@pytest.mark.usefixtures("at_root")
def test_the_library_examples_are_true() -> None:
    results = doctest.testfile(str(ROOT / "README.md"), module_relative=False, verbose=False)
    assert results.attempted >= 7
    assert results.failed == 0


@pytest.mark.usefixtures("at_root")
@pytest.mark.parametrize(("command", "output"), list(commands()))
def test_the_shell_examples_are_true(command: str, output: str, server: str) -> None:
    places = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    done = subprocess.run(
        ["bash", "-c", command.replace("http://127.0.0.1:8000", server)],
        capture_output=True, text=True, check=False, env=os.environ | {"PATH": places},
    )  # fmt: skip
    assert done.stdout.strip() == output, done.stderr


def test_the_readme_opens_with_the_two_commands() -> None:
    first = re.search(r"```sh\n(.*?)```", README, re.DOTALL)
    assert first is not None
    assert [line.split("#")[0].strip() for line in first[1].splitlines()] == ["make run", "make test"]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in set(re.findall(r"\bmake (\w+)\b(?= |`|$)", README, re.MULTILINE)) - {"anew"}:
        assert f"\n{target}:" in makefile, target


def test_every_link_leads_somewhere() -> None:
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")):
        for link in re.findall(r"\]\((?!http)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def kinds(kind: type[InkdigitsError]) -> Iterator[type[InkdigitsError]]:
    for one in kind.__subclasses__():
        yield from (one, *kinds(one))


def test_every_error_is_in_the_reference() -> None:
    every = list(kinds(InkdigitsError))
    assert set(KINDS.values()) < set(every)
    for kind in every:
        assert f"| `{kind.code}` | {kind.status} | {kind.exit_code} |" in REFERENCE


def test_every_route_is_in_the_reference(app: Flask) -> None:
    files = re.compile(r"/assets/.*|/[\w-]+\.\w+")
    for rule in app.url_map.iter_rules():
        method = "POST" if "POST" in (rule.methods or ()) else "GET"
        if not files.fullmatch(rule.rule):
            assert f"| `{method} {rule.rule}` |" in REFERENCE


def test_every_exit_code_is_in_the_reference() -> None:
    for entry in EXIT_CODES.removeprefix("Exit codes: ").split(" · "):
        code, meaning = entry.split(" ", 1)
        assert re.search(rf"^\| {code} \| {meaning}", REFERENCE, re.MULTILINE), entry


def test_the_model_card_is_of_the_model_in_the_package() -> None:
    card = Model().card
    assert card["sha256"] in MODEL_CARD
    assert f"{card['parameters']:,} parameters" in MODEL_CARD
    assert f"{PACKAGED.stat().st_size:,} bytes" in MODEL_CARD
    assert f"{card['temperature']:.3f}" in MODEL_CARD
    for share in card["metrics"]["test"].values():
        assert f"{share:.2%}".replace("%", " %") in MODEL_CARD


def test_the_cards_count_the_drawn_forms() -> None:
    assert f" {len(FORMS)} forms of them " in FINDER_CARD
    assert f" {len(FORMS)} more forms " in DATA_CARD


def test_the_readme_names_every_command() -> None:
    listed = re.search(r"lists the other commands and the exit codes:\s+(.*?)\.\n", README, re.DOTALL)
    assert listed is not None
    named = {"read", "batch", *re.findall(r"`(\w+)`", listed[1])}
    groups = [group.name for group in commandline.registered_groups]
    assert named == {
        *groups,
        *(one.name or getattr(one.callback, "__name__", None) for one in commandline.registered_commands),
    }


def test_the_runs_that_the_container_is_told_to_do_have_what_they_begin_with() -> None:
    told = re.search(r"`INKDIGITS_RUNS='([^']+)'`", CONTAINER)
    assert told is not None
    done = {"out"}
    for name in told[1].split():
        run = load_run(ROOT / "runs" / f"{name}.toml")
        assert {Path(path).parent.name for path in (run.start, *run.cascade) if path} <= done
        done.add(name)
