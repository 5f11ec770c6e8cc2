"""The Reader of now, and how another takes its place without a request being lost."""

from __future__ import annotations

import logging
import threading

from inkdigits.errors import ModelError, ModelInvalid
from inkdigits.reader import Reader

log = logging.getLogger(__name__)


class Current:
    """Holds the Reader that answers. Ask for `reader` once a request, so that one request has one model."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._swapping = threading.Lock()

    def reload(self) -> bool:
        """Read the model file again and let its Reader answer from now on; whether it does.

        A file that cannot be used, or that misreads a known digit, is refused and the old Reader goes on.
        """
        with self._swapping:
            old = self.reader
            try:
                self.reader = checked(Reader(old.model.path, old.limits))
            except ModelError as error:
                log.error("The new model is refused, the old one goes on: %s", error)
                return False
            log.info("The model %s answers from now on", self.reader.model.card["sha256"])
            return True


def checked(reader: Reader) -> Reader:
    """`reader`, once it reads a known digit rightly; raises ModelInvalid otherwise."""
    if not reader.check():
        raise ModelInvalid(f"The model {reader.model.path} does not read a known digit rightly")
    return reader
