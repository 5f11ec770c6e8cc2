"""One file from the web, gone on with where an earlier try stopped."""

from __future__ import annotations

import http.client
from pathlib import Path
from typing import BinaryIO, cast
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from inkdigits.errors import DataError
from inkdigits.files import write_all, writing

#: How long a server may say nothing.
_SILENCE_SECONDS = 20
_CHUNK_BYTES = 1 << 16


def download(url: str, part: Path, max_bytes: int, console: Console) -> bytes:
    """What is at `url`, of at most `max_bytes`; while it is on its way it is kept in `part`.

    A connection that breaks is taken up again for as long as bytes arrive; then, and for
    every other failure, raises OSError, HTTPException or DataError, and `part` stays for the
    next call. Raises NotWritten where `part` cannot be written.
    """
    while True:
        before = _size(part)
        try:
            _go_on(url, part, max_bytes, console)
            break
        except HTTPError as error:
            error.close()
            if error.code != http.client.REQUESTED_RANGE_NOT_SATISFIABLE or not before:
                raise
            part.unlink()
        except (DataError, OSError, http.client.HTTPException):
            if _size(part) <= before:
                raise
    content = part.read_bytes()
    part.unlink()
    if len(content) > max_bytes:
        raise DataError(f"more than {max_bytes} bytes")
    return content


def _go_on(url: str, part: Path, max_bytes: int, console: Console) -> None:
    """Asks for what `part` lacks, and appends it: all of it, or one byte more than the most allowed."""
    start = _size(part)
    headers = {"User-Agent": "inkdigits", **({"Range": f"bytes={start}-"} if start else {})}
    # The addresses come from the registry of datasets, all of them https.
    with urlopen(Request(url, headers=headers), timeout=_SILENCE_SECONDS) as response:  # noqa: S310
        if response.status != http.client.PARTIAL_CONTENT:
            start = 0
        total = None if response.length is None else start + response.length
        with _opened(part, "ab" if start else "wb") as sink, _progress(console) as progress:
            task = progress.add_task(url.rpartition("/")[2], completed=start, total=total)
            while chunk := response.read(min(_CHUNK_BYTES, max_bytes + 1 - sink.tell())):
                with writing(part):
                    write_all(sink, chunk)
                progress.advance(task, len(chunk))
    if total is not None and _size(part) < min(total, max_bytes + 1):
        raise DataError(f"the connection ended at byte {_size(part)} of {total}")


def _opened(part: Path, mode: str) -> BinaryIO:
    with writing(part):
        return cast(BinaryIO, part.open(mode, buffering=0))


def _progress(console: Console) -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn()
    return Progress(*columns, console=console, disable=not console.is_terminal)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
