"""A block -> its rows as bytes: what every process, here or on another machine, does again and again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from inkdigits.batch.blocks import Block
from inkdigits.batch.forms import FORMS
from inkdigits.batch.items import Item, Source
from inkdigits.batch.own import decoded
from inkdigits.decode import hush
from inkdigits.errors import FileUnreadable, InkdigitsError, InputError, InternalError
from inkdigits.files import STREAMS
from inkdigits.reader import Reader
from inkdigits.rows import Row, row_of
from inkdigits.types import Raster

#: What to do about a fault of ours that a picture brings to light.
REPORT = "Report it, with the picture if you may show it."
#: What to do instead where many processes, or a later run, would read from one stream.
NAMED = "Name files, folders, archives or lists; `inkdigits read -` reads a picture from its standard input."


@dataclass(frozen=True)
class Asked:
    """How each picture is to be read, as `Reader.read` takes it, and in which of FORMS its row is written."""

    form: str
    model: str | None = None
    risk: float | None = None
    length: int | None = None
    count: int | None = None
    lines: int | None = None
    pattern: str | None = None

    @property
    def options(self) -> dict[str, Any]:
        """Those of `Reader.read`."""
        return {name: value for name, value in vars(self).items() if name not in ("form", "model")}


@dataclass(frozen=True)
class Answered:
    """A block's rows as bytes of the form, of which `failed` could not be read, by the model of that SHA-256;
    the rest is as in Block."""

    data: bytes
    failed: int
    model: str
    rows: int
    digest: str
    share: float


class BlockReader:
    """Reads blocks with a model of its own. Once another thread says that they are `unwanted`, it gives up
    the one that it is at, and any other, with KeyboardInterrupt."""

    def __init__(self, asked: Asked) -> None:
        """Raises ModelError, BadGuide, BadOption or MissingExtra: whatever would stop every block."""
        hush()
        self.reader, self.asked, self.unwanted = Reader(asked.model), asked, False
        self.reader.read_many([], **asked.options)
        FORMS[asked.form].head()

    @property
    def model(self) -> str:
        """The SHA-256 of what it reads with."""
        return str(self.reader.model.card["sha256"])

    def __call__(self, block: Block) -> Answered:
        """Every item has its row, in their order; one that cannot be read has an error in it."""
        rows = self.rows(block.items)
        data, failed = FORMS[self.asked.form].encode(rows), sum("error" in row for row in rows)
        return Answered(data, failed, self.model, block.rows, block.digest, block.share)

    def rows(self, items: Sequence[Item]) -> list[Row]:
        """The rows as dicts."""
        try:
            return self._together(items)
        except InkdigitsError:  # which would stop every block
            raise
        except Exception:
            # Nobody's millions of pictures shall wait for one that we did not foresee.
            return [self._alone(item) for item in items]

    def _alone(self, item: Item) -> Row:
        try:
            return self._together([item])[0]
        except InkdigitsError:
            raise
        except Exception as error:
            why = f"{type(error).__name__}: {error}".removesuffix(": ")
            fault = InternalError(f"inkdigits has a fault that this picture shows ({why})", REPORT)
            return row_of(item.key, fault)

    def _together(self, items: Sequence[Item]) -> list[Row]:
        sources = (_decoded(item.source) for item in self._wanted(items))
        answers = self.reader.read_each(sources, **self.asked.options)
        return [row_of(item.key, answer) for item, answer in zip(self._wanted(items), answers, strict=True)]

    def _wanted(self, items: Sequence[Item]) -> Iterator[Item]:
        for item in items:
            if self.unwanted:
                raise KeyboardInterrupt
            yield item


def _decoded(source: Source) -> Raster | InputError:
    if isinstance(source, str) and source.startswith(STREAMS):  # to wait for it no interrupt would end
        return FileUnreadable(f"{source} cannot be read: it is a stream, which no batch takes", NAMED)
    try:
        return decoded(source)
    except InputError as error:
        return error
