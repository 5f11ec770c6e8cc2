"""The registry of networks: each a function from nothing to a module, ink in, CLASSES logits out.

To add one, write a function and decorate it with `@network("name")`; the contract tests over
the registry check shapes, export parity and size.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from inkdigits.errors import RunError
from inkdigits.training.normalize import SIDE, Normalize
from inkdigits.training.run import FINDER, REFINER

#: Classes are the digits 0 to 9, and NO_DIGIT: anything else, or more than one.
CLASSES, NO_DIGIT = 11, 10
#: On validation data the second of a pair changes no answer that the first is so sure of.
SURE = 0.9
NETWORKS: dict[str, Callable[[], nn.Module]] = {}


def network(name: str) -> Callable[[Callable[[], nn.Module]], Callable[[], nn.Module]]:
    """Register a function that makes the body of a network (tile `[N, 1, 28, 28]` to logits)."""

    def register(make: Callable[[], nn.Module]) -> Callable[[], nn.Module]:
        NETWORKS[name] = make
        return make

    return register


def build(name: str) -> nn.Sequential:
    """The named network, with the normaliser as its first layer.

    Raises RunError for a name that is not registered.
    """
    if name not in NETWORKS:
        names = ", ".join(sorted([*NETWORKS, FINDER, REFINER]))
        raise RunError(f"There is no network '{name}'", f"Choose one of: {names}.")
    return nn.Sequential(Normalize(), NETWORKS[name]())


@network("dense")
def dense() -> nn.Module:
    """The fully connected baseline: one hidden layer of 128."""
    return nn.Sequential(
        nn.Flatten(), nn.Linear(SIDE * SIDE, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, CLASSES)
    )


@network("simple")
def simple() -> nn.Module:
    """The network of countless tutorials: conv 32-64-64, dense 64."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(64, 64, 3),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(64 * 9, 64),
        nn.ReLU(),
        nn.Linear(64, CLASSES),
    )


def conv(inputs: int, outputs: int, size: int = 3, *, stride: int = 1, groups: int = 1) -> nn.Sequential:
    """Convolution and batch normalisation, padded to keep the size."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
    )


@network("batchnorm")
def batchnorm() -> nn.Module:
    """Three convolution blocks with batch normalisation and dropout."""
    layers: list[nn.Module] = []
    for inputs, outputs in ((1, 32), (32, 64), (64, 64)):
        layers += [conv(inputs, outputs), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout2d(0.1)]
    return nn.Sequential(
        *layers, nn.Flatten(), nn.Linear(64 * 9, 64), nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, CLASSES)
    )


class Residual(nn.Module):
    """Two 3x3 convolutions around a shortcut (He et al. 2016, https://arxiv.org/abs/1512.03385)."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(conv(inputs, outputs, stride=stride), nn.ReLU(), conv(outputs, outputs))
        self.shortcut = nn.Identity() if stride == 1 else conv(inputs, outputs, 1, stride=stride)
        self.act = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """`[N, inputs, H, W]` to `[N, outputs, H / stride, W / stride]`."""
        out: Tensor = self.act(self.body(x) + self.shortcut(x))
        return out


@network("inknet")
def inknet() -> nn.Module:
    """Ours: three residual stages of rising width; a depthwise 7x7 weighs where things stand."""
    return _inknet((16, 48, 120))


@network("inklet")
def inklet() -> nn.Module:
    """The same, a little narrower."""
    return _inknet((16, 48, 112))


class Pair(nn.Module):
    """Two networks whose opinions are averaged, where the first alone is less than SURE of a digit.

    Where it is surer the second would hardly change the answer, so it is not asked in use (a cascade,
    Viola and Jones 2001). What is no digit, the first alone says.
    """

    def __init__(self, first: nn.Module, second: nn.Module) -> None:
        super().__init__()
        self.first, self.second = first, second

    def forward(self, tile: Tensor) -> Tensor:
        """`[N, 1, 28, 28]` to `[N, CLASSES]` logits: twice the mean of the log shares of the ten, and beside
        them NO_DIGIT with the first network's odds."""
        told = self.first(tile)
        shares = torch.log_softmax(told[:, :NO_DIGIT], 1)
        unsure = torch.nonzero(shares.amax(1) < math.log(SURE))[:, 0]
        if torch.compiler.is_exporting():
            # The exporter wants to know; the graph it writes holds for none as well.
            torch._check(unsure.shape[0] != 0)  # type: ignore[no-untyped-call]
        others = torch.log_softmax(self.second(tile[unsure])[:, :NO_DIGIT], 1)
        both = torch.log_softmax(shares + shares.index_copy(0, unsure, others), 1)
        none = told[:, NO_DIGIT:] - torch.logsumexp(told[:, :NO_DIGIT], 1, keepdim=True)
        return torch.cat((both, none), 1)


@network("pair")
def pair() -> nn.Module:
    """The network in the package."""
    return Pair(inknet(), inklet())


def _inknet(widths: tuple[int, int, int]) -> nn.Module:
    return nn.Sequential(
        conv(1, widths[0]),
        nn.ReLU(),
        Residual(widths[0], widths[0], 1),
        Residual(widths[0], widths[1], 2),
        Residual(widths[1], widths[2], 2),
        nn.Conv2d(widths[2], widths[2], 7, groups=widths[2], bias=False),
        nn.BatchNorm2d(widths[2]),
        nn.ReLU(),
        nn.Flatten(),
        nn.Dropout(0.2),
        nn.Linear(widths[2], CLASSES),
    )
