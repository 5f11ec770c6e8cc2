"""What Prometheus asks for: how much is served, how fast, and whether what people write drifts."""

from __future__ import annotations

import os
import time
from pathlib import Path

from flask import Blueprint, Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from inkdigits.server.requests import taken
from inkdigits.types import Reading

#: The environment variable that tells the workers where to count together.
SHARED = "PROMETHEUS_MULTIPROC_DIR"
#: Any other method, or a path that is not ours, counts as this: a client may not make up labels.
OTHER = "other"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

REQUESTS = Counter("inkdigits_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "inkdigits_request_seconds", "Time from the whole request to its answer.", ["route"],
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)  # fmt: skip
BYTES = Histogram(
    "inkdigits_request_bytes", "Size of a request's body, as far as it was taken in.", ["route"],
    buckets=[4**power for power in range(4, 13)],
)  # fmt: skip
PICTURES = Counter("inkdigits_pictures", "Pictures and drawings read, declined ones too.")
DECLINED = Counter("inkdigits_declined", "Pictures and drawings declined.", ["reason"])
CONFIDENCE = Histogram(
    "inkdigits_confidence", "Confidence of a reading, declined ones too.",
    buckets=(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1),
)  # fmt: skip
INK = Histogram(
    "inkdigits_ink_share", "Share of a picture, or of the frame around a drawing, that is ink.", ["kind"],
    buckets=(0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1),
)  # fmt: skip
HEIGHT = Histogram(
    "inkdigits_digit_height", "Height of a digit, in pixels of the picture or the unit of the strokes.",
    ["kind"],
    buckets=(8, 12, 16, 20, 28, 40, 60, 90, 140, 200, 400, 800),
)  # fmt: skip
MODEL = Gauge(
    "inkdigits_model_workers", "Workers that read with the model of this SHA-256.", ["sha256"],
    multiprocess_mode="livesum",
)  # fmt: skip
SWAPS = Counter("inkdigits_model_swaps", "Models that took over, or were refused.", ["result"])


def register(app: Flask) -> None:
    """Count every request of `app`, and serve what was counted at /metrics."""
    app.after_request(_count)
    metrics = Blueprint("metrics", __name__)
    metrics.add_url_rule("/metrics", view_func=_metrics, methods=["GET"])
    app.register_blueprint(metrics)


def note(reading: Reading, source: object, again: bool = False) -> None:
    """Count a reading of the current request; one of a `source` read `again` tells of no drift."""
    g.pictures += 1
    if again:
        return
    kind = "drawing" if isinstance(source, list) else "picture"
    PICTURES.inc()
    CONFIDENCE.observe(reading.confidence)
    INK.labels(kind).observe(reading.ink)
    if reading.reason:
        DECLINED.labels(reading.reason).inc()
    for digit in reading.digits:
        HEIGHT.labels(kind).observe(digit.box.height)


def count(method: str, route: str | None, status: int) -> str:
    """Count a request that is answered with `status`; gives what its route counts as."""
    route = route or OTHER
    REQUESTS.labels(method if method in METHODS else OTHER, route, str(status)).inc()
    return route


def _count(response: Response) -> Response:
    rule = request.url_rule.rule if request.url_rule else None
    route = count(request.method, rule, response.status_code)
    SECONDS.labels(route).observe(time.perf_counter() - g.started)
    if (size := taken(request)) is not None:
        BYTES.labels(route).observe(size)
    return response


def _metrics() -> Response:
    return Response(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


def _registry() -> CollectorRegistry:
    """Of this process, or of all workers where they count together."""
    folder = os.environ.get(SHARED)
    if not folder:
        return REGISTRY
    _forget_the_dead(Path(folder))
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def _forget_the_dead(folder: Path) -> None:
    """Take workers that are gone out of the gauges; what they counted stays."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = int(file.stem.rpartition("_")[2])
        try:
            os.kill(pid, 0)
        except (ProcessLookupError, PermissionError):  # gone, or its number is another user's process's now
            mark_process_dead(pid)  # type: ignore[no-untyped-call]
