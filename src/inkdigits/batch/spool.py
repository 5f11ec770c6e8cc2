"""Rows on disk that outlive a kill: `OUT.part` grows by whole blocks, `OUT.journal` says what is whole."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from itertools import islice
from math import inf
from pathlib import Path
from reprlib import repr as short
from time import monotonic
from typing import Any, BinaryIO, Self

from inkdigits.batch.blocks import Block, Passed, blocks_of
from inkdigits.batch.forms import Form
from inkdigits.batch.items import Entry
from inkdigits.batch.read import Answered
from inkdigits.errors import BatchError
from inkdigits.files import write_all

#: Seconds between lines of the journal: so much work at most is done again after a kill.
PAUSE = 1.0
#: What the first line of every journal names, that of an older version too.
ALWAYS = frozenset(("input", "version"))


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
        self._part, self._journal = beside(out)

    def __enter__(self) -> Self:
        """Raises BatchError where `out` is another's, or what is left is of a run that asked otherwise."""
        with self._writing(), ExitStack() as files:
            if not self._journal.exists():
                self._check_free()
            if not self.out.parent.exists():
                self.out.parent.mkdir(parents=True)
            self._log = files.enter_context(self._open_journal())
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
                if self.state.rows:
                    self._note()
                else:  # as where it was refused before it began
                    self._part.unlink()
                    self._journal.unlink()
        self._files.close()

    @property
    def finished(self) -> bool:
        """Whether the output is whole and in its place."""
        return self.state.whole and not self._part.exists()

    def rest(self, entries: Iterator[Entry]) -> Iterator[Block]:
        """In blocks, what is behind the rows there are. Raises BatchError if these were of other input."""
        passed = Passed()
        for item, _ in islice(entries, self.state.rows):
            passed.add(item)
        if self.state.rows and (passed.rows, passed.digest) != (self.state.rows, self.state.digest):
            raise BatchError(f"{self.out} was begun with other input than there is now", self._remedy())
        return blocks_of(entries, passed)

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

    def _check_free(self) -> None:
        """Raises BatchError where files are in the way that no run is known to have begun."""
        if self.out.exists():
            raise BatchError(f"{self.out} exists already", "Name another output, or remove that one.")
        if self._part.exists() and self._part.stat().st_size:
            raise BatchError(f"{self._part} exists already, but not {self._journal}", self._anew())

    def _open_journal(self) -> BinaryIO:
        """To be read alone where no more is allowed, which is enough for a run that is finished."""
        try:
            return _opened(self._journal)
        except OSError:
            if not self._journal.exists():
                raise
            return self._journal.open("rb", buffering=0)

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
        part = self._part.exists()
        if not (part and state.rows) and not (state.whole and (part or self.out.exists())):
            asked, state, size = self._asked, State(), 0
        if other := [name for name in self._asked if asked.get(name) != self._asked[name]]:
            told = (
                f"{name} was {_words(asked.get(name))} and is {_words(self._asked[name])} now"
                for name in other
            )
            message = f"{self.out} was begun by a run that asked otherwise: {', '.join(told)}"
            raise BatchError(message, self._remedy())
        self.state = state
        if self.finished:
            return
        os.truncate(self._journal, size)  # by its name, which says whether it may be written
        self._log.seek(size)
        if not size:
            write_all(self._log, _line(asked))

    def _told(self) -> tuple[dict[str, Any], State, int]:
        """What the journal says: its first line, its last, and the bytes of its whole lines."""
        data = self._log.read()
        if _line(self._asked)[:-1].startswith(data):  # it is new, or a kill tore its first line
            return self._asked, State(), 0
        whole = data.rpartition(b"\n")[0]
        try:
            first, *others = whole.splitlines()
            state = State(**json.loads(others[-1])) if others else State()
            return _asked(first), state, len(whole) + 1
        except (ValueError, TypeError):
            raise BatchError(f"{self._journal} is not the journal of a run", self._anew()) from None

    def _go_on(self) -> None:
        """Cut off what is not whole, or begin."""
        if self._file.seek(0, os.SEEK_END) < self.state.bytes:
            raise BatchError(f"{self._part} is shorter than {self._journal} says", self._anew())
        self._file.truncate(self.state.bytes)
        self._file.seek(self.state.bytes)
        if not self.state.bytes:
            write_all(self._file, head := self._form.head())
            self.state = State(bytes=len(head))
        self._note()

    def _note(self) -> None:
        os.fsync(self._file.fileno())
        write_all(self._log, _line(asdict(self.state)))
        os.fsync(self._log.fileno())

    def _remedy(self) -> str:
        return f"Give the same as before to go on. {self._anew()}"

    def _anew(self) -> str:
        files = f"{self.out}, {self._part} and {self._journal}"
        return f"To begin anew, name another output, or remove {files}."

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise BatchError(
                f"{error.filename or self._part} cannot be written: {error.strerror}",
                "Make room, or see that you may write there; the same command then goes on where it stopped.",
            ) from None


def beside(out: Path) -> tuple[Path, Path]:
    """Where a run keeps its rows until they are whole, and its journal."""
    return out.with_name(f"{out.name}.part"), out.with_name(f"{out.name}.journal")


def _line(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry).encode() + b"\n"


def _asked(line: bytes) -> dict[str, Any]:
    """What a run was asked, by its journal's first line. Raises ValueError where that is no such line."""
    entry = json.loads(line)
    if not isinstance(entry, dict) or not entry.keys() >= ALWAYS:
        raise ValueError
    return entry


def _words(value: Any) -> str:
    """A value for a person; of an input its name, and its size in bytes if it has one."""
    if isinstance(value, list):
        value = " ".join(str(part) for one in value for part in one if part is not None)
    return "not given" if value is None else short(value)


def _opened(path: Path) -> BinaryIO:
    """To be read and written, made if it is not there; what is in it stays."""
    return open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666), "r+b", buffering=0)  # noqa: PTH123
