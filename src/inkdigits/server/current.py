"""The Reader of now, and how another takes its place without a request being lost."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

from inkdigits.errors import ModelError, ModelInvalid
from inkdigits.files import stamp
from inkdigits.reader import Reader
from inkdigits.server.metrics import MODEL, SWAPS

log = logging.getLogger(__name__)


#: Seconds for which it is believed that a Reader which read a known digit rightly still does.
BELIEVED = 1.0


class Current:
    """A worker's state: the Reader that answers, and whether it is `draining`, that is about to stop.

    Ask for `reader` once a request, so that one request has one model.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.draining = False
        self._swapping = threading.Lock()
        self._checked: tuple[Reader | None, float] = None, 0.0
        self._taken = _stamps(reader.model.path)
        MODEL.labels(reader.model.card["sha256"]).set(1)

    def drain(self) -> None:
        """Say that the worker is about to stop."""
        self.draining = True

    def check(self) -> None:
        """Raise ModelInvalid if the Reader of now misreads a known digit, which it is asked once a second."""
        reader, (known, when) = self.reader, self._checked
        if reader is not known or time.monotonic() - when > BELIEVED:
            self._checked = checked(reader), time.monotonic()

    def reload(self) -> bool:
        """Read the model file again and let its Reader answer from now on; whether it does.

        A file that cannot be used, or that misreads a known digit, is refused and the old Reader goes on.
        """
        with self._swapping:
            old = self.reader
            self._taken = _stamps(old.model.path)
            try:
                self.reader = checked(Reader(old.model.path, old.limits))
            except ModelError as error:
                log.error("The new model is refused, the old one goes on: %s", error)
                SWAPS.labels("refused").inc()
                return False
            self._tell(old, self.reader)
            return True

    def watch(self, seconds: float) -> None:
        """Reload, in the background, whenever the model file or its SHA-256 has changed; look so often."""
        threading.Thread(target=self._follow, args=(seconds,), daemon=True).start()

    def _follow(self, seconds: float) -> None:
        seen = self._taken
        while True:
            time.sleep(seconds)
            now = _stamps(self.reader.model.path)
            # Two files cannot change at once: what is changing still is left until it keeps still.
            if now == seen != self._taken:
                self.reload()
            seen = now

    def _tell(self, old: Reader, new: Reader) -> None:
        digest = new.model.card["sha256"]
        MODEL.labels(old.model.card["sha256"]).set(0)
        MODEL.labels(digest).set(1)
        SWAPS.labels("swapped").inc()
        log.info("The model %s answers from now on", digest)


def checked(reader: Reader) -> Reader:
    """`reader`, once it reads a known digit rightly; raises ModelInvalid otherwise."""
    try:
        right = reader.check()
    except Exception:  # onnxruntime raises classes of its own, with no common public base
        log.exception("The model %s fails on a known digit", reader.model.path)
        right = False
    if not right:
        raise ModelInvalid(f"The model {reader.model.path} does not read a known digit rightly")
    return reader


def _stamps(path: Path) -> list[tuple[int, ...] | None]:
    """What tells that the model file or its SHA-256 is another one; None for one that is not there."""
    return [stamp(path), stamp(path.with_name(path.name + ".sha256"))]
