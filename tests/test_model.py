"""Only a verified digit model is loaded, and what it says of itself is there."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from conftest import by_anybody
from numpy.typing import NDArray

from inkdigits.errors import ModelInvalid, ModelMissing
from inkdigits.model import BATCH, CARD, OUTPUTS, PACKAGED, RISKS, Finder, Model, Refiner
from inkdigits.training.datasets import DATASETS
from inkdigits.training.shapes import scribble

ONE_MEGABYTE = 1_000_000


def with_digest(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    path.with_name(path.name + ".sha256").write_text(hashlib.sha256(data).hexdigest())
    return path


def test_the_model_in_the_package_has_a_whole_card() -> None:
    card = Model().card
    assert card.keys() == {*CARD, *RISKS, "sha256"}
    assert card["name"] == "cascade"
    assert card["temperature"] > 0
    assert card["run"]["name"] == "default"
    assert {entry["name"] for entry in card["data"]} == {"mnist", "pendigits"}
    assert card["metrics"]["test"]["mnist"] > 0.99
    assert card["sha256"] == hashlib.sha256(PACKAGED.read_bytes()).hexdigest()


@pytest.mark.parametrize("kind", [Finder, Refiner])
def test_what_finds_digits_names_all_that_it_learnt_from(kind: type[Finder | Refiner]) -> None:
    assert {entry["name"] for entry in kind().card["data"]} == set(DATASETS)


def test_smaller_risks_have_higher_thresholds() -> None:
    card = Model().card
    risks, thresholds = zip(*card["risks"], strict=True)
    assert list(risks) == sorted(set(risks))
    assert list(thresholds) == sorted(thresholds, reverse=True)
    assert 0 < thresholds[-1] <= thresholds[0] < 1
    assert card["risk"] in risks


def test_the_model_in_the_package_is_one_small_file() -> None:
    assert PACKAGED.stat().st_size <= ONE_MEGABYTE
    model = onnx.load(PACKAGED, load_external_data=False)
    assert all(tensor.data_location == onnx.TensorProto.DEFAULT for tensor in model.graph.initializer)
    (ink,) = model.graph.input
    assert ink.name == "ink"
    assert tuple(output.name for output in model.graph.output) == OUTPUTS
    sides = ink.type.tensor_type.shape.dim
    assert sides[1].dim_value == 1
    assert all(sides[axis].dim_param for axis in (0, 2, 3))


def test_telemetry_is_off() -> None:
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"


@pytest.mark.parametrize("count", [0, 1, 3, BATCH + 5])
def test_inks_of_many_sizes_answer_as_each_alone(count: int) -> None:
    random = np.random.default_rng(count)
    inks = [random.random(random.integers(1, 60, 2)).astype(np.float32) for _ in range(count)]
    model = Model()
    probabilities, exists = model.classify(inks)
    tiles = model.tiles(inks)
    assert (probabilities.shape, exists.shape, tiles.shape) == ((count, 10), (count,), (count, 28, 28))
    for place, ink in enumerate(inks):
        alone = model.classify([ink])
        np.testing.assert_allclose(alone[0][0], probabilities[place], atol=1e-5)
        np.testing.assert_allclose(alone[1][0], exists[place], atol=1e-5)
        np.testing.assert_allclose(model.tiles([ink])[0], tiles[place], atol=1e-5)


def test_a_digit_exists_and_a_tangle_does_not(seven: NDArray[np.uint8]) -> None:
    """And the network sees the digit alike wherever it stands."""
    model = Model()
    alone = seven.astype(np.float32) / 255
    ink = np.pad(alone, ((3, 20), (31, 0)))
    random = np.random.default_rng(1)
    tangles = [scribble(random).astype(np.float32) / 255 for _ in range(20)]
    probabilities, exists = model.classify([ink, *tangles])
    assert probabilities[0].argmax() == 7
    assert exists[0] > 0.9
    assert np.mean(exists[1:] < 0.5) > 0.8
    first, second = model.tiles([ink, alone])
    assert first.max() == pytest.approx(1)
    np.testing.assert_allclose(first, second, atol=1e-4)


@pytest.mark.parametrize("name", ["none.onnx", "a\0.onnx"])
def test_a_missing_model_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelMissing, match=re.escape(name)):
        Model(tmp_path / name)


def test_a_digest_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    for name in (PACKAGED.name, PACKAGED.name + ".sha256"):
        shutil.copy(PACKAGED.with_name(name), tmp_path)
    tmp_path.chmod(0o755)
    (tmp_path / f"{PACKAGED.name}.sha256").chmod(0)
    with by_anybody(tmp_path), pytest.raises(ModelInvalid, match="See that you may read"):
        Model(Path(PACKAGED.name))


def test_a_changed_model_is_refused(tmp_path: Path) -> None:
    for name in (PACKAGED.name, PACKAGED.name + ".sha256"):
        shutil.copy(PACKAGED.with_name(name), tmp_path)
    path = tmp_path / PACKAGED.name
    assert Model(path).card["name"] == "cascade"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelInvalid, match="SHA-256"):
        Model(path)


def test_a_model_without_its_digest_is_refused(tmp_path: Path) -> None:
    shutil.copy(PACKAGED, tmp_path)
    with pytest.raises(ModelInvalid, match=r"has no SHA-256 beside it in digits\.onnx\.sha256"):
        Model(tmp_path / PACKAGED.name)


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelInvalid, match="cannot be loaded"):
        Model(with_digest(tmp_path / "text.onnx", b"no model at all"))


def test_a_model_with_other_answers_is_refused(tmp_path: Path) -> None:
    model = onnx.load(PACKAGED)
    del model.graph.output[1]
    with pytest.raises(ModelInvalid, match="not a digit model"):
        Model(with_digest(tmp_path / "other.onnx", model.SerializeToString()))


def test_a_model_of_something_else_is_refused(tmp_path: Path) -> None:
    bare = onnx.load(PACKAGED)
    bare.ClearField("metadata_props")
    with pytest.raises(ModelInvalid, match="not a digit model"):
        Model(with_digest(tmp_path / "bare.onnx", bare.SerializeToString()))
