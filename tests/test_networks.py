"""The contract that every registered network keeps."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch

from inkdigits.errors import RunError
from inkdigits.training.export import Probabilities, to_onnx
from inkdigits.training.networks import NETWORKS, build

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
def test_ink_of_any_size_gives_ten_logits(name: str) -> None:
    network = build(name).eval()
    for shape in ((1, 1, 1), (3, 28, 28), (2, 100, 7), (2, 5, 300)):
        logits = network(inks(*shape))
        assert logits.shape == (shape[0], 10)
        assert torch.isfinite(logits).all()


@pytest.mark.parametrize("name", NETWORKS)
def test_onnx_equals_torch(name: str) -> None:
    module = Probabilities(build(name).eval(), temperature=1.3).eval()
    model = to_onnx(module)
    onnx.checker.check_model(model, full_check=True)
    assert all(tensor.data_location == onnx.TensorProto.DEFAULT for tensor in model.graph.initializer)
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    for shape in ((1, 1, 1), (5, 28, 28), (2, 280, 280), (3, 40, 700)):
        ink = inks(*shape)
        with torch.inference_mode():
            expected = module(ink).numpy()
        (found,) = session.run(None, {"ink": ink.numpy()})
        np.testing.assert_allclose(found, expected, atol=1e-4)
        np.testing.assert_allclose(found.sum(1), 1, atol=1e-5)


def test_ours_is_small() -> None:
    model = to_onnx(Probabilities(build("inknet").eval(), 1.0).eval())
    assert model.ByteSize() <= ONE_MEGABYTE
