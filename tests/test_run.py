"""Run files say what is trained; what they get wrong is named."""

from __future__ import annotations

import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest

from inkdigits.errors import RunError
from inkdigits.training.augment import Augmentation
from inkdigits.training.run import Data, Run, load_run, run_from
from inkdigits.training.summary import differing, figures

RUNS = Path(__file__).parent.parent / "runs"


@pytest.mark.parametrize("path", sorted(RUNS.glob("*.toml")), ids=lambda path: path.name)
def test_every_run_file_is_valid(path: Path) -> None:
    assert load_run(path).name == path.stem


def test_what_is_left_out_keeps_its_default(tmp_path: Path) -> None:
    path = tmp_path / "short.toml"
    path.write_text('network = "dense"\n[data]\nlimit = 9\n')
    run = load_run(path)
    assert (run.network, run.data.limit) == ("dense", 9)
    assert run.augmentation == Run().augmentation


def test_a_run_survives_its_own_record() -> None:
    run = Run(epochs=3, precision="float32")
    assert run_from(run.to_dict(), "record") == run


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("epochs = ", "is not TOML"),
        ("epoch = 3", "has no 'epoch'"),
        ("epochs = 'many'", "epochs is 'many'"),
        ("epochs = true", "epochs is True"),
        ("epochs = 0", "at least 1"),
        ("name = ''", "name is ''"),
        ("name = '..'", r"name is '\.\.', which is no name of a folder"),
        ("name = 'a/b'", "name is 'a/b'"),
        ('name = "a\\u0000"', "name is 'a"),
        ("batch = 1", "batch is 1, not at least 2"),
        ("precision = 'float8'", "float8"),
        ("[data]\npens = [0.1]", "pens is"),
        ("[data]\nmnist = false\npendigits = false", "no dataset is on"),
        ("[augmentation]\nblur = 1.0", "has no 'blur'"),
        ("data = 3", "data"),
        ("network = 'finder'\n[data]\nmnist = false", "a finder learns from mnist and pendigits"),
        ("network = 'refiner'\n[data]\npendigits = false", "a refiner learns from"),
        ("network = 'refiner'", "names no finder"),
        ("network = 'inknet'\ncascade = ['a', 'b', 'c']", "cascade is"),
        ("network = 'cascade'\ncascade = ['a', 'b', '']", "cascade is"),
        ("keep_statistics = true", "keeps statistics"),
        ("seed = -1", "seed is -1, not from 0"),
        ("learning_rate = nan", "learning_rate is nan"),
        ("learning_rate = 0.0", r"learning_rate is 0\.0, not from 1e-06 to 1"),
        ("[augmentation]\nplain = 1.5", r"plain is 1\.5, not from 0 to 1"),
        ("[data]\nmnist_validation = 0", "mnist_validation is 0, not at least 1"),
        ("[data]\npendigits_validation = 0", "pendigits_validation is 0, not at least 1"),
        ("[data]\npens = [0.0, 0.1]", r"pens is 0\.0"),
        ("[data]\npens = [0.2, 0.1]", "thinner one first"),
        ("[data]\nvariants = 1.0", "variants is 1"),
        ("[data]\nvariants = -0.1", "variants is -0.1"),
        ("[data]\nhands = 9\npendigits = false", "pendigits is off"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "run.toml"
    path.write_text(text)
    with pytest.raises(RunError, match=message):
        load_run(path)


def test_the_complete_example_names_every_setting() -> None:
    (example,) = [word for word in RunError.default_remedy.split() if word.startswith("runs/")]
    table = tomllib.loads((RUNS.parent / example).read_text())
    assert {"name", "network", "seed", "epochs", "batch", "learning_rate", "precision"} <= table.keys()
    assert table["augmentation"].keys() == asdict(Augmentation()).keys()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"none\.toml cannot be read"):
        load_run(tmp_path / "none.toml")


def test_what_came_of_a_run_is_one_line() -> None:
    notes = {"calibration": {"slope": 1.2}, "validation": {"mnist": 0.9968, "foreign": 0.5}}
    assert figures(Run(), notes) == "default: validation mnist 99.68 %, foreign 50.00 %"
    tested = notes | {"test": {"mnist": 0.9965}}
    assert figures(Run(), tested) == f"{figures(Run(), notes)}; test mnist 99.65 %"


def test_what_two_runs_have_not_in_common_is_named() -> None:
    other = Run(seed=2, augmentation=Augmentation(rotation=9.0), data=Data(pens=(0.1, 0.2)))
    assert differing(Run(), Run()) == []
    assert differing(Run(), other) == ["seed", "augmentation.rotation", "data.pens"]
