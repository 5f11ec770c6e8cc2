"""What the finder should say of a composed page, cell by cell, and how far it is from that."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812  (its customary name)
from torch import Tensor

from inkdigits.training.finder import STRIDE, UNIT
from inkdigits.training.page import Page

#: A mark's bell: its deviation as a share of the digit's width and height, and at least in pixels.
BELL = (1 / 6, 1 / 7)
NARROWEST = 2.0
#: Cells whose mark is above this learn the class and the size.
INNER = 0.5
#: A digit's centre has a mark above this: its own bell's top.
CENTRE = 0.99
SMOOTHING = 0.03


class Marks(NamedTuple):
    """Of N pages of h x w cells: `marks` 0 … 1 and `known` 0 or 1, `labels`, all `[N, h, w]`; `sizes`
    `[N, 4, h, w]`."""

    marks: Tensor
    known: Tensor
    labels: Tensor
    sizes: Tensor


def marks_of(pages: Sequence[Page]) -> Marks:
    """The marks of pages of one size."""
    return Marks(*(torch.stack(parts) for parts in zip(*map(_marks, pages), strict=True)))


def _marks(page: Page) -> Marks:
    rows, columns = (side // STRIDE for side in page.pixels.shape)
    marks = Marks(
        torch.zeros(rows, columns),
        torch.ones(rows, columns),
        torch.zeros(rows, columns, dtype=torch.long),
        torch.zeros(4, rows, columns),
    )
    for box, label in zip(page.boxes, page.labels, strict=True):
        if label < 0:
            left, top, right, bottom = box
            rows_of, columns_of = (
                slice(int(low // STRIDE), math.ceil(high / STRIDE))
                for low, high in ((top, bottom), (left, right))
            )
            marks.known[rows_of, columns_of] = 0
    for box, label in zip(page.boxes, page.labels, strict=True):
        if label >= 0:
            _mark(marks, box, label)
    return marks


def _mark(marks: Marks, box: tuple[float, float, float, float], label: int) -> None:
    """Draw one digit's bell, and note its class and size where no other digit is nearer."""
    left, top, right, bottom = box
    wide, high = right - left, bottom - top
    rows, columns = marks.marks.shape
    down = (torch.arange(rows) + 0.5)[:, None] * STRIDE - (top + bottom) / 2
    across = (torch.arange(columns) + 0.5)[None] * STRIDE - (left + right) / 2
    spread = max(wide * BELL[0], NARROWEST), max(high * BELL[1], NARROWEST)
    bell = torch.exp(-((across / spread[0]) ** 2 + (down / spread[1]) ** 2) / 2)
    bell = bell / bell.max()
    nearer = bell > marks.marks
    marks.marks[nearer] = bell[nearer]
    marks.labels[nearer] = label
    sizes = (-across / STRIDE, -down / STRIDE, math.log(wide / UNIT), math.log(high / UNIT))
    for channel, value in zip(marks.sizes, sizes, strict=True):
        channel[nearer] = torch.as_tensor(value).expand(rows, columns)[nearer]


def loss_of(out: Tensor, goal: Marks) -> Tensor:
    """How far the finder's output `[N, 15, h, w]` is from its goal: a penalty-reduced focal loss
    for the marks (Law and Deng 2018, https://arxiv.org/abs/1808.01244), cross-entropy for the classes and
    a smoothed absolute difference for the sizes, each the mean of a digit's.
    """
    logits, hit = out[:, 0], (goal.marks > CENTRE).float()
    share = torch.sigmoid(logits)
    found = hit * (1 - share) ** 2 * F.logsigmoid(logits)
    spared = (1 - hit) * (1 - goal.marks) ** 4 * share**2 * F.logsigmoid(-logits)
    focal = -((found + spared) * goal.known).sum() / hit.sum().clamp(min=1)
    weight = torch.where(goal.marks > INNER, goal.marks, 0.0) * goal.known
    classes = F.cross_entropy(out[:, 1:11], goal.labels, reduction="none", label_smoothing=SMOOTHING)
    sizes = F.smooth_l1_loss(out[:, 11:], goal.sizes, reduction="none", beta=0.1).sum(1)
    return focal + ((classes + sizes) * weight).sum() / weight.sum().clamp(min=1)
