"""Rows on disk that outlive a kill: `OUT.part` grows by whole blocks, `OUT.journal` says what is whole."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from math import inf
from pathlib import Path
from reprlib import repr as short
from time import monotonic
from typing import Any, BinaryIO, Self

from inkdigits.batch.blocks import Block
from inkdigits.batch.forms import Form
from inkdigits.batch.read import Answered
from inkdigits.errors import BatchError
from inkdigits.files import write_all

#: Seconds between lines of the journal: so much work at most is done again after a kill.
PAUSE = 1.0


@dataclass(frozen=True)
class State:
    """A line of the journal: of the rows, `rows` in `bytes` are on disk, `failed` of them could not be read,
    and `digest` says which they are. `whole` is whether all input is among them."""

    rows: int = 0
    failed: int = 0
    bytes: int = 0
    digest: str = ""
    whole: bool = False


class Spool:
    """The output of a run, which goes on with what an earlier run left. A context manager."""

    def __init__(self, out: Path, form: Form, asked: dict[str, Any]) -> None:
        """`asked` is what makes two runs the same; it must come back from JSON as it is."""
        self.out, self.state = out, State()
        self._form, self._asked, self._noted = form, asked, -inf
        self._part, self._journal = (out.with_name(out.name + end) for end in (".part", ".journal"))

    def __enter__(self) -> Self:
        """Raises BatchError where `out` is another's, or what is left is of a run that asked otherwise."""
        with self._writing(), ExitStack() as files:
            if self.out.exists() and not self._journal.exists():
                raise BatchError(f"{self.out} exists already", "Name another output, or remove that one.")
            if not self.out.parent.exists():
                self.out.parent.mkdir(parents=True)
            self._log = files.enter_context(_opened(self._journal))
            self._lock()
            self._find()
            if not self.finished:
                self._file = files.enter_context(_opened(self._part))
                self._go_on()
            self._files = files.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        if not self.finished:
            with suppress(OSError):  # of a full disk; then the journal's last line counts
                self._note()
        self._files.close()

    @property
    def finished(self) -> bool:
        """Whether the output is whole and in its place."""
        return self.state.whole and not self._part.exists()

    def rest(self, blocks: Iterator[Block]) -> Iterator[Block]:
        """The blocks behind what there is already. Raises BatchError if that was of other input."""
        if not self.state.rows:
            return blocks
        for block in blocks:
            if block.rows >= self.state.rows:
                if (block.rows, block.digest) == (self.state.rows, self.state.digest):
                    return blocks
                break
        raise BatchError(f"{self.out} was begun with other input than there is now", self._remedy())

    def append(self, answered: Answered) -> None:
        """Put a block's rows behind the others. Raises BatchError where there is no room."""
        with self._writing():
            write_all(self._file, answered.data)
            failed, size = self.state.failed + answered.failed, self.state.bytes + len(answered.data)
            self.state = State(answered.rows, failed, size, answered.digest)
            if monotonic() - self._noted > PAUSE:
                self._note()
                self._noted = monotonic()

    def finish(self) -> None:
        """Put the output in its place, now that all rows are there. Raises BatchError."""
        with self._writing():
            self.state = replace(self.state, whole=True)
            self._note()
            self._form.finish(self._part, self.out)

    def _lock(self) -> None:
        try:
            fcntl.flock(self._log, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BatchError(
                f"Another run writes {self.out}", "Wait for it, or name another output."
            ) from None

    def _find(self) -> None:
        """Where the run to go on with stopped, or the beginning of a new one."""
        asked, state, size = self._told()
        if not self._part.exists() and not (state.whole and self.out.exists()):
            asked, state, size = self._asked, State(), 0
        if other := [name for name in self._asked if asked.get(name) != self._asked[name]]:
            told = (f"{name} was {short(asked.get(name))}, not {short(self._asked[name])}" for name in other)
            message = f"{self.out} was begun by a run that asked otherwise: {', '.join(told)}"
            raise BatchError(message, self._remedy())
        self.state = state
        self._log.truncate(size)
        self._log.seek(size)
        if not size:
            write_all(self._log, json.dumps(asked).encode() + b"\n")

    def _told(self) -> tuple[dict[str, Any], State, int]:
        """What the journal says: its first line, its last, and the bytes of its whole lines."""
        whole = self._log.read().rpartition(b"\n")[0]
        if not whole:
            return self._asked, State(), 0
        first, *others = whole.splitlines()
        try:
            state = State(**json.loads(others[-1])) if others else State()
            return json.loads(first), state, len(whole) + 1
        except (ValueError, TypeError):
            raise BatchError(f"{self._journal} is not the journal of a run", self._remedy()) from None

    def _go_on(self) -> None:
        """Cut off what is not whole, or begin."""
        if self._file.seek(0, os.SEEK_END) < self.state.bytes:
            raise BatchError(f"{self._part} is shorter than {self._journal} says", self._remedy())
        self._file.truncate(self.state.bytes)
        self._file.seek(self.state.bytes)
        if not self.state.bytes:
            write_all(self._file, head := self._form.head())
            self.state = State(bytes=len(head))
        self._note()

    def _note(self) -> None:
        os.fsync(self._file.fileno())
        write_all(self._log, json.dumps(asdict(self.state)).encode() + b"\n")
        os.fsync(self._log.fileno())

    def _remedy(self) -> str:
        files = f"{self.out}, {self._part} and {self._journal}"
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


def _opened(path: Path) -> BinaryIO:
    """To be read and written, made if it is not there; what is in it stays."""
    return open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666), "r+b", buffering=0)  # noqa: PTH123
