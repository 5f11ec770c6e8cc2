"""The contract that every registered network keeps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch

from inkdigits.errors import RunError
from inkdigits.training.calibrate import Calibration
from inkdigits.training.export import OUTPUTS, Answers, to_onnx
from inkdigits.training.networks import CLASSES, NETWORKS, NO_DIGIT, Pair, build

ONE_MEGABYTE = 1_000_000


def inks(count: int, height: int, width: int) -> torch.Tensor:
    """Random blobs, the last one blank."""
    noise = torch.rand(count, 1, height, width, generator=torch.Generator().manual_seed(count))
    ink = noise * (noise > 0.7)
    ink[-1] = 0
    return ink


def test_the_registry_holds_what_the_docs_promise() -> None:
    assert {"dense", "simple", "batchnorm", "inknet"} <= NETWORKS.keys()
    with pytest.raises(RunError, match="no network 'none'"):
        build("none")


@pytest.mark.parametrize("name", NETWORKS)
def test_ink_of_any_size_gives_a_logit_a_class(name: str) -> None:
    network = build(name).eval()
    for shape in ((1, 1, 1), (3, 28, 28), (2, 100, 7), (2, 5, 300)):
        logits = network(inks(*shape))
        assert logits.shape == (shape[0], CLASSES)
        assert torch.isfinite(logits).all()


@pytest.mark.parametrize("name", NETWORKS)
def test_onnx_equals_torch(name: str) -> None:
    module = Answers(build(name).eval(), Calibration(1.3, 0.7, -0.2)).eval()
    model = to_onnx(module, inks(2, 40, 36), "ink", OUTPUTS)
    onnx.checker.check_model(model, full_check=True)
    assert all(tensor.data_location == onnx.TensorProto.DEFAULT for tensor in model.graph.initializer)
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    for shape in ((1, 1, 1), (5, 28, 28), (2, 280, 280), (3, 40, 700)):
        ink = inks(*shape)
        with torch.inference_mode():
            expected = [part.numpy() for part in module(ink)]
        probabilities, exists, tile = found = session.run(None, {"ink": ink.numpy()})
        for part, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(part, other, atol=1e-4)
        np.testing.assert_allclose(probabilities.sum(1), 1, atol=1e-5)
        assert probabilities.shape == (shape[0], CLASSES - 1)
        assert (exists.shape, tile.shape) == ((shape[0],), (shape[0], 1, 28, 28))
        assert 0 <= exists.min() <= exists.max() <= 1


def test_ours_is_small() -> None:
    model = to_onnx(Answers(build("inknet").eval(), Calibration()).eval(), inks(2, 40, 36), "ink", OUTPUTS)
    assert model.ByteSize() <= ONE_MEGABYTE


def test_the_second_of_a_pair_is_asked_only_where_the_first_is_unsure() -> None:
    sure, unsure = torch.zeros(2, CLASSES)
    sure[3], unsure[3], unsure[4] = 9, 1, 0.9
    asked = []

    def first(tile: torch.Tensor) -> torch.Tensor:
        return torch.where(tile[:, :1, 0, 0] > 0, sure, unsure)

    def second(tile: torch.Tensor) -> torch.Tensor:
        asked.append(len(tile))
        return torch.nn.functional.one_hot(torch.full((len(tile),), 4), CLASSES) * 5.0

    tiles = torch.zeros(3, 1, 28, 28)
    tiles[0] = 1
    logits = Pair(Plain(first), Plain(second))(tiles)
    assert asked == [2]
    assert logits[:, :NO_DIGIT].argmax(1).tolist() == [3, 4, 4]
    torch.testing.assert_close(logits[0], Pair(Plain(first), Plain(second))(tiles[:1])[0])
    assert asked[-1] == 0


class Plain(torch.nn.Module):
    """A function as a module."""

    def __init__(self, function: Callable[[torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        self.forward = function
