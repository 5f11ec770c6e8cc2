"""What a release is held to: a check fails where a figure is missed, and only there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks.aws import emulator
from benchmarks.aws.asks import READ, Answer, Ask
from benchmarks.batch import memory, speed
from benchmarks.batch.speed import Pace
from benchmarks.server.figures import Figures


@pytest.mark.parametrize(("ratio", "missed"), [(0.81, 0), (0.79, 1)])
@pytest.mark.parametrize("alone", [100, 10_000])
def test_a_batch_must_be_as_fast_as_reading_alone_on_any_machine(
    alone: int, ratio: float, missed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = Figures()
    speed.judge(figures, 28, [(Pace(alone, alone), Pace(alone * ratio, alone))] * 3)
    assert len(figures.missed) == missed
    assert "told batch, PNG 28x28: pictures a second: asked 4000 of the machine" in capsys.readouterr().out


@pytest.mark.parametrize(("last", "missed"), [((100.0, 109.0), 0), ((125.0, 100.0), 1)])
def test_the_memory_of_a_batch_must_not_grow(last: tuple[float, float], missed: int) -> None:
    figures = Figures()
    memory.judge(figures, "memory", [10_000, 200_000], [(100.0, 100.0), last])
    assert len(figures.missed) == missed


@pytest.mark.parametrize(
    ("ours", "theirs", "missed"),
    [(200, 200, 0), (200, 500, 2), (500, 500, 1)],
    ids=["alike", "other", "lost"],
)
def test_the_function_must_read_what_the_server_reads(ours: int, theirs: int, missed: int) -> None:
    figures, ask = Figures(), Ask("POST", READ)
    emulator.judge(figures, [], [(ask, Answer(ours, {}, b""), Answer(theirs, {}, b""))])
    assert len(figures.missed) == missed


@pytest.mark.parametrize(
    ("held", "code"),
    [
        (lambda figures: figures.at_most("time", 1, 1), 0),
        (lambda figures: figures.at_most("time", 2, 1), "missed: time"),
        (lambda figures: figures.at_least("speed", 1, 2), "missed: speed"),
        (lambda figures: figures.none("faults", ["one"]), "missed: faults"),
        (lambda figures: figures.told("speed", 1, 2), 0),
    ],
)
def test_a_missed_figure_ends_a_check_with_an_error(held: Callable[[Figures], None], code: object) -> None:
    figures = Figures()
    held(figures)
    with pytest.raises(SystemExit) as end:
        figures.end()
    assert end.value.code == code
