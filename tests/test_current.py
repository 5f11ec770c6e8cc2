"""Another model takes over while the server runs, or is refused and the old one goes on."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import numpy as np
import onnx
import pytest

from inkdigits import Reader
from inkdigits.errors import ModelInvalid
from inkdigits.server.current import BELIEVED, Current, checked


@pytest.fixture
def model(reader: Reader, tmp_path: Path) -> Path:
    """A copy of the shipped model that may be spoilt."""
    path = tmp_path / "digits.onnx"
    put(path, reader.model.path.read_bytes())
    return path


def put(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    path.with_name(path.name + ".sha256").write_text(sha256(data).hexdigest())


def soon(true: Callable[[], bool], patience: float = 15) -> bool:
    """Whether it becomes true in so many seconds."""
    end = time.monotonic() + patience
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def another(path: Path) -> bytes:
    """The same model with another digest."""
    model = onnx.load(path)
    model.doc_string = "another"
    return model.SerializeToString()


def test_a_reader_is_asked_for_a_known_digit_once_a_second(model: Path, wrong_model: Path) -> None:
    """But another that takes its place at once."""

    class Counting(Reader):
        asked = 0

        def check(self) -> bool:
            self.asked += 1
            return super().check()

    current = Current(reader := Counting(model))
    for _ in range(5):
        current.check()
    assert reader.asked == 1
    current.reader = Reader(wrong_model)
    with pytest.raises(ModelInvalid):
        current.check()
    current.reader = reader
    time.sleep(BELIEVED)
    current.check()
    assert reader.asked == 2


def test_a_new_model_takes_over(model: Path) -> None:
    current = Current(Reader(model))
    old = current.reader
    put(model, data := another(model))
    assert current.reload()
    assert current.reader is not old
    assert current.reader.model.card["sha256"] == sha256(data).hexdigest()
    assert current.reader.limits == old.limits
    assert old.check(), "a request under way still has the old one"


def test_a_change_of_the_same_length_and_time_is_noticed(model: Path) -> None:
    """As what changes who may read a file is: that changes its status alone."""
    current, before = Current(Reader(model)), model.stat()
    old = current.reader
    current.watch(0.05)
    os.utime(model, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert soon(lambda: current.reader is not old)


def test_a_bad_file_is_refused_and_the_old_model_goes_on(
    model: Path, wrong_model: Path, caplog: pytest.LogCaptureFixture
) -> None:
    current = Current(Reader(model))
    old = current.reader
    for spoil, said in (
        (lambda: model.write_bytes(b"no model"), "is not the file whose SHA-256"),
        (lambda: put(model, b"no model"), "cannot be loaded"),
        (lambda: shutil.copy(wrong_model, model) and put(model, model.read_bytes()), "known digit"),
        (model.unlink, "cannot be read"),
    ):
        spoil()
        caplog.clear()
        assert not current.reload()
        assert current.reader is old
        assert "refused" in caplog.text
        assert said in caplog.text


def test_a_model_that_fails_at_work_is_refused(model: Path, wrong_model: Path) -> None:
    """A sound file that promises what its network cannot do."""
    current = Current(Reader(model))
    old = current.reader
    failing = onnx.load(wrong_model)
    turn = next(one for one in failing.graph.initializer if one.name == "turn")
    turn.CopyFrom(onnx.numpy_helper.from_array(np.full(10, 99), "turn"))
    put(model, failing.SerializeToString())
    assert not current.reload()
    assert current.reader is old


def test_checked_lets_no_wrong_reader_pass(reader: Reader, wrong_model: Path) -> None:
    assert checked(reader) is reader
    with pytest.raises(ModelInvalid, match=r"wrong\.onnx does not read a known digit rightly"):
        checked(Reader(wrong_model))
