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
#: On validation data those behind change no answer that the scout, or the first of the two, is so sure of.
PLAIN, SURE = 0.99, 0.9
#: The scout is surer than the first that something is a digit: its log odds count so much, and are no more
#: than that, as validation data fit best.
HEEDED, MOST = 0.6, 5.0
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


@network("inkscout")
def inkscout() -> nn.Module:
    """A seventh of the work of `inknet`, which is enough for plain digits."""
    return nn.Sequential(
        conv(1, 16, 5, stride=2),
        nn.ReLU(),
        conv(16, 32),
        nn.ReLU(),
        conv(32, 48, stride=2),
        nn.ReLU(),
        conv(48, 48),
        nn.ReLU(),
        *_weighed(48),
        nn.Linear(48, CLASSES),
    )


class Cascade(nn.Module):
    """Three networks, each asked only of what those before it are not sure of (Viola and Jones 2001).

    Of a tile that the `scout` is PLAIN of, a whole digit by its word, it alone answers. Of the others the
    `first` says whether they are digits; which, it says alone where it is SURE, else with the `second`.
    """

    def __init__(self, scout: nn.Module, first: nn.Module, second: nn.Module) -> None:
        super().__init__()
        self.scout, self.first, self.second = scout, first, second

    def forward(self, tile: Tensor) -> Tensor:
        """`[N, 1, 28, 28]` to `[N, CLASSES]` logits: the log shares of the ten, of two networks twice their
        mean, and beside them NO_DIGIT with the odds of who was asked of it."""
        told = self.scout(tile)
        places = _below(PLAIN, torch.log_softmax(told, 1)[:, :NO_DIGIT])
        shares, none = _parted(told)
        logits = torch.cat((shares, (HEEDED * none).clamp(min=-MOST)), 1)
        return logits.index_copy(0, places, self._both(tile[places]))

    def _both(self, tile: Tensor) -> Tensor:
        """The logits of the first and the second."""
        shares, none = _parted(self.first(tile))
        places = _below(SURE, shares)
        others, _ = _parted(self.second(tile[places]))
        both = torch.log_softmax(shares + shares.index_copy(0, places, others), 1)
        return torch.cat((both, none), 1)


def _parted(logits: Tensor) -> tuple[Tensor, Tensor]:
    """The log shares of the ten digits `[N, 10]`, and the log odds of NO_DIGIT against them `[N, 1]`."""
    digits = logits[:, :NO_DIGIT]
    return torch.log_softmax(digits, 1), logits[:, NO_DIGIT:] - torch.logsumexp(digits, 1, keepdim=True)


def _below(least: float, shares: Tensor) -> Tensor:
    """The places where none of the log `shares` `[N, 10]` is of a share of at least so much."""
    places = torch.nonzero(shares.amax(1) < math.log(least))[:, 0]
    if torch.compiler.is_exporting():
        # The exporter wants to know; the graph it writes holds for none as well.
        torch._check(places.shape[0] != 0)  # type: ignore[no-untyped-call]
    return places


@network("cascade")
def cascade() -> nn.Module:
    """The network in the package."""
    return Cascade(inkscout(), inknet(), inklet())


def _inknet(widths: tuple[int, int, int]) -> nn.Module:
    return nn.Sequential(
        conv(1, widths[0]),
        nn.ReLU(),
        Residual(widths[0], widths[0], 1),
        Residual(widths[0], widths[1], 2),
        Residual(widths[1], widths[2], 2),
        *_weighed(widths[2]),
        nn.Dropout(0.2),
        nn.Linear(widths[2], CLASSES),
    )


def _weighed(width: int) -> list[nn.Module]:
    """What makes `[N, width]` of 7x7 places: a depthwise convolution weighs where things stand."""
    return [
        nn.Conv2d(width, width, 7, groups=width, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(),
        nn.Flatten(),
    ]
