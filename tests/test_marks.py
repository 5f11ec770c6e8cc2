"""What the finder should say of a page, and how its loss falls when it says so."""

from __future__ import annotations

import math

import numpy as np
import torch

from inkdigits.training.finder import STRIDE, UNIT, Finder, Places
from inkdigits.training.marks import CENTRE, Marks, loss_of, marks_of
from inkdigits.training.page import UNSURE, Page

PAGE = Page(
    np.ones((64, 96), np.float32), [(8, 10, 28, 40), (60, 20, 70, 50), (80, 0, 96, 30)], [3, 1, UNSURE]
)


def perfect(goal: Marks) -> torch.Tensor:
    """An output that says just what is asked."""
    out = torch.full((len(goal.marks), 15, *goal.marks.shape[1:]), -12.0)
    out[:, 0] = torch.where(goal.marks > CENTRE, 12.0, torch.logit(goal.marks.clamp(1e-6, 1 - 1e-6)))
    out[:, 1:11].scatter_(1, goal.labels[:, None], 12.0)
    out[:, 11:] = goal.sizes
    return out


def test_each_digit_has_one_centre_with_its_class_and_size() -> None:
    goal = marks_of([PAGE])
    centres = torch.nonzero(goal.marks[0] > CENTRE).tolist()
    assert len(centres) == 2
    for (row, column), (left, top, right, bottom), label in zip(
        sorted(centres, key=lambda at: at[1]), PAGE.boxes, PAGE.labels, strict=False
    ):
        across, down, wide, high = goal.sizes[0, :, row, column].tolist()
        assert (column + 0.5 + across) * STRIDE == (left + right) / 2
        assert (row + 0.5 + down) * STRIDE == (top + bottom) / 2
        assert math.exp(wide) * UNIT == np.float32(right - left)
        assert abs(math.exp(high) * UNIT - (bottom - top)) < 1e-4
        assert goal.labels[0, row, column] == label


def test_unsure_digits_are_neither_to_be_found_nor_missed() -> None:
    goal = marks_of([PAGE])
    assert not goal.known[0, :7, 20:].any()
    assert goal.known[0, 10:, :].all()
    out = perfect(goal)
    blotted = out.clone()
    blotted[0, 0, 2, 22] = 12.0
    assert torch.isclose(loss_of(blotted, goal), loss_of(out, goal), atol=1e-4)


def test_the_loss_is_least_for_the_right_answer() -> None:
    goal = marks_of([PAGE])
    out = perfect(goal)
    least = float(loss_of(out, goal))
    moved, misread, resized = out.clone(), out.clone(), out.clone()
    moved[:, 0] = out[:, 0].roll(2, 2)
    misread[:, 1:11] = out[:, 1:11].roll(1, 1)
    resized[:, 13] += 1
    for worse in (moved, misread, resized):
        assert float(loss_of(worse, goal)) > least + 0.1
    assert float(loss_of(torch.zeros_like(out), goal)) > least + 1


def test_the_finder_does_not_mind_the_light() -> None:
    """Half the light, or twice the contrast, changes little; the output is a cell a STRIDE."""
    torch.manual_seed(1)
    finder = Finder().eval()
    page = torch.rand(1, 1, 64, 96)
    with torch.inference_mode():
        out, dimmed = finder(page), finder(page * 0.5)
    assert out.shape == (1, 15, 16, 24)
    assert float((out - dimmed).abs().max()) < 0.2 * float(out.std())


def test_places_are_in_pixels() -> None:
    finder = Finder().eval()
    with torch.inference_mode():
        out = finder(page := torch.rand(1, 1, 32, 48))
        marks, classes, boxes = Places(finder, (2.0, 0.5), 1.5)(page)
    assert torch.allclose(marks, torch.sigmoid(2 * out[:, 0] + 0.5))
    assert torch.allclose(classes.sum(1), torch.ones(1, 8, 12))
    assert torch.allclose(boxes[0, 0, 3, 5], (5 + 0.5 + out[0, 11, 3, 5]) * STRIDE)
    assert torch.allclose(boxes[0, 1, 3, 5], (3 + 0.5 + out[0, 12, 3, 5]) * STRIDE)
    assert torch.allclose(boxes[0, 2:], torch.exp(out[0, 13:]) * UNIT)
