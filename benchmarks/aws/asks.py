"""Requests that two servers must answer alike: every route, every accepted form, and what is refused."""

from __future__ import annotations

import base64
import gzip
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image

from inkdigits.decode import FORMATS

ROOT = Path(__file__).parents[2]
MNIST = ROOT / "tests" / "fixtures" / "mnist" / "images.idx.gz"
GOLDENS = ROOT / "web" / "tests" / "goldens.json"
READ, BATCH, STROKES = "/api/v1/read", "/api/v1/read/batch", "/api/v1/strokes"
JSON = {"Content-Type": "application/json"}
GETS = (
    "/", "/health", "/livez", "/readyz", "/metrics", "/api/v1/model", "/api/v1/openapi.json", "/nowhere",
    "/api/v1/problems/no_digit", "/api/v1/problems/none", "/%C3%A4%2F%20?a=%26",
)  # fmt: skip
#: Differs from request to request.
OWN = "request_id"


@dataclass(frozen=True)
class Ask:
    """One request; `target` is its path and query."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def __str__(self) -> str:
        kind = self.headers.get("Content-Type", "").partition(";")[0]
        return f"{self.method} {self.target} {kind} {len(self.body)} bytes"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        return httpx.Headers(dict(self.headers)).get("content-type", "")

    def shown(self) -> object:
        """What must be the same for everyone who asks the same."""
        if not self.kind.startswith(("application/json", "application/problem+json")):
            return self.status, self.kind
        return self.status, self.kind, json.loads(self.body or b"null", object_hook=_common)


def _common(value: dict[str, object]) -> dict[str, object]:
    return {name: one for name, one in value.items() if name != OWN}


@cache
def images() -> NDArray[np.uint8]:
    """Digits of the MNIST test set, `[N, 28, 28]`, light on dark."""
    return np.frombuffer(gzip.decompress(MNIST.read_bytes()), np.uint8, offset=16).reshape(-1, 28, 28)


@cache
def drawings() -> list[Any]:
    return [golden["strokes"] for golden in json.loads(GOLDENS.read_text("utf-8"))["drawings"]]


def encoded(image: NDArray[np.uint8], name: str) -> bytes:
    """A picture file in the format of that name in Pillow."""
    pillow_heif.register_heif_opener()
    file = io.BytesIO()
    Image.fromarray(image).convert("RGB" if name == "HEIF" else "L").save(file, name)
    return file.getvalue()


def form(target: str, files: Sequence[tuple[str, bytes]]) -> Ask:
    """An upload of files, each with the name of its field."""
    made = httpx.Request("POST", "http://h", files=[(name, ("a.png", data)) for name, data in files])
    return Ask("POST", target, {"Content-Type": made.headers["Content-Type"]}, made.read())


def sent(target: str, value: object) -> Ask:
    """A body of JSON."""
    return Ask("POST", target, JSON, json.dumps(value).encode())


def each_form(place: int) -> Iterator[Ask]:
    """One picture, and one drawing, in every form that any route accepts."""
    image = images()[place]
    name = sorted(FORMATS)[place % len(FORMATS)]
    data, media = encoded(image, name), f"image/{name.lower()}"
    text = base64.b64encode(data).decode()
    url = f"data:{media};base64,{text}"
    pixels, strokes = image.ravel().tolist(), drawings()[place % len(drawings())]
    yield Ask("POST", READ, {"Content-Type": media}, data)
    yield Ask("POST", f"{READ}?length=1&risk=0.5", {"Content-Type": "application/octet-stream"}, data)
    yield from (form(READ, [(field, data)]) for field in ("image", "file"))
    for path, body in (
        (READ, {"image": text}), (f"{READ}?decline=false", {"image": url}), (READ, {"pixels": pixels}),
        (READ, {"strokes": strokes}), (STROKES, {"strokes": strokes}), (STROKES, {"drawings": [strokes] * 2}),
        (BATCH, {"pictures": [{"image": text}, {"pixels": pixels}, {"strokes": strokes}, {"image": "?"}]}),
        ("/predict", {"image": text}), ("/predict", {"pixels": pixels}), ("/predict-base64", {"image": url}),
    ):  # fmt: skip
        yield sent(path, body)
    yield form(BATCH, [("image", data), ("image", data[:40])])
    yield from (form("/predict", [(field, data)]) for field in ("file", "image"))
    yield form("/predict-image", [("image", data)])


def others() -> Iterator[Ask]:
    """Every other route, and what is refused, in each of the ways."""
    for path in GETS:
        yield Ask("GET", path, {"Accept": "application/json"})
    yield from (Ask(method, READ) for method in ("GET", "PUT", "DELETE", "OPTIONS", "POST"))
    yield Ask("HEAD", "/health")
    png = encoded(images()[0], "PNG")
    yield Ask("POST", f"{READ}?explain=true", {"Content-Type": "image/png"}, png)
    yield Ask("POST", f"{READ}?pattern=d%2Dd&x=%C3%A4", {"Content-Type": "image/png"}, png)
    yield Ask("POST", READ, {"Content-Type": "image/png"}, png[:60])
    yield Ask("POST", READ, {"Content-Type": "image/png"}, b"\x00\xff no picture")
    yield Ask("POST", READ, {"Content-Type": "text/plain"}, b"7")
    yield Ask("POST", READ, JSON, b"{")
    yield Ask("POST", READ, JSON, '{"image": "ä"}'.encode())
    yield Ask("POST", READ, {"Content-Type": "multipart/form-data; boundary=x"}, b"--x\r\nbroken")
    yield form("/predict-image", [("picture", png)])
    yield sent("/predict", {"image": base64.b64encode(encoded(np.zeros((40, 40), np.uint8), "PNG")).decode()})
    yield Ask("POST", READ, {"Content-Type": "image/png"}, bytes(4_100_000))
