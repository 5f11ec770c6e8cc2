"""Serves a little in this process, so that Python keeps compiled all that serving loads: warm.py PICTURE"""

from __future__ import annotations

import multiprocessing
import sys
from pathlib import Path

import healthy

import inkdigits.server.run  # noqa: F401
from inkdigits.cli import app
from inkdigits.server import create_app

PAGES = ("/", "/readyz", "/metrics", "/docs", "/api/v1/model", "/api/v1/openapi.json")


def main() -> None:
    app.run(["serve", "--port", "none"])
    client = create_app().test_client()
    answers = [client.get(page, headers={"Accept": "text/html"}) for page in PAGES]
    picture = Path(sys.argv[1]).read_bytes()
    answers.append(client.post("/api/v1/read?explain=true", data=picture, content_type="image/jpeg"))
    # A worker's way into life.
    worker = multiprocessing.get_context("spawn").Process(target=healthy.main)
    worker.start()
    worker.join()
    sys.exit(", ".join(answer.status for answer in answers if answer.status_code != 200) or 0)


if __name__ == "__main__":
    main()
