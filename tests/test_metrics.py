"""What is counted, and that a client cannot make up what it is counted as."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import PNG, READ, SEVEN_STROKES, base64_of
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from inkdigits import Reader
from inkdigits.server.metrics import SHARED

Counts = Callable[..., float]
OPERATION = (Path(__file__).parent.parent / "docs" / "operation.md").read_text("utf-8")


def samples(client: FlaskClient) -> dict[tuple[object, ...], float]:
    """Every sample by its name and labels."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {
        (one.name, *sorted(one.labels.items())): one.value for family in families for one in family.samples
    }


@pytest.fixture
def more(client: FlaskClient) -> Counts:
    """Tells by how much a sample has grown since the test began."""
    before = samples(client)

    def grown(name: str, **labels: str) -> float:
        key = (name, *sorted(labels.items()))
        return samples(client).get(key, 0.0) - before.get(key, 0.0)

    return grown


def test_requests_are_counted_by_route_and_status(
    client: FlaskClient, more: Counts, seven_png: bytes
) -> None:
    for _ in range(3):
        client.post(READ, data=seven_png, content_type="image/png")
    client.post(READ, data=b"x", content_type="image/png")
    assert more("inkdigits_requests_total", method="POST", route=READ, status="200") == 3
    assert more("inkdigits_requests_total", method="POST", route=READ, status="415") == 1
    assert more("inkdigits_request_seconds_count", route=READ) == 4
    assert more("inkdigits_request_bytes_sum", route=READ) == 3 * len(seven_png) + 1


def test_of_a_body_what_was_taken_in_is_counted(client: FlaskClient, more: Counts) -> None:
    """Not the length of one that is refused for it."""
    said = {"CONTENT_LENGTH": "99999999"}
    assert client.post(READ, data=b"abc", headers=PNG, environ_overrides=said).status_code == 413
    assert more("inkdigits_request_bytes_count", route=READ) == 1
    assert more("inkdigits_request_bytes_sum", route=READ) == 0
    client.get("/livez")
    assert more("inkdigits_request_bytes_count", route="/livez") == 0


def test_what_was_read_is_counted(client: FlaskClient, more: Counts) -> None:
    client.post(READ, json={"strokes": SEVEN_STROKES})
    client.post(READ, json={"strokes": []})
    assert more("inkdigits_pictures_total") == 2
    assert more("inkdigits_declined_total", reason="blank") == 1
    assert more("inkdigits_ink_share_bucket", kind="drawing", le="0.0") == 1
    assert 0.05 < more("inkdigits_ink_share_sum", kind="drawing") < 0.5
    assert more("inkdigits_confidence_count") == 2
    assert more("inkdigits_confidence_bucket", le="0.1") == 1
    assert more("inkdigits_digit_height_count", kind="drawing") == 1
    assert more("inkdigits_digit_height_sum", kind="drawing") == pytest.approx(100, abs=10)


@pytest.mark.parametrize(
    ("route", "body", "pictures", "drawings"),
    [
        (READ, {"strokes": SEVEN_STROKES}, 0, 1),
        (READ, {"image": "png"}, 1, 0),
        ("/predict", {"image": "png"}, 1, 0),
        ("/api/v1/strokes", {"drawings": [SEVEN_STROKES, [], SEVEN_STROKES]}, 0, 2),
        (f"{READ}/batch", {"pictures": [{"image": "x"}, {"strokes": SEVEN_STROKES}, {"image": "png"}]}, 1, 1),
    ],
)
def test_heights_in_pixels_and_in_units_of_strokes_are_apart(
    client: FlaskClient, more: Counts, seven_png: bytes, route: str, body: Any, pictures: int, drawings: int
) -> None:
    sent = json.dumps(body).replace('"png"', f'"{base64_of(seven_png)}"')
    assert client.post(route, data=sent, content_type="application/json").status_code == 200
    assert more("inkdigits_digit_height_count", kind="picture") == pictures
    assert more("inkdigits_digit_height_count", kind="drawing") == drawings


def test_what_is_read_again_to_be_explained_tells_of_no_drift(
    client: FlaskClient, more: Counts, seven_png: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "inkdigits.access")
    for query in ("", "?explain=true"):
        assert client.post(READ + query, data=seven_png, headers=PNG).status_code == 200
    assert more("inkdigits_pictures_total") == 1
    assert more("inkdigits_confidence_count") == 1
    assert more("inkdigits_ink_share_count", kind="picture") == 1
    assert more("inkdigits_digit_height_count", kind="picture") == 1
    assert more("inkdigits_requests_total", method="POST", route=READ, status="200") == 2
    assert [record.fields["pictures"] for record in caplog.records[:2]] == [1, 1]


def test_a_client_makes_no_labels_up(client: FlaskClient, more: Counts) -> None:
    for i in range(3):
        client.get(f"/nothing-{i}")
        client.open(READ, method=f"MADE{i}")
    assert more("inkdigits_requests_total", method="GET", route="other", status="404") == 3
    assert more("inkdigits_requests_total", method="other", route="other", status="405") == 3
    assert not any(made in client.get("/metrics").text for made in ("nothing-", "MADE"))


def test_each_metric_is_in_the_table_of_the_docs(server: str) -> None:
    families = list(text_string_to_metric_families(httpx.get(f"{server}/metrics").text))
    served = {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in families
        if family.name.startswith("inkdigits_") and not family.name.endswith("_created")
    }
    assert set(re.findall(r"^\| `(inkdigits_\w+)`", OPERATION, re.MULTILINE)) == served


def test_a_worker_whose_number_is_another_users_process_is_gone() -> None:
    """1 is root's, for whom only a child that is nobody can see it as another's."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        file = Path(folder, "gauge_livesum_1.db")
        file.touch()
        nobody = "import os; os.geteuid() or os.setuid(65534)"
        code = f"from inkdigits.server import metrics; {nobody}; metrics._registry()"
        subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {SHARED: folder})
        assert not file.exists()


def test_the_model_at_work_is_named(client: FlaskClient, reader: Reader) -> None:
    assert f'inkdigits_model_workers{{sha256="{reader.model.card["sha256"]}"}}' in client.get("/metrics").text
