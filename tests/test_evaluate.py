"""Evaluations count rightly, and say so as text, JSON and a picture."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from conftest import Runner
from PIL import Image
from rich.console import Console

from inkdigits import Reader
from inkdigits.errors import DataError
from inkdigits.training.corpus import Corpus, Drawn, split_pictures
from inkdigits.training.datasets import Pictures
from inkdigits.training.evaluate import evaluate
from inkdigits.training.pipeline import make_model
from inkdigits.training.run import Data, Run
from inkdigits.training.sets import Sample, load_set

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
    assert (result.count, result.correct, result.accuracy) == (4, 2, 0.5)
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


def test_what_shows_no_digit_is_right_to_decline(reader: Reader) -> None:
    result = evaluate(reader, "some", [Sample(SEVEN, "7", "a"), Sample([], "", "b")], lambda _: None)
    assert result.accuracy == 1
    assert result.auroc == 1
    assert result.confusion.sum() == 1
    assert result.risks[1.0] == 0


def test_numbers_are_compared_whole(reader: Reader, folder: Path) -> None:
    (folder / "labels.tsv").write_text("file\tlabel\n0.png\t7|2\n1.png\t2\n")
    result = evaluate(reader, "numbers", load_set(str(folder)), lambda _: None)
    assert (result.count, result.correct) == (2, 1)
    assert result.mistakes[0].sample.label == "72"


def test_strokes_in_a_file_are_evaluated(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "strokes.jsonl"
    path.write_text(
        "".join(
            json.dumps({"label": label, "strokes": strokes}) + "\n"
            for label, strokes in [(7, SEVEN), (1, ONE)]
        )
    )
    assert evaluate(reader, "strokes", load_set(str(path)), lambda _: None).accuracy == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("labels.tsv", "file\tlabel\na.png\n"),
        ("labels.tsv", "picture\tdigit\na.png\t7\n"),
        ("set.jsonl", "{}\n"),
        ("set.jsonl", '{"label": 12}\n'),
        ("set.jsonl", "no json\n"),
    ],
)
def test_a_malformed_set_is_refused(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(DataError, match=name):
        load_set(str(tmp_path if name == "labels.tsv" else tmp_path / name))


def test_a_missing_set_is_named(runner: Runner, tmp_path: Path) -> None:
    assert runner("evaluate", "nowhere").code == 5
    outcome = runner("evaluate", "mnist", "--data", tmp_path)
    assert outcome.code == 5
    assert "inkdigits data fetch mnist" in outcome.err


def test_a_run_makes_a_model_that_reads(mnist: Pictures, tmp_path: Path, runner: Runner) -> None:
    run = Run(
        name="small", network="simple", epochs=12, batch=32, learning_rate=3e-3, data=Data(pendigits=False)
    )
    learnt, held = split_pictures(mnist, Data(mnist_validation=60))
    corpus = Corpus((Drawn(learnt),), {"mnist": Drawn(held)})
    tests = {
        "mnist": [
            Sample(image, str(label), "test") for image, label in zip(held.images, held.labels, strict=True)
        ]
    }
    model = make_model(run, corpus, tests, tmp_path, Console(quiet=True))
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
    outcome = runner("train", "--run", runs / "default.toml", "--data", tmp_path, "--out", tmp_path / "out")
    assert outcome.code == 5
    assert "inkdigits data fetch" in outcome.err
    assert not (tmp_path / "out").exists()
