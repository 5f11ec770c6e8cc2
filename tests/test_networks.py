"""The contract that every registered network keeps."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch

from inkdigits.errors import RunError
from inkdigits.training.calibrate import Calibration
from inkdigits.training.export import OUTPUTS, Answers, to_onnx
from inkdigits.training.networks import CLASSES, NETWORKS, NO_DIGIT, Cascade, build

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


def test_each_of_a_cascade_is_asked_only_where_those_before_it_are_unsure() -> None:
    """Tiles say by their shade who is sure of them: 3 the scout, 2 the first, 1 nobody."""
    parts = [Knows(shade, digit) for shade, digit in ((3, 7), (2, 5), (1, 4))]
    cascade = Cascade(*parts)
    tiles = torch.tensor((3.0, 1, 2, 1)).reshape(4, 1, 1, 1).expand(4, 1, 28, 28)
    logits = cascade(tiles)
    assert [part.asked for part in parts] == [4, 3, 2]
    assert logits[:, :NO_DIGIT].argmax(1).tolist() == [7, 4, 5, 4]
    for place in range(4):
        torch.testing.assert_close(cascade(tiles[place : place + 1])[0], logits[place])


def test_a_scout_that_is_sure_of_no_digit_decides_nothing() -> None:
    scout, first, second = Knows(1, NO_DIGIT), Knows(1, 6), Knows(1, 6)
    assert Cascade(scout, first, second)(torch.ones(1, 1, 28, 28)).argmax(1).tolist() == [6]
    assert first.asked == 1


class Knows(torch.nn.Module):
    """Sure of one class for tiles at least so dark, of nothing else; counts the tiles of its last call."""

    def __init__(self, shade: float, label: int) -> None:
        super().__init__()
        self.shade, self.label, self.asked = shade, label, 0

    def forward(self, tile: torch.Tensor) -> torch.Tensor:
        self.asked = len(tile)
        knows = tile[:, 0, 0, 0] >= self.shade
        return torch.eye(CLASSES)[self.label] * torch.where(knows, 20.0, 0.1)[:, None]
