"""Flask with PyTorch and the ONNX file's own weights, as in its tutorial: gunicorn with_torch:app."""

import io
import json
import os
from itertools import pairwise

import numpy as np
import onnx
import torch
from digits import answer, ink_of
from flask import Flask, jsonify, request
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from inkdigits.training.networks import build

app = Flask(__name__)


def network() -> tuple[nn.Module, float]:
    """The network of the ONNX file, and its temperature."""
    model = onnx.load(os.environ["MODEL"])
    card = {entry.key: entry.value for entry in model.metadata_props}
    built = build(json.loads(card["name"])).eval()
    for block in list(built.modules()):
        children = list(block.named_children()) if isinstance(block, nn.Sequential) else []
        for (name, conv), (after, norm) in pairwise(children):
            if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                setattr(block, name, fuse_conv_bn_eval(conv, norm))
                setattr(block, after, nn.Identity())
    weights = {
        entry.name.removeprefix("network.").replace("_half", "").replace("weight_bias", "bias"):
        torch.from_numpy(onnx.numpy_helper.to_array(entry).astype(np.float32))
        for entry in model.graph.initializer
        if entry.name.startswith("network.")
    }  # fmt: skip
    built.load_state_dict(weights)
    return built, float(card["temperature"])


model, temperature = network()


@app.post("/predict")
def predict():
    ink = torch.from_numpy(ink_of(io.BytesIO(request.files["file"].read())))
    with torch.no_grad():
        logits = model(ink)[0, :10]
    return jsonify(answer(torch.softmax(logits / temperature, 0).tolist()))
