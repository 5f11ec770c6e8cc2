"""What a report draws can be made out: counts, digits that a set lacks, few answers, long ones."""

from __future__ import annotations

import io

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from inkdigits.evaluation.labelled import Sample
from inkdigits.evaluation.plot import draw
from inkdigits.evaluation.result import Evaluation, Outcome


def drawn(outcomes: list[Outcome]) -> Figure:
    figure = Figure(figsize=(16, 5), layout="constrained")
    draw(figure, Evaluation("some", tuple(outcomes)))
    figure.savefig(io.BytesIO())  # which lays it out
    return figure


def axes_of(figure: Figure, label: str) -> Axes:
    """The axes whose x axis is called so."""
    (axes,) = [axes for axes in figure.axes if axes.get_xlabel() == label]
    return axes


def titles(figure: Figure) -> list[str]:
    """What stands above the mistakes."""
    return [axes.get_title() for axes in figure.axes if not axes.axison and axes.get_title()]


@pytest.fixture(scope="module")
def sevens(seven: Sample) -> list[Outcome]:
    """Ninety sevens read rightly and surely, eight read as a 1, two as a 9."""
    answers = ["7"] * 90 + ["1"] * 8 + ["9"] * 2
    return [Outcome(seven, answer, 0.99 if answer == "7" else 0.3) for answer in answers]


@pytest.fixture(scope="module")
def seven() -> Sample:
    return Sample([[[0, 0], [50, 0], [20, 90]]], "7", "seven")


def test_the_most_frequent_mistake_can_be_read(sevens: list[Outcome]) -> None:
    colors = {text.get_text(): text.get_color() for text in axes_of(drawn(sevens), "read as").texts}
    assert colors == {"90": "black", "8": "white", "2": "black"}


def test_a_digit_that_the_set_lacks_is_not_drawn_as_never_right(sevens: list[Outcome]) -> None:
    axes = axes_of(drawn(sevens), "digit")
    assert axes.get_ylim() == pytest.approx((0.88, 1))
    assert [round(text.get_position()[0]) for text in axes.texts] == [0, 1, 2, 3, 4, 5, 6, 8, 9]
    assert {text.get_text() for text in axes.texts} == {"–"}


def test_few_answers_are_a_small_point(sevens: list[Outcome]) -> None:
    axes = axes_of(drawn(sevens), "confidence")
    sizes: NDArray[np.float64] = axes.collections[0].get_sizes()  # type: ignore[attr-defined]
    assert len(axes.lines) == 1  # the diagonal
    assert len(sizes) == 2
    assert sizes[0] < sizes[1] / 2


def test_what_stands_above_mistakes_does_not_overlap() -> None:
    picture = np.full((40, 90), 255, np.uint8)
    samples = [Sample(picture, label, label) for label in ("123456789012", "7", "", "123456789")]
    figure = drawn([Outcome(sample, "20482048204820", 0.9996) for sample in samples * 3])
    assert set(titles(figure)) == {
        f"{label}\nread as 20482048…\n99 %" for label in ("12345678…", "7", "nothing", "123456789")
    }
    boxes = [axes.title.get_window_extent() for axes in figure.axes if not axes.axison]
    for place, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[place + 1 :])


def test_what_could_not_be_read_is_shown_behind_the_mistakes(seven: Sample) -> None:
    broken = [
        Outcome(Sample(b"", "7", "a"), "", 0.0, error="not_an_image"),
        Outcome(Sample(b"", "", "b"), "", 0.0, error="too_many_bytes"),
    ]
    figure = drawn([*broken, Outcome(seven, "1", 0.5)])
    assert titles(figure) == ["7\nread as 1\n50 %", "7\nnot_an_image", "nothing\ntoo_many_bytes"]
    assert figure.get_suptitle().endswith("; 2 could not be read: not_an_image, too_many_bytes")
