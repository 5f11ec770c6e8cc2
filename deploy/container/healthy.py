"""Ends well if the server of this container is ready: the image's health check."""

from __future__ import annotations

import os
import sys
from urllib.request import ProxyHandler, build_opener

#: Seconds; less than what the check as a whole is given.
PATIENCE = 4


def main() -> None:
    port = os.environ.get("INKDIGITS_PORT") or os.environ.get("PORT") or "8000"
    try:
        # Docker gives containers the proxies of who starts them, and this is none of theirs.
        asking = build_opener(ProxyHandler({}))
        asking.open(f"http://127.0.0.1:{port}/readyz", timeout=PATIENCE).close()
    except OSError as error:
        sys.exit(f"not ready: {error}")


if __name__ == "__main__":
    main()
