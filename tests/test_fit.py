"""A run can be killed and gone on with, exported again and served; the whole way on small data."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import full_disk
from safetensors.torch import save_file

from inkdigits import Reader
from inkdigits.errors import NotWritten, RunError
from inkdigits.training.begin import begun
from inkdigits.training.calibrate import Calibration
from inkdigits.training.checkpoint import FINAL, load_checkpoint, save_checkpoint
from inkdigits.training.clutter import TILE
from inkdigits.training.corpus import (
    Corpus,
    Drawn,
    Foreign,
    Formed,
    Written,
    split_pictures,
    split_trajectories,
)
from inkdigits.training.datasets import Pictures, Trajectories
from inkdigits.training.epochs import CHECKPOINT, LOG, pace, precision
from inkdigits.training.export import export
from inkdigits.training.fit import accuracy, fit, sizes
from inkdigits.training.networks import CLASSES, NO_DIGIT, build
from inkdigits.training.run import Data, Run
from inkdigits.training.together import share_of
from inkdigits.training.variants import FORMS

RUN = Run(name="small", network="inknet", epochs=4, batch=50, learning_rate=2e-3)


@pytest.fixture(scope="module")
def trajectories() -> Trajectories:
    """Ones and sevens by four writers."""
    one = (np.array([[5, 0], [5, 40]], np.float32),)
    seven = (np.array([[0, 0], [20, 0], [8, 40]], np.float32),)
    return Trajectories((one, seven) * 8, np.array([1, 7] * 8), np.repeat([3, 5, 8, 9], 4))


@pytest.fixture(scope="module")
def corpus(mnist: Pictures, trajectories: Trajectories) -> Corpus:
    data = Data(mnist_validation=100, pendigits_validation=1)
    learnt, held = split_pictures(mnist, data)
    trained, kept = split_trajectories(trajectories, data)
    digits = (Drawn(learnt), Written(trained, data.pens, 2, 1))
    validation = {"mnist": Drawn(held), "pendigits": Written(kept, data.pens, 1, 1)}
    return Corpus(
        (*digits, Foreign(digits, 40, 1)),
        {**validation, "foreign": Foreign(tuple(validation.values()), 30, 2)},
    )


class Killed(Exception):
    """Stands for a power cut."""


def no_progress(_epoch: int, _step: int) -> None:
    pass


def logged(out: Path) -> list[int]:
    """The epochs that the log tells of."""
    return [json.loads(line)["epoch"] for line in (out / LOG).read_text().splitlines()]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_killed_run_ends_with_the_same_bits(corpus: Corpus, tmp_path: Path) -> None:
    def cut(epoch: int, step: int) -> None:
        if (epoch, step) == (2, 3):
            raise Killed

    fit(RUN, corpus, tmp_path / "whole", no_progress)
    with pytest.raises(Killed):
        fit(RUN, corpus, tmp_path / "cut", cut)
    assert load_checkpoint(tmp_path / "cut" / CHECKPOINT).epoch == 2
    # A disk may be full once the line of an epoch is written, but not its checkpoint.
    with (tmp_path / "cut" / LOG).open("a") as log:
        log.write('{"epoch": 3}\n')
    fit(RUN, corpus, tmp_path / "cut", no_progress)
    assert logged(tmp_path / "cut") == [1, 2, 3, 4]
    assert digest(tmp_path / "cut" / CHECKPOINT) == digest(tmp_path / "whole" / CHECKPOINT)


def test_a_full_disk_leaves_nothing_half_written(corpus: Corpus, tmp_path: Path) -> None:
    run = replace(RUN, epochs=1)
    with full_disk(), pytest.raises(NotWritten, match="File too large"):
        fit(run, corpus, tmp_path, no_progress)
    assert not list(tmp_path.glob(".*"))
    assert not (tmp_path / CHECKPOINT).exists()
    fit(run, corpus, tmp_path, no_progress)
    assert (tmp_path / CHECKPOINT).is_file()


def test_training_learns_and_logs(corpus: Corpus, tmp_path: Path) -> None:
    fit(replace(RUN, epochs=8, precision="float32"), corpus, tmp_path, no_progress)
    lines = [json.loads(line) for line in (tmp_path / LOG).read_text().splitlines()]
    assert [line["epoch"] for line in lines] == list(range(1, 9))
    assert lines[-1]["loss"] < lines[0]["loss"]
    assert lines[-1]["validation"]["mnist"] > 0.5
    assert list((tmp_path / "tensorboard").iterdir())


def test_one_digit_left_alone_goes_to_the_batch_before(
    corpus: Corpus, mnist: Pictures, tmp_path: Path
) -> None:
    few = Drawn(Pictures(mnist.images[:33], mnist.labels[:33]))
    parts = {size: sizes([few], size) for size in (2, 11, 16, 31, 32, 33, 50)}
    assert parts == {
        2: [2] * 15 + [3],
        11: [11, 11, 11],
        16: [16, 17],
        31: [31, 2],
        32: [33],
        33: [33],
        50: [33],
    }
    done: list[int] = []
    run, alone = replace(RUN, epochs=1, batch=16), Corpus((few,), corpus.validation)
    fit(run, alone, tmp_path, lambda _, step: done.append(step))
    assert done == [1, 2]


@pytest.mark.parametrize("count", [2, 3, 5, 6, 7, 20])
def test_no_process_has_one_digit_alone(count: int) -> None:
    shares = [share_of(torch.arange(count), own, 3) for own in range(3)]
    assert min(map(len, shares)) >= 2
    assert set(torch.cat(shares).tolist()) == set(range(count))


def test_another_run_does_not_go_on_with_a_checkpoint(corpus: Corpus, tmp_path: Path) -> None:
    once = replace(RUN, network="dense", epochs=1)
    fit(once, corpus, tmp_path, no_progress)
    other = replace(once, seed=2, data=Data(limit=9))
    with pytest.raises(RunError, match=r"other settings: seed, data\.limit\. Start anew with --fresh"):
        fit(other, corpus, tmp_path, no_progress)
    fit(replace(once, seed=2), corpus, tmp_path, no_progress, fresh=True)
    assert logged(tmp_path) == [1]
    assert load_checkpoint(tmp_path / CHECKPOINT).run.seed == 2


def test_a_checkpoint_of_another_version_is_not_gone_on_with(corpus: Corpus, tmp_path: Path) -> None:
    once = replace(RUN, network="dense", epochs=1)
    save_checkpoint(tmp_path / CHECKPOINT, build("simple"), None, once, 1, {})
    with pytest.raises(RunError, match=rf"{CHECKPOINT} holds .* do not fit.*--fresh"):
        fit(once, corpus, tmp_path, no_progress)


def test_forms_and_hands_are_drawn_anew_in_every_epoch(trajectories: Trajectories) -> None:
    many = Trajectories(
        trajectories.strokes * 4, np.tile(trajectories.labels, 4), np.tile(trajectories.writers, 4)
    )
    formed = Formed(many, 1, 30, (0.05, 0.1), 1)
    first, again, later = (formed.tiles(epoch) for epoch in (0, 0, 1))
    assert first.shape == (len(formed.labels), 1, TILE, TILE)
    assert formed.labels.tolist() == [label for label, _ in FORMS] + [1, 7] * 3
    assert (first == again).all()
    assert ((first != later).flatten(1).any(1)).all()


def test_a_run_begins_where_another_ended(corpus: Corpus, tmp_path: Path) -> None:
    first = fit(replace(RUN, epochs=2), corpus, tmp_path / "first", no_progress)
    again = replace(RUN, epochs=1, learning_rate=0.0, start=str(tmp_path / "first" / CHECKPOINT))
    then = fit(again, corpus, tmp_path / "then", no_progress)
    for before, after in zip(first.parameters(), then.parameters(), strict=True):
        torch.testing.assert_close(after, before)


def test_three_checkpoints_become_a_cascade(tmp_path: Path) -> None:
    parts = [build(name).eval() for name in ("inkscout", "inknet", "inklet")]
    scout, first, second = paths = [str(tmp_path / f"{place}.safetensors") for place in range(3)]
    for path, part in zip(paths, parts, strict=True):
        save_checkpoint(Path(path), part, None, RUN, 0, {})
    normalize, cascade = begun(Run(network="cascade", cascade=(scout, first, second))).children()
    tile = normalize(torch.rand(3, 1, TILE, TILE, generator=torch.Generator().manual_seed(1)))
    for network, part in zip(cascade.children(), parts, strict=True):
        torch.testing.assert_close(network(tile), part[1](tile))


def test_no_writer_and_no_picture_is_in_both_parts(mnist: Pictures, trajectories: Trajectories) -> None:
    data = Data(mnist_validation=40, pendigits_validation=2)
    learnt, held = split_pictures(mnist, data)
    assert (len(learnt.labels), len(held.labels)) == (260, 40)
    np.testing.assert_array_equal(np.concatenate((learnt.images, held.images)), mnist.images)
    trained, kept = split_trajectories(trajectories, data)
    assert set(trained.writers) == {3, 5}
    assert set(kept.writers) == {8, 9}


def test_a_part_that_would_be_empty_is_refused(mnist: Pictures, trajectories: Trajectories) -> None:
    for held in (0, len(mnist.labels), len(mnist.labels) + 40):
        with pytest.raises(RunError, match=f"mnist_validation is {held}, which leaves nothing"):
            split_pictures(mnist, Data(mnist_validation=held))
    for held in (0, 4, 9):
        with pytest.raises(RunError, match=f"pendigits_validation is {held}, which leaves nothing"):
            split_trajectories(trajectories, Data(pendigits_validation=held))


def test_one_digit_is_too_little_to_learn_from(mnist: Pictures) -> None:
    """It cannot be normalised within a batch, which is no fault of the network's."""
    learnt, held = (Drawn(Pictures(mnist.images[:count], mnist.labels[:count])) for count in (1, 2))
    with pytest.raises(RunError, match=r"fewer than two digits to learn from. Raise `limit`"):
        Corpus((learnt,), {"mnist": held})
    assert Corpus((learnt, learnt), {"mnist": held}).training == (learnt, learnt)


def test_a_small_share_of_few_digits_may_be_none(trajectories: Trajectories) -> None:
    assert Formed(trajectories, 0, 0, (0.05, 0.1), 1).tiles(0).shape == (0, 1, TILE, TILE)


def test_pens_and_shapes_change_from_epoch_to_epoch(corpus: Corpus) -> None:
    drawn, written, foreign = corpus.training
    assert torch.equal(drawn.tiles(0), drawn.tiles(1))
    for source in (written, foreign):
        assert torch.equal(source.tiles(0), source.tiles(0))
        assert not torch.equal(source.tiles(0), source.tiles(1))


def test_what_is_no_digit_is_of_the_last_class(corpus: Corpus) -> None:
    foreign, held = corpus.training[-1], corpus.validation["foreign"]
    assert foreign.tiles(0).shape == (40, 1, TILE, TILE)
    assert set(foreign.labels.tolist()) == {NO_DIGIT}
    assert not any((tile == held.tiles(0)).flatten(1).all(1).any() for tile in foreign.tiles(0))


def test_digits_are_scored_among_ten_and_others_among_all() -> None:
    logits = torch.zeros(4, CLASSES)
    logits[0, [3, NO_DIGIT]] = torch.tensor([1.0, 2.0])
    logits[1, 4] = logits[2, NO_DIGIT] = logits[3, 5] = 1
    labels = torch.tensor([3, 3, NO_DIGIT, NO_DIGIT])
    assert [accuracy(logits[i : i + 1], labels[i : i + 1]) for i in range(4)] == [1, 0, 1, 0]


def test_half_precision_is_used_where_the_processor_has_it() -> None:
    network, cpu = torch.nn.Linear(8, 8), torch.device("cpu")
    native = torch.backends.cpu.get_cpu_capability().startswith("AVX512")
    for asked, used in (("float32", False), ("bfloat16", native)):
        with precision(replace(RUN, precision=asked), cpu):
            told = network(torch.rand(2, 8)).dtype
        assert told == (torch.bfloat16 if used else torch.float32)


def test_the_learning_rate_rises_then_falls_to_nothing() -> None:
    shares = [pace(step / 100) for step in range(101)]
    assert max(shares) <= 1
    assert shares.index(max(shares)) == 10
    assert shares[-1] == pytest.approx(0)


def test_a_checkpoint_is_exported_and_read_with(corpus: Corpus, tmp_path: Path) -> None:
    network = fit(RUN, corpus, tmp_path, no_progress)
    save_checkpoint(tmp_path / FINAL, network, None, RUN, 4, {"calibration": Calibration().to_dict()})
    for name in ("first.onnx", "second.onnx"):
        export(load_checkpoint(tmp_path / FINAL), tmp_path / name)
    card = Reader(tmp_path / "first.onnx").model.card
    assert card["run"] == json.loads(json.dumps(RUN.to_dict()))
    assert {entry["name"] for entry in card["data"]} == {"mnist", "pendigits"}
    assert card["sha256"] == digest(tmp_path / "first.onnx")
    names = ("first.onnx", "second.onnx")
    first, second = (Reader(tmp_path / name).read([[[5, 0], [5, 40]]]) for name in names)
    assert first == second


def test_a_model_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    save_checkpoint(
        tmp_path / "a.safetensors", build("dense"), None, Run(network="dense"), 1, {"calibration": {}}
    )
    path = tmp_path / "folder" / "a.onnx"
    path.mkdir(parents=True)
    for before in ({}, {"a.onnx.sha256": "of another"}):
        for name, text in before.items():
            (path.parent / name).write_text(text)
        with pytest.raises(NotWritten):
            export(load_checkpoint(tmp_path / "a.safetensors"), path)
        assert {file.name: file.read_text() for file in path.parent.iterdir() if file.is_file()} == before


@pytest.mark.parametrize("kind", ["missing", "empty", "noise", "foreign", "misfit"])
def test_what_is_no_checkpoint_is_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.safetensors"
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "noise":
        path.write_bytes(os.urandom(1000))
    elif kind == "foreign":
        save_file({"weights/a": torch.zeros(3)}, path)
    elif kind == "misfit":
        facts = {"run": replace(RUN, network="dense").to_dict(), "epoch": 1, "notes": {}}
        save_file({"weights/a": torch.zeros(3)}, path, {"inkdigits": json.dumps(facts)})
    with pytest.raises(RunError):
        load_checkpoint(path).network()
