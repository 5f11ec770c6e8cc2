"""Rows on disk that outlive a kill: `OUT.part` grows by whole blocks, `OUT.journal` says what is whole."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from reprlib import repr as short
from time import monotonic
from typing import Any, BinaryIO, Self

from inkdigits.batch.blocks import Block
from inkdigits.batch.forms import Form
from inkdigits.batch.read import Answered
from inkdigits.errors import BatchError
from inkdigits.files import write_atomically

#: Seconds between journals: so much work at most is done again after a kill.
PAUSE = 1.0


@dataclass(frozen=True)
class Journal:
    """`asked` is what makes two runs the same; of the rows, `rows` in `bytes` are on disk, `failed` of them
    could not be read, and `digest` says which they are. `whole` is whether all input is among them."""

    asked: dict[str, Any] = field(default_factory=dict)
    rows: int = 0
    failed: int = 0
    bytes: int = 0
    digest: str = ""
    whole: bool = False


class Spool:
    """The output of a run, which goes on with what an earlier run left. A context manager."""

    def __init__(self, out: Path, form: Form, asked: dict[str, Any]) -> None:
        """Raises BatchError where `out` is another's, or what is left is of a run that asked otherwise.

        `asked` must come back from JSON as it is.
        """
        self.out, self._form, self._noted = out, form, monotonic()
        self._part, self._path = (out.with_name(out.name + end) for end in (".part", ".journal"))
        with self._writing():
            self.journal = self._left(asked)
            self.finished = self.journal.whole and not self._part.exists()
            if not self.finished:
                self._file = self._locked()

    def __enter__(self) -> Self:
        with self._writing():
            if not self.finished:
                self._go_on()
        return self

    def __exit__(self, *_: object) -> None:
        if not self.finished:
            with suppress(OSError):  # of a full disk; then the last journal counts
                self._note()
            self._file.close()

    def rest(self, blocks: Iterator[Block]) -> Iterator[Block]:
        """The blocks behind what there is already. Raises BatchError if that was of other input."""
        if not self.journal.rows:
            return blocks
        for block in blocks:
            if block.rows >= self.journal.rows:
                if (block.rows, block.digest) == (self.journal.rows, self.journal.digest):
                    return blocks
                break
        raise BatchError(f"{self.out} was begun with other input than there is now", self._remedy())

    def append(self, answered: Answered) -> None:
        """Put a block's rows behind the others. Raises BatchError where there is no room."""
        with self._writing():
            _write(self._file, answered.data)
            self.journal = replace(
                self.journal,
                rows=answered.rows,
                failed=self.journal.failed + answered.failed,
                bytes=self.journal.bytes + len(answered.data),
                digest=answered.digest,
            )
            if monotonic() - self._noted > PAUSE:
                self._note()

    def finish(self) -> None:
        """Put the output in its place, now that all rows are there. Raises BatchError."""
        with self._writing():
            self.journal = replace(self.journal, whole=True)
            self._note()
            self._form.finish(self._part, self.out)
            self._file.close()
            self.finished = True

    def _left(self, asked: dict[str, Any]) -> Journal:
        """The journal of the run to go on with, or a new one."""
        found = self._found()
        if self.out.exists() and not found.whole:
            raise BatchError(f"{self.out} exists already", "Name another output, or remove that one.")
        if not self._part.exists() and not (found.whole and self.out.exists()):
            return Journal(asked)
        if other := [name for name in asked if asked[name] != found.asked.get(name)]:
            told = ", ".join(
                f"{name} was {short(found.asked.get(name))}, not {short(asked[name])}" for name in other
            )
            raise BatchError(f"{self.out} was begun by a run that asked otherwise: {told}", self._remedy())
        return found

    def _found(self) -> Journal:
        try:
            return Journal(**json.loads(self._path.read_bytes()))
        except FileNotFoundError:
            return Journal()
        except (ValueError, TypeError):
            raise BatchError(f"{self._path} is not the journal of a run", self._remedy()) from None

    def _locked(self) -> BinaryIO:
        """The rows' file, which no other run writes to meanwhile."""
        self.out.parent.mkdir(parents=True, exist_ok=True)
        file = open(os.open(self._part, os.O_RDWR | os.O_CREAT, 0o666), "r+b", buffering=0)  # noqa: PTH123, SIM115
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise BatchError(
                f"Another run writes {self.out}", "Wait for it, or name another output."
            ) from None
        return file

    def _go_on(self) -> None:
        """Cut off what is not whole, or begin."""
        if self._file.seek(0, os.SEEK_END) < self.journal.bytes:
            raise BatchError(f"{self._part} is shorter than {self._path} says", self._remedy())
        self._file.truncate(self.journal.bytes)
        self._file.seek(self.journal.bytes)
        if not self.journal.bytes:
            head = self._form.head()
            _write(self._file, head)
            self.journal = replace(self.journal, bytes=len(head))
        self._note()

    def _note(self) -> None:
        os.fsync(self._file.fileno())
        write_atomically(self._path, json.dumps(asdict(self.journal), indent=1).encode())
        self._noted = monotonic()

    def _remedy(self) -> str:
        files = f"{self.out}, {self._part} and {self._path}"
        return f"Give the same as before to go on, or remove {files} to begin anew."

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise BatchError(
                f"{error.filename or self._part} cannot be written: {error.strerror}",
                "Make room, or see that you may write there; the same command then goes on where it stopped.",
            ) from None


def _write(file: BinaryIO, data: bytes) -> None:
    """All of it: a write may stop early, and only the next one says why."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]
