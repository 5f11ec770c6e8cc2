"""What every peer does with a picture: grey, turned to ink, into the same ONNX file."""

import io
import os

import numpy as np
import onnxruntime as ort
from PIL import Image


def onnx_session() -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1  # they all have one core; more threads would only wait for it
    return ort.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])


def ink_of(file: io.BytesIO) -> np.ndarray:
    """The picture as `[1, 1, H, W]`, 0 = paper, 1 = pen; paper is taken to be white."""
    return 1 - np.asarray(Image.open(file).convert("L"), np.float32)[None, None] / np.float32(255)


def probabilities(session: ort.InferenceSession, file: bytes) -> list[float]:
    return session.run(["probabilities"], {"ink": ink_of(io.BytesIO(file))})[0][0].tolist()


def answer(shares: list[float]) -> dict[str, object]:
    return {"digit": shares.index(max(shares)), "probabilities": shares}
