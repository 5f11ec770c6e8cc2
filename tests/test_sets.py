"""Sets of a person's own: tables, boxes, arrays, drawings; and the docs name every set there is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import SEVEN_STROKES, by_anybody, png_of

from inkdigits import Reader
from inkdigits.decode import decode
from inkdigits.errors import DataError
from inkdigits.evaluation.corrupt import CORRUPTIONS
from inkdigits.evaluation.evaluate import evaluate
from inkdigits.evaluation.nondigits import KINDS
from inkdigits.evaluation.result import Evaluation, Outcome
from inkdigits.evaluation.sets import HELD, LOADERS, Spoilt, load_set, some_of
from inkdigits.model import PACKAGED, Model
from inkdigits.training.datasets import Pictures
from inkdigits.types import Box

ONE = [[[0, 0], [0, 80]]]


def test_boxes_are_found_where_they_overlap_by_half(tmp_path: Path, seven_png: bytes) -> None:
    (tmp_path / "a.png").write_bytes(seven_png)
    row = {"file": "a.png", "label": "77", "boxes": [[7, 0, 0, 10, 10], [7, 20, 0, 10, 10]]}
    (tmp_path / "labels.jsonl").write_text(json.dumps(row) + "\n")
    (sample,) = load_set(str(tmp_path))
    assert (sample.label, sample.boxes[1]) == ("77", Box(20, 0, 10, 10))
    result = Evaluation("boxes", (Outcome(sample, "77", 0.9, None, (Box(1, 0, 10, 9), Box(26, 0, 10, 10))),))
    assert (result.boxes.part, result.boxes.count) == (1, 2)


def test_arrays_are_evaluated(reader: Reader, mnist: Pictures, tmp_path: Path) -> None:
    path = tmp_path / "some.npz"
    np.savez(path, images=mnist.images[:20], labels=mnist.labels[:20].astype(np.uint8))
    result = evaluate(reader, "arrays", load_set(str(path)), lambda _: None)
    assert (result.correct.part, result.count) == (20, 20)


def test_strokes_in_a_file_are_evaluated(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "strokes.jsonl"
    path.write_text(
        "".join(
            json.dumps({"label": label, "strokes": strokes}) + "\n"
            for label, strokes in [(7, SEVEN_STROKES), (1, ONE)]
        )
    )
    assert evaluate(reader, "strokes", load_set(str(path)), lambda _: None).accuracy == 1


def test_labels_mean_the_same_in_every_file(tmp_path: Path, mnist: Pictures, seven_png: bytes) -> None:
    (tmp_path / "a.png").write_bytes(seven_png)
    (tmp_path / "labels.tsv").write_text("file\tlabel\na.png\t7|2 0\n")
    for name in ("commas", "objects"):
        (tmp_path / name).mkdir()
    (tmp_path / "commas" / "labels.csv").write_text("label,file\n7|2 0,../a.png\n")
    (tmp_path / "objects" / "labels.jsonl").write_text('{"file": "../a.png", "label": "7|2 0"}\n')
    (tmp_path / "set.jsonl").write_text(json.dumps({"label": "7|2 0", "strokes": ONE}))
    np.savez(tmp_path / "set.npz", images=mnist.images[:1], labels=["7|2 0"])
    for name in ("", "commas", "objects", "set.jsonl", "set.npz"):
        (sample,) = load_set(str(tmp_path / name))
        assert (sample.label, sample.lines) == ("720", ("7", "20"))


def test_folders_named_by_digits_label_their_pictures(
    reader: Reader, tmp_path: Path, seven_png: bytes, mnist: Pictures
) -> None:
    pictures = {"2/b.png": png_of(mnist.images[1]), "7/a.png": seven_png, "7/deeper/a.PNG": seven_png}
    for name, picture in {**pictures, "7/notes.txt": b"", "others/c.png": seven_png}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(picture)
    samples = load_set(str(tmp_path))
    assert [(sample.name, sample.label) for sample in samples] == [(name, name[0]) for name in pictures]
    assert evaluate(reader, "folders", samples, lambda _: None).accuracy == 1


def test_a_folder_without_labels_is_told_from_one_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "7").mkdir()
    said = r"holds no labels\.tsv, labels\.csv or labels\.jsonl, nor pictures in folders 0 to 9\. Put"
    with pytest.raises(DataError, match=f"{tmp_path} {said}"):
        load_set(str(tmp_path))
    with pytest.raises(DataError, match="There is no set"):
        load_set(str(tmp_path / "none"))


def test_empty_lines_are_passed_over(tmp_path: Path) -> None:
    drawing = json.dumps({"label": 1, "strokes": ONE})
    (tmp_path / "set.jsonl").write_text(f"\n{drawing}\n \n{drawing}\n\n")
    names = [sample.name for sample in load_set(str(tmp_path / "set.jsonl"))]
    assert names == ["set.jsonl:2", "set.jsonl:4"]


@pytest.mark.parametrize("label", [7, 7.0, "7"])
def test_labels_may_be_whole_numbers(
    tmp_path: Path, mnist: Pictures, seven_png: bytes, label: int | float | str
) -> None:
    (tmp_path / "a.png").write_bytes(seven_png)
    row = {"file": "a.png", "label": label, "strokes": ONE}
    for name in ("labels.jsonl", "set.jsonl"):
        (tmp_path / name).write_text(json.dumps(row))
    np.savez(tmp_path / "set.npz", images=mnist.images[:1], labels=[label])
    for name in ("", "set.jsonl", "set.npz"):
        (sample,) = load_set(str(tmp_path / name))
        assert (sample.label, sample.lines) == ("7", ())


def test_numbers_are_compared_whole(reader: Reader, mnist: Pictures, tmp_path: Path) -> None:
    for place in range(2):
        (tmp_path / f"{place}.png").write_bytes(png_of(mnist.images[place]))
    (tmp_path / "labels.tsv").write_text("file\tlabel\n0.png\t7|2\n1.png\t2\n")
    result = evaluate(reader, "numbers", load_set(str(tmp_path)), lambda _: None)
    assert (result.correct.part, result.count) == (1, 2)
    assert result.mistakes[0].sample.label == "72"


@pytest.mark.parametrize(
    "rows", ["a.png\t7\t9\na.png\t2\n", "a.png\t7\t\na.png\t2\n", "a.png\t7\na.png\t2\t\n"]
)
def test_cells_without_a_column_are_passed_over(tmp_path: Path, seven_png: bytes, rows: str) -> None:
    (tmp_path / "a.png").write_bytes(seven_png)
    (tmp_path / "labels.tsv").write_text(f"file\tlabel\n{rows}")
    assert [(sample.label, sample.groups) for sample in load_set(str(tmp_path))] == [("7", ()), ("2", ())]


def test_the_validation_part_is_what_the_packaged_model_was_validated_on() -> None:
    assert Model(PACKAGED).card["run"]["data"]["mnist_validation"] == HELD


def test_the_docs_name_every_set() -> None:
    docs = (Path(__file__).parent.parent / "docs" / "evaluation.md").read_text("utf-8")
    for name in LOADERS:
        assert f"`{name}`" in docs
    for kind in KINDS:
        assert f"| `{kind}` |" in docs
    assert ", ".join(CORRUPTIONS) in docs


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("labels.tsv", "file\tlabel\na.png\n"),
        ("labels.tsv", "picture\tdigit\na.png\t7\n"),
        ("labels.tsv", 'file\tlabel\na.png\t"7' + "0" * 200_000),
        ("set.jsonl", "{}\n"),
        ("set.jsonl", '{"label": 12}\n'),
        ("set.jsonl", "no json\n"),
        ("set.jsonl", "[1]\n"),
        ("labels.jsonl", '{"file": "a.png"}\n'),
        ("set.jsonl", "[" * 100_000 + "\n"),
        ("set.npz", "no arrays"),
        ("set.npz", ""),
    ],
)
def test_a_malformed_set_is_refused(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(DataError, match=name):
        load_set(str(tmp_path if name.startswith("labels.") else tmp_path / name))


def boxed(boxes: str) -> str:
    """A line with these boxes."""
    return f'{{"file": "a.png", "label": "1", "boxes": {boxes}}}\n'


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("labels.tsv", "file\tlabel\na.png\t7\ngone.png\t7\n", "labels.tsv, line 3: there is no picture"),
        ("labels.tsv", "file\tlabel\na.png\t7\na.png\tseven\n", "line 3: the label 'seven' has no digit"),
        ("labels.tsv", "file\tlabel\n\na.png\n", "labels.tsv, line 3: it lacks a file or a label"),
        ("labels.tsv", "file\tdigit\na.png\t7\n", "labels.tsv, line 1: it does not name the columns"),
        ("labels.jsonl", '{"file": "gone.png", "label": "7"}\n', "line 1 .*there is no picture .*gone.png"),
        ("labels.jsonl", '{"file": "a.png", "label": "seven"}\n', "line 1 .*the label 'seven' has no digit"),
        ("set.jsonl", '{"label": "seven", "strokes": []}\n', "line 1 .*the label 'seven' has no digit"),
        ("set.jsonl", '{"label": null, "strokes": []}\n', "line 1 .*the label None is neither text nor"),
        ("set.jsonl", "7\n", r"line 1 .*\(it is no object\)"),
        ("set.jsonl", '{"label": 7}\n', r"line 1 .*\(it lacks 'strokes'\)"),
        ("set.jsonl", '{"label": 7, "strokes": "a.png"}\n', r"line 1 .*\(its strokes are no list\)"),
        ("set.jsonl", '\n\r\n{"label":\n', r"byte 3: line 3 .*\(Expecting value\)"),
        ("labels.csv", "file\tlabel\na.png\t7\n", "labels.csv, line 1: it does not name the columns"),
        ("labels.tsv", "file\tlabel\n\t7\n", "line 2: the file '' is no name of a picture"),
        ("labels.jsonl", '{"file": 3, "label": 7}\n', "the file 3 is no name of a picture"),
        ("labels.jsonl", boxed("3"), "its boxes are 3, not a list"),
        ("labels.jsonl", boxed("[3]"), "the box 3 is not .digit, x, y, width, height."),
        ("labels.jsonl", boxed("[[1, 2]]"), r"the box \[1, 2\] is not"),
        ("labels.jsonl", boxed("[[1, 0, 0, 1e999, 2]]"), "the box .* is not"),
        ("labels.jsonl", boxed('[[1, 0, 0, "a", 2]]'), "the box .* is not"),
        ("labels.jsonl", boxed("[[9, 5, 0, -3, 9]]"), "the box .* is less than a pixel wide or high"),
        ("labels.jsonl", boxed("[[9, 5, 0, 3, 0.5]]"), "the box .* is less than a pixel wide or high"),
        ("labels.jsonl", boxed('[["7", 5, 0, 3, 9]]'), "'7' in the box .* is no digit"),
        ("labels.tsv", 'file\tlabel\na.png\t7\na.png\t"7\na.png\t7\n', "line 3: unexpected end of data"),
        ("labels.tsv", "file\tlabel\n", "labels.tsv holds no samples. Give each picture a line"),
        ("labels.jsonl", "", "labels.jsonl holds no samples. Give a line like .*boxes"),
        ("set.jsonl", "", "set.jsonl holds no samples. Give a line like .*strokes"),
        ("set.npz", "file", "it is no .npz"),
    ],
)
def test_what_is_wrong_with_a_set_is_named(
    tmp_path: Path, seven_png: bytes, name: str, text: str, said: str
) -> None:
    (tmp_path / "a.png").write_bytes(seven_png)
    (tmp_path / name).write_text(text)
    with pytest.raises(DataError, match=said):
        load_set(str(tmp_path if name.startswith("labels.") else tmp_path / name))


@pytest.mark.parametrize("closed", ["set", "set/7", "set.npz"])
def test_what_may_not_be_read_of_a_set_is_named(tmp_path: Path, seven_png: bytes, closed: str) -> None:
    (tmp_path / "set" / "7").mkdir(parents=True)
    (tmp_path / "set" / "7" / "a.png").write_bytes(seven_png)
    (tmp_path / "set.npz").touch()
    tmp_path.chmod(0o755)
    (tmp_path / closed).chmod(0)
    with (
        by_anybody(tmp_path),
        pytest.raises(DataError, match=f"{closed}.*(cannot be read|Permission denied)"),
    ):
        load_set(closed.removesuffix("/7"))
    (tmp_path / closed).chmod(0o755)


def test_an_empty_label_says_that_there_is_nothing_to_read(tmp_path: Path, blank_png: bytes) -> None:
    (tmp_path / "a.png").write_bytes(blank_png)
    (tmp_path / "labels.tsv").write_text("file\tlabel\na.png\t\na.png\t | \n", "utf-8-sig")
    assert [sample.label for sample in load_set(str(tmp_path))] == ["", ""]


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ([7], "it holds 2 images and 1 labels"),
        (["7", "seven"], "the label 'seven' has no digit"),
        ([7, 0.5], "the label 0.5 is neither text nor a whole number"),
        ([-1, 7], "the label -1 is neither"),
        ([True, False], "the label True is neither"),
        ([[0, 1], [1, 0]], r"the label \[0, 1\] is neither"),
        (7, "it holds 2 images and 1 labels"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(
    tmp_path: Path, mnist: Pictures, labels: list[Any], said: str
) -> None:
    np.savez(tmp_path / "set.npz", images=mnist.images[:2], labels=np.array(labels))
    with pytest.raises(DataError, match=f"set.npz holds no pictures with labels: {said}") as caught:
        load_set(str(tmp_path / "set.npz"))
    assert "zip()" not in caught.value.message


@pytest.mark.parametrize("shape", [(2, 784), (2, 28, 28, 1)])
def test_arrays_of_another_shape_are_refused(tmp_path: Path, mnist: Pictures, shape: tuple[int, ...]) -> None:
    np.savez(tmp_path / "set.npz", images=mnist.images[:2].reshape(shape), labels=[7, 2])
    with pytest.raises(DataError, match="its images are uint8 and have the shape"):
        load_set(str(tmp_path / "set.npz"))


def test_arrays_of_other_numbers_are_refused(tmp_path: Path, mnist: Pictures) -> None:
    np.savez(tmp_path / "set.npz", images=mnist.images[:2] / 255, labels=[7, 2])
    with pytest.raises(DataError, match="its images are float64"):
        load_set(str(tmp_path / "set.npz"))


def test_arrays_that_are_missing_or_none_are_named(tmp_path: Path, mnist: Pictures) -> None:
    np.savez(tmp_path / "set.npz", images=mnist.images[:2])
    with pytest.raises(DataError, match="it lacks `labels`"):
        load_set(str(tmp_path / "set.npz"))
    np.savez(tmp_path / "set.npz", images=mnist.images[:0], labels=mnist.labels[:0])
    with pytest.raises(DataError, match=r"set.npz holds no samples\. Save `images`"):
        load_set(str(tmp_path / "set.npz"))


def test_damaged_arrays_are_refused(tmp_path: Path, mnist: Pictures) -> None:
    np.savez_compressed(tmp_path / "set.npz", images=mnist.images[:50], labels=mnist.labels[:50])
    data = bytearray((tmp_path / "set.npz").read_bytes())
    data[2000:2400] = bytes(400)
    (tmp_path / "set.npz").write_bytes(data)
    with pytest.raises(DataError, match=r"set.npz holds no pictures with labels"):
        load_set(str(tmp_path / "set.npz"))


def test_spoilt_pictures_are_made_when_asked_for_and_always_the_same(mnist: Pictures) -> None:
    few = Pictures(mnist.images[:3], mnist.labels[:3])
    spoilt = Spoilt(few, ("identity", "fog"))
    assert [sample.name for sample in spoilt] == [
        f"{kind} {place}" for kind in spoilt.kinds for place in range(3)
    ]
    assert list(spoilt) == spoilt[:] == [spoilt[place] for place in range(6)]
    assert (spoilt[4].label, spoilt[4].groups) == ("2", ("fog",))
    np.testing.assert_array_equal(decode(spoilt[1].source).pixels * 255, few.images[1])


def test_of_many_spoilt_pictures_only_those_chosen_are_made(mnist: Pictures) -> None:
    """No kind of this name is known, so making one raises."""
    none = Pictures(mnist.images, mnist.labels)
    assert some_of(Spoilt(none, ("none",)), 0) == []
    with pytest.raises(KeyError):
        some_of(Spoilt(none, ("none",)), 1)
    assert some_of(Spoilt(none, ("fog", "stripe")), 4) == some_of(list(Spoilt(none, ("fog", "stripe"))), 4)
