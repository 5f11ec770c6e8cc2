"""What docs/security.md promises and no other test shows."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import PNG, READ, base64_of, form_of
from flask.testing import FlaskClient
from PIL import Image

from inkdigits.server.intake import BODIES

ROOT = Path(__file__).parent.parent
SECURITY = (ROOT / "docs" / "security.md").read_text("utf-8")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_watchers: list[list[tuple[str, tuple[Any, ...]]]] = []


def _tell(event: str, arguments: tuple[Any, ...]) -> None:
    for events in _watchers:
        events.append((event, arguments))


# A hook cannot be taken away again; without a watcher it does nothing.
sys.addaudithook(_tell)


@contextmanager
def watched() -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
    """Whatever Python opens, connects to or runs in the meantime, as audit events."""
    events: list[tuple[str, tuple[Any, ...]]] = []
    _watchers.append(events)
    try:
        yield events
    finally:
        _watchers.remove(events)


def opened(events: list[tuple[str, tuple[Any, ...]]]) -> list[tuple[str, int]]:
    """Path and flags of every file that was opened."""
    return [(str(what[0]), what[2]) for event, what in events if event == "open"]


def test_the_watch_sees_what_it_should(tmp_path: Path) -> None:
    with watched() as events:
        (tmp_path / "a").write_bytes(b"x")
    assert [(path, bool(flags & WRITES)) for path, flags in opened(events)] == [(str(tmp_path / "a"), True)]


def test_nothing_of_a_request_is_written(client: FlaskClient, seven_png: bytes, big_png: bytes) -> None:
    """In any form, small or large, right or wrong: no file is opened for writing."""
    form = form_of(big_png)
    image = base64_of(big_png)
    with watched() as events:
        statuses = [
            client.post(READ, data=seven_png, headers=PNG).status_code,
            client.post(READ, data=big_png[:100_000], headers=PNG).status_code,
            client.post(READ, **form).status_code,
            client.post(READ, json={"image": image}).status_code,
            client.post(READ, data=seven_png, headers=PNG, query_string={"explain": "true"}).status_code,
        ]
    assert statuses == [200, 400, 200, 200, 200]
    assert [path for path, flags in opened(events) if flags & WRITES] == []


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:9/a.png", "digits.onnx"]
)
def test_no_name_from_a_request_is_followed(client: FlaskClient, seven_png: bytes, name: str) -> None:
    """Not in any place a path, an address or a model could be given: nothing is opened, nobody called."""
    file = (io.BytesIO(seven_png), name)
    client.post(READ, data=seven_png, headers=PNG)
    with watched() as events:
        client.post(READ, json={"image": name})
        client.post(READ, json={"url": name, "path": name})
        client.post(READ, json={"image": base64_of(seven_png), "model": name})
        client.post(READ, data=seven_png, headers=PNG, query_string={"model": name})
        client.post(READ, data={"image": file})
        client.post(READ, data=name.encode(), headers=PNG)
    assert [path for path, _ in opened(events) if name.rpartition("/")[2] in path] == []
    assert [
        event
        for event, _ in events
        if event.startswith(("socket.connect", "socket.getaddrinfo", "subprocess"))
    ] == []


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "WEBP", "PNG"])
def test_of_an_animation_only_the_first_frame_is_decoded(
    client: FlaskClient, seven: np.ndarray[Any, Any], kind: str
) -> None:
    """Five thousand frames are read as one is; the others may even be damaged."""
    first, other = Image.fromarray(255 - seven), Image.new("L", seven.shape, 255)
    other.putpixel((3, 3), 0)
    frames, file = [other, Image.new("L", seven.shape, 255)] * (2500 if kind == "GIF" else 20), io.BytesIO()
    first.save(file, kind, save_all=True, append_images=frames, lossless=True)
    data = file.getvalue()
    assert len(list(range(Image.open(io.BytesIO(data)).n_frames))) > 20
    answer = client.post(READ, data=data, headers={"Content-Type": f"image/{kind.lower()}"})
    assert answer.json["text"] == "7"
    if kind == "GIF":
        answer = client.post(READ, data=data[:-2000], headers={"Content-Type": "image/gif"})
        assert answer.json["text"] == "7"


def test_the_policy_allows_nothing_wide(client: FlaskClient) -> None:
    """No inline script, no eval, no other host; and no feature of the machine but the camera."""
    for answer in (client.get("/"), client.get("/livez"), client.get("/nowhere"), client.post(READ, json={})):
        policy = answer.headers["Content-Security-Policy"]
        assert not re.search(r"unsafe-inline|'unsafe-eval'|https?:|\*", policy)
        assert {"base-uri 'none'", "worker-src 'self'", "manifest-src 'self'"} <= set(policy.split("; "))
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert {"geolocation=()", "microphone=()"} <= set(answer.headers["Permissions-Policy"].split(", "))


def test_as_many_large_bodies_are_held_as_the_page_says() -> None:
    assert f"a worker holds {BODIES} of the largest at most" in SECURITY


def test_each_test_that_the_page_names_is_there() -> None:
    named = re.findall(r"`(test_\w+)\.(test_\w+)`", SECURITY)
    assert len(named) > 20
    for module, function in named:
        assert f"def {function}(" in (ROOT / "tests" / f"{module}.py").read_text("utf-8"), function
