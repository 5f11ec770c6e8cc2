"""Evaluations count rightly, and say so as text, JSON and a picture."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from conftest import Runner
from numpy.typing import NDArray
from PIL import Image
from rich.console import Console
from test_cli_read import large

from inkdigits import Reader
from inkdigits.evaluation.evaluate import evaluate
from inkdigits.evaluation.labelled import Sample
from inkdigits.evaluation.score import score
from inkdigits.model import PACKAGED
from inkdigits.training.corpus import Corpus, Drawn, split_pictures
from inkdigits.training.datasets import Pictures
from inkdigits.training.pipeline import make_model
from inkdigits.training.run import Data, Run
from inkdigits.training.summary import USELESS

SEVEN = [[[0, 0], [50, 0], [50, 2], [20, 90]], [[12, 45], [50, 45]]]
ONE = [[[0, 0], [0, 80]]]


@pytest.fixture
def folder(tmp_path: Path, mnist: Pictures) -> Path:
    """Pictures with labels, one of them wrong."""
    rows = ["file\tlabel\tkind"]
    for place in range(12):
        Image.fromarray(mnist.images[place]).save(tmp_path / f"{place}.png")
        label = (int(mnist.labels[place]) + (place == 3)) % 10
        rows.append(f"{place}.png\t{label}\tcanvas")
    (tmp_path / "labels.tsv").write_text("\n".join(rows))
    return tmp_path


def test_answers_are_counted(reader: Reader) -> None:
    samples = [Sample(SEVEN, "7", "a"), Sample(ONE, "1", "b"), Sample(SEVEN, "2", "c"), Sample([], "4", "d")]
    done: list[int] = []
    result = evaluate(reader, "few", samples, done.append)
    assert done == [1, 2, 3, 4]
    assert (result.count, result.correct.part, result.accuracy) == (4, 2, 0.5)
    assert result.per_class[7] == 1
    assert result.per_class[2] == 0
    assert result.per_class[0] is None
    assert result.confusion[2, 7] == 1
    assert result.confusion[4, 10] == 1
    assert [mistake.sample.name for mistake in result.mistakes] == ["c", "d"]


def test_a_folder_with_labels_is_evaluated(runner: Runner, folder: Path) -> None:
    png = folder / "report.png"
    outcome = runner("evaluate", folder, "--json", "--png", png)
    assert outcome.code == 0
    result = json.loads(outcome.out)
    assert (result["count"], result["correct"]) == (12, 11)
    assert result["interval"][0] < 11 / 12 < result["interval"][1]
    assert 0 <= result["calibration_error"] <= 1
    assert result["risk_at_coverage"]["1.0"] == pytest.approx(1 / 12)
    assert [mistake["name"] for mistake in result["mistakes"]] == ["3.png"]
    with Image.open(png) as picture:
        assert picture.format == "PNG"
        assert np.asarray(picture).std() > 5


def test_text_names_accuracy_confusions_and_mistakes(runner: Runner, folder: Path) -> None:
    outcome = runner("evaluate", folder)
    assert "11 of 12 right, 91.67 %" in outcome.out
    assert "3.png: 1 read as 0" in outcome.out
    assert "read as" in outcome.out


def test_the_report_is_one_file_with_everything_in_it(runner: Runner, folder: Path) -> None:
    html = folder / "report.html"
    assert runner("evaluate", folder, "--html", html).code == 0
    page = html.read_text("utf-8")
    assert "91.67 %" in page
    assert page.count('src="data:image/png;base64,') == 1
    assert not re.findall(r'(?:src|href)="(?!data:|#)', page)


def test_the_report_says_nothing_of_what_was_not_answered(runner: Runner, folder: Path) -> None:
    html = folder / "report.html"
    assert runner("evaluate", folder, "--risk", 0, "--html", html).code == 0
    assert "<td>0.00 %</td><td></td>" in html.read_text("utf-8")
    for place in range(12):
        (folder / f"{place}.png").write_text("no picture")
    assert runner("evaluate", folder, "--html", html).code == 0
    assert "<td></td><td></td>" in html.read_text("utf-8")


def test_the_reports_wide_table_moves_within_a_narrow_window(runner: Runner, folder: Path) -> None:
    html = folder / "report.html"
    assert runner("evaluate", folder, "--html", html).code == 0
    page = html.read_text("utf-8")
    assert ".wide { overflow-x: auto; }" in page
    assert '<div class="wide">\n<table>\n<thead><tr><th>set</th>' in page


def test_what_shows_no_digit_is_right_to_decline(reader: Reader) -> None:
    result = evaluate(reader, "some", [Sample(SEVEN, "7", "a"), Sample([], "", "b")], lambda _: None)
    assert result.accuracy == 1
    assert result.auroc == 1
    assert result.confusion.sum() == 1
    assert result.risks[1.0] == 0


def test_columns_of_the_table_are_groups(runner: Runner, folder: Path) -> None:
    text = (folder / "labels.tsv").read_text().replace("3.png\t1\tcanvas", "3.png\t1\tphoto")
    (folder / "labels.tsv").write_text(text)
    groups = json.loads(runner("evaluate", folder, "--json").out)["groups"]
    assert {name: (share["part"], share["count"]) for name, share in groups.items()} == {
        "kind canvas": (11, 11),
        "kind photo": (0, 1),
    }
    assert re.search("kind photo +0 of 1", runner("evaluate", folder).out)


def test_what_the_caller_knows_reaches_the_reader(runner: Runner, folder: Path) -> None:
    """Asked for two digits, it can read none of these rightly; and at no risk it may answer none."""
    assert json.loads(runner("evaluate", folder, "--count", 2, "--json").out)["correct"] == 0
    assert json.loads(runner("evaluate", folder, "--samples", 5, "--json").out)["count"] == 5
    strict = json.loads(runner("evaluate", folder, "--risk", 0, "--json").out)
    assert (strict["answered"]["part"], strict["correct"]) == (0, 11)
    guessed = json.loads(runner("evaluate", folder, "--no-decline", "--json").out)
    assert (guessed["answered"]["part"], guessed["wrong"]["part"]) == (12, 1)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--risk", 2], "--risk cannot be 2"),
        (["--risk", "nan"], "--risk cannot be nan: it is a share from 0 to 1"),
        (["--risk", 0.1, "--no-decline"], "exclude each other"),
    ],
)
def test_a_risk_that_cannot_be_is_refused(
    runner: Runner, folder: Path, options: list[object], said: str
) -> None:
    outcome = runner("evaluate", folder, *options)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err


def test_a_set_that_names_what_is_not_there_is_no_result(runner: Runner, folder: Path) -> None:
    (folder / "3.png").unlink()
    outcome = runner("evaluate", folder)
    assert (outcome.code, outcome.out) == (5, "")
    assert f"{folder / 'labels.tsv'}, line 5: there is no picture {folder / '3.png'}" in outcome.err


def test_a_name_in_a_set_does_nothing_to_a_terminal(runner: Runner, folder: Path) -> None:
    (folder / "3.png").rename(folder / "\x1b[2J.png")
    text = (folder / "labels.tsv").read_text().replace("3.png", "\x1b[2J.png")
    (folder / "labels.tsv").write_text(text)
    assert "  \\x1b[2J.png: 1 read as 0" in runner("evaluate", folder).out


@pytest.mark.parametrize("taken", ["labels.tsv", "0.png"])
def test_a_report_does_not_take_the_place_of_what_is_measured(
    runner: Runner, folder: Path, taken: str
) -> None:
    before = (folder / taken).read_bytes()
    outcome = runner("evaluate", folder, "--samples", 1, "--html", folder / "b" / ".." / taken)
    assert (outcome.code, outcome.out) == (9, "")
    assert "is part of what is measured" in outcome.err
    assert (folder / taken).read_bytes() == before


def test_two_reports_have_two_names(runner: Runner, folder: Path) -> None:
    outcome = runner("evaluate", folder, "--html", folder / "out", "--png", folder / "out")
    assert (outcome.code, outcome.out) == (9, "")
    assert "another report" in outcome.err


def test_a_missing_set_is_named(runner: Runner, tmp_path: Path) -> None:
    assert runner("evaluate", "nowhere").code == 5
    (tmp_path / "labels.tsv").write_text("file\tlabel\n")
    assert "labels.tsv holds no samples" in runner("evaluate", tmp_path).err
    assert "fog" in runner("evaluate", "mnist-c/sun").err
    assert "scribbles" in runner("evaluate", "non-digits/cats").err
    assert "validation" in runner("evaluate", "mnist/1").err
    assert "alone" in runner("evaluate", "pendigits/1").err
    outcome = runner("evaluate", "mnist", "--data", tmp_path)
    assert outcome.code == 5
    assert "inkdigits data fetch mnist" in outcome.err


def test_what_is_not_there_is_said_before_anything_is_measured(runner: Runner, folder: Path) -> None:
    outcome = runner("evaluate", folder, "nowhere", "--html", folder / "new" / "report.html")
    assert (outcome.code, outcome.out) == (5, "")
    assert "There is no set 'nowhere'" in outcome.err
    assert not (folder / "new").exists()


@pytest.mark.parametrize("option", ["--png", "--html"])
def test_a_report_that_cannot_be_written_is_said_before_anything_is_measured(
    runner: Runner, folder: Path, option: str
) -> None:
    for name in (folder / "3.png" / "report", folder):
        outcome = runner("evaluate", folder, option, name)
        assert (outcome.code, outcome.out) == (9, "")
        assert f"{name} cannot be written: " in outcome.err


def test_a_picture_that_cannot_be_read_is_a_mistake_and_no_end(runner: Runner, folder: Path) -> None:
    (folder / "5.png").write_bytes((folder / "5.png").read_bytes()[:-40])
    png, html = folder / "report.png", folder / "report.html"
    outcome = runner("evaluate", folder, "--json", "--png", png, "--html", html)
    assert (outcome.code, outcome.err) == (0, "")
    told = json.loads(outcome.out)
    assert (told["correct"], told["answered"]["count"]) == (10, 11)
    assert [(one["name"], one["error"]) for one in told["unread"]] == [("5.png", "truncated_image")]
    assert [one["name"] for one in told["mistakes"]] == ["3.png"]
    assert "83.33 %" in html.read_text("utf-8")
    assert "1: 5.png (truncated_image)" in html.read_text("utf-8")
    assert png.stat().st_size > 0
    assert "could not be read         1: 5.png (truncated_image)\n" in runner("evaluate", folder).out


def test_where_nothing_can_be_read_there_is_a_report_all_the_same(runner: Runner, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("no picture")
    (tmp_path / "labels.tsv").write_text("file\tlabel\na.png\t7\na.png\t\n")
    png, html = tmp_path / "report.png", tmp_path / "report.html"
    outcome = runner("evaluate", tmp_path, "--png", png, "--html", html)
    assert (outcome.code, outcome.err) == (0, "")
    assert "0 of 2 right" in outcome.out
    assert "2: a.png (not_an_image), a.png (not_an_image)" in html.read_text("utf-8")
    for absent in ("declined", "calibration error", "surest"):
        assert absent not in outcome.out


def test_pictures_may_be_as_large_as_those_that_are_read(
    runner: Runner, folder: Path, seven: NDArray[np.uint8]
) -> None:
    large(folder, seven)
    (folder / "labels.tsv").write_text("file\tlabel\nlarge.bmp\t7\nlarge.bmp\t1\n")
    result = json.loads(runner("evaluate", folder, "--json", "--png", folder / "report.png").out)
    assert (result["correct"], result["answered"]["part"]) == (1, 2)


def samples_of(held: Pictures) -> dict[str, list[Sample]]:
    pairs = zip(held.images, held.labels, strict=True)
    return {"mnist": [Sample(image, str(label), "test") for image, label in pairs]}


def test_a_network_is_scored_alone(wrong_model: Path, mnist: Pictures) -> None:
    """As a reader's it would be helped by the finder, which is right."""
    tests = samples_of(Pictures(mnist.images[:40], mnist.labels[:40])) | {
        "strokes": [Sample(SEVEN, "7", "a")]
    }
    assert score(PACKAGED, tests, Console(quiet=True)) == {"mnist": 1, "strokes": 1}
    assert score(wrong_model, tests, Console(quiet=True)) == {"mnist": 0, "strokes": 0}


def test_a_run_whose_model_is_of_no_use_says_so_whatever_its_name(mnist: Pictures, tmp_path: Path) -> None:
    """It learns labels that are all another digit's, so that on validation data it is surely wrong."""
    learnt, held = split_pictures(mnist, Data(mnist_validation=60))
    other = Pictures(learnt.images, (learnt.labels + 1) % 10)
    corpus = Corpus((Drawn(other),), {"mnist": Drawn(held)})
    run = Run(
        name="exp[v2]", network="simple", epochs=6, batch=32, learning_rate=3e-3, data=Data(pendigits=False)
    )
    said = StringIO()
    console = Console(file=said, soft_wrap=True)
    make_model(run, corpus, lambda made: score(made, samples_of(held), console), tmp_path, console)
    first, second = said.getvalue().splitlines()[-2:]
    assert first.startswith("exp[v2]: validation mnist ")
    assert second == f"exp[v2]: {USELESS}"


def test_a_run_makes_a_model_that_reads(mnist: Pictures, tmp_path: Path, runner: Runner) -> None:
    run = Run(
        name="small", network="simple", epochs=12, batch=32, learning_rate=3e-3, data=Data(pendigits=False)
    )
    learnt, held = split_pictures(mnist, Data(mnist_validation=60))
    corpus = Corpus((Drawn(learnt),), {"mnist": Drawn(held)})
    tests = samples_of(held)
    quiet = Console(quiet=True)
    model = make_model(run, corpus, lambda made: score(made, tests, quiet), tmp_path, quiet)
    card = Reader(model).model.card
    assert card["run"]["network"] == "simple"
    assert card["metrics"]["validation"]["mnist"] > 0.7
    assert card["metrics"]["test"]["mnist"] == pytest.approx(card["metrics"]["validation"]["mnist"], abs=0.05)
    Image.fromarray(mnist.images[0]).save(tmp_path / "seven.png")
    assert runner("read", tmp_path / "seven.png", "--model", model).out.startswith("7")
    again = tmp_path / "again.onnx"
    assert runner("export", tmp_path / "final.safetensors", again).code == 0
    assert again.read_bytes() == model.read_bytes()


def test_training_without_data_says_how_to_get_it(runner: Runner, tmp_path: Path) -> None:
    runs = Path(__file__).parent.parent / "runs"
    outcome = runner("train", "--run", runs / "digits.toml", "--data", tmp_path, "--out", tmp_path / "out")
    assert outcome.code == 5
    assert "inkdigits data fetch" in outcome.err
    assert not (tmp_path / "out").exists()
