"""API keys: made and revoked in a shell, kept as hashes, obeyed by a server without a restart."""

from __future__ import annotations

import json
import os
import re
import resource
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from conftest import PNG, READ, Runner, assert_error, full_disk
from flask.testing import FlaskClient

from inkdigits import Reader
from inkdigits.errors import NotWritten, SettingsError
from inkdigits.server import create_app, keys
from inkdigits.settings import Settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys.txt"


@pytest.fixture
def token(file: Path) -> str:
    return keys.add(file, "ann")


@pytest.fixture
def guarded(file: Path, token: str, reader: Reader) -> FlaskClient:
    """A server for which only ann has a key."""
    assert token
    return create_app(Settings(keys=file), reader).test_client()


@contextmanager
def no_more_open_files() -> Iterator[None]:
    """Nobody, not even root, can open a file: as where another user's may not be read."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def status(client: FlaskClient, seven_png: bytes, token: str) -> int:
    headers = PNG | {"Authorization": f"Bearer {token}"}
    return client.post(READ, data=seven_png, headers=headers).status_code


def test_the_shell_makes_lists_and_revokes(runner: Runner, file: Path) -> None:
    made = runner("keys", "add", "ann", "--file", file)
    assert made.code == 0
    token = made.out.strip()
    assert re.fullmatch(r"inkdigits_[A-Za-z0-9_-]{43}", token)
    assert runner("keys", "add", "bob", "--file", file).out != made.out
    assert [line.split()[1] for line in runner("keys", "list", "--file", file).out.splitlines()] == [
        "ann",
        "bob",
    ]
    assert runner("keys", "revoke", "ann", "--file", file).code == 0
    assert "ann" not in runner("keys", "list", "--file", file).out
    assert [row["name"] for row in json.loads(runner("keys", "list", "--json", "--file", file).out)] == [
        "bob"
    ]


def test_the_file_holds_hashes_and_is_for_its_owner(file: Path, token: str) -> None:
    assert token not in file.read_text()
    assert sha256(token.encode()).hexdigest() in file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    file.chmod(0o640)
    keys.add(file, "bob")
    assert file.stat().st_mode & 0o777 == 0o640


def test_the_file_stays_its_owners(file: Path, token: str) -> None:
    """A server of another user can go on reading it; only root can give a file to one."""
    assert token
    owner = 65534 if os.geteuid() == 0 else os.geteuid()
    os.chown(file, owner, owner if os.geteuid() == 0 else -1)
    before = file.stat()
    keys.add(file, "bob")
    after = file.stat()
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)
    assert after.st_uid == owner


def test_through_a_link_the_file_itself_is_changed(file: Path, token: str, tmp_path: Path) -> None:
    assert token
    link = tmp_path / "link"
    link.symlink_to(file.name)
    keys.revoke(link, "ann")
    assert keys.load(file) == []
    keys.add(link, "bob")
    assert link.is_symlink()
    assert [key.name for key in keys.load(file)] == ["bob"]


def test_a_key_that_a_disk_has_no_room_for_leaves_no_file(file: Path) -> None:
    with full_disk(), pytest.raises(NotWritten, match="File too large"):
        keys.add(file, "ann")
    assert not list(file.parent.iterdir())


def test_keys_made_at_once_are_all_there(file: Path) -> None:
    names = [f"key{number}" for number in range(12)]
    with ThreadPoolExecutor(len(names)) as pool:
        tokens = list(pool.map(partial(keys.add, file), names))
        list(pool.map(partial(keys.revoke, file), names[::2]))
    known = keys.Keys(file)
    assert [known.name_of(token) for token in tokens] == [
        name if number % 2 else None for number, name in enumerate(names)
    ]


def test_the_environment_names_the_file(runner: Runner, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nameless = runner("keys", "list")
    assert (nameless.code, nameless.out) == (2, "")
    assert "INKDIGITS_KEYS" in nameless.err
    monkeypatch.setenv("INKDIGITS_KEYS", str(file))
    assert runner("keys", "add", "ann").code == 0
    assert len(keys.load(file)) == 1


@pytest.mark.parametrize("name", ["", "a b", "-a", "ä", "a\n", "a" * 65, "../a"])
def test_impossible_names(file: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="cannot be called"):
        keys.add(file, name)
    assert not file.exists()


def test_faulty_uses(file: Path, token: str, tmp_path: Path) -> None:
    assert token
    with pytest.raises(SettingsError, match="already"):
        keys.add(file, "ann")
    with pytest.raises(SettingsError, match="no key called bob"):
        keys.revoke(file, "bob")
    with pytest.raises(NotWritten, match="cannot be written"):
        keys.add(file / "keys.txt", "ann")
    with pytest.raises(SettingsError, match="No such file"):
        create_app(Settings(keys=tmp_path / "nowhere.txt"))
    file.write_text("ann secret 2026-01-01\n")
    with pytest.raises(SettingsError, match="no key"):
        create_app(Settings(keys=file))


# --- over HTTP ---


def test_a_key_opens_in_either_header(guarded: FlaskClient, seven_png: bytes, token: str) -> None:
    for header in (
        {"Authorization": f"Bearer {token}"},
        {"Authorization": f"bearer  {token}"},
        {"X-API-Key": token},
        {"X-API-Key": token, "Authorization": "Bearer of-a-gateway"},
        {"X-API-Key": "of-a-gateway", "Authorization": f"Bearer {token}"},
    ):
        answer = guarded.post(READ, data=seven_png, headers=PNG | header)
        assert answer.json["text"] == "7"


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer"}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer \xff\xfe"},
     {"X-API-Key": " "}, {"X-API-Key": "inkdigits_x"}, {"X-API-Key": "ann"}],
)  # fmt: skip
def test_without_a_good_key_nothing_is_read(
    guarded: FlaskClient, seven_png: bytes, headers: dict[str, str]
) -> None:
    for path in (READ, "/api/v1/read/batch", "/api/v1/strokes", "/predict", "/nowhere"):
        answer = guarded.post(path, data=seven_png, headers=PNG | headers)
        assert_error(answer, 401, "unauthorized")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_hash_is_no_key(guarded: FlaskClient, file: Path, seven_png: bytes) -> None:
    assert status(guarded, seven_png, keys.load(file)[0].digest) == 401


def test_what_reads_nothing_stays_open(guarded: FlaskClient, token: str) -> None:
    for path in ("/", "/livez", "/readyz", "/health", "/api/v1/openapi.json", "/api/v1/model"):
        assert guarded.get(path).status_code == 200
    assert guarded.get("/metrics").status_code == 401
    assert guarded.get("/metrics", headers={"X-API-Key": token}).status_code == 200


def test_the_file_is_obeyed_at_once(guarded: FlaskClient, file: Path, seven_png: bytes, token: str) -> None:
    other = keys.add(file, "bob")
    assert [status(guarded, seven_png, one) for one in (token, other)] == [200, 200]
    keys.revoke(file, "ann")
    assert [status(guarded, seven_png, one) for one in (token, other)] == [401, 200]
    keys.revoke(file, "bob")
    assert status(guarded, seven_png, other) == 401


def test_a_file_that_cannot_be_read_changes_nothing(
    guarded: FlaskClient, file: Path, seven_png: bytes, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    file.write_text("nonsense")
    assert status(guarded, seven_png, token) == 200
    file.unlink()
    assert status(guarded, seven_png, token) == 200
    assert caplog.text.count("The keys stay as they were") == 2


def test_a_file_that_cannot_be_read_for_a_while_is_read_later(
    file: Path, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    known = keys.Keys(file)
    keys.revoke(file, "ann")
    with no_more_open_files():
        assert [known.name_of(token) for _ in range(3)] == ["ann"] * 3
    assert caplog.text.count("Too many open files") == 1
    assert known.name_of(token) is None


def test_a_change_of_the_same_length_and_time_is_noticed(file: Path, token: str) -> None:
    """As what changes who may read a file is: that changes its status alone."""
    known, before = keys.Keys(file), file.stat()
    time.sleep(0.05)  # file systems count in ticks of some milliseconds
    file.write_text(file.read_text().replace("ann", "bob"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert known.name_of(token) == "bob"


def test_another_origin_may_ask_before_it_sends_a_key(file: Path, token: str, reader: Reader) -> None:
    assert token
    origin = "https://a.example"
    client = create_app(Settings(keys=file, cors_origins=origin), reader).test_client()
    answer = client.options(
        READ, headers={"Origin": origin, "Access-Control-Request-Method": "POST",
                       "Access-Control-Request-Headers": "authorization, content-type"},
    )  # fmt: skip
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert "authorization" in answer.headers["Access-Control-Allow-Headers"].lower()
