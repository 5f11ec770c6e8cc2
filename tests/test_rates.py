"""Rate limits: pictures are counted, for each caller, in one worker or together in a real Redis."""

from __future__ import annotations

import io
import logging
import shutil
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import PNG, READ, SEVEN_STROKES, assert_error, serving, shell
from flask.testing import FlaskClient
from redis import Redis

from inkdigits import Reader
from inkdigits.errors import SettingsError
from inkdigits.server import create_app, keys
from inkdigits.server.errors import TooManyPictures
from inkdigits.server.rates import Rates
from inkdigits.server.window import MemoryWindow
from inkdigits.settings import Settings


class Clock:
    """The time of day, which goes on as told; in whole seconds, so that nothing is rounded."""

    def __init__(self) -> None:
        self.now = float(int(time.time()))

    def __call__(self) -> float:
        return self.now

    def tick(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("time.time", clock)
    return clock


def limited(reader: Reader, limit: str, **settings: Any) -> FlaskClient:
    return create_app(Settings(rate_limit=limit, **settings), reader).test_client()


def ask(client: FlaskClient, png: bytes, address: str = "192.0.2.1", **headers: str) -> Any:
    return client.post(READ, data=png, headers=PNG | headers, environ_overrides={"REMOTE_ADDR": address})


def test_a_caller_has_so_many_pictures(reader: Reader, seven_png: bytes) -> None:
    client = limited(reader, "3/hour")
    assert [ask(client, seven_png).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    assert ask(client, seven_png, "192.0.2.2").status_code == 200


def test_who_is_refused_is_told_when_to_come_again(reader: Reader, seven_png: bytes) -> None:
    client = limited(reader, "2 per minute")
    first = ask(client, seven_png)
    assert first.headers["RateLimit-Policy"] == '"pictures";q=2;w=60'
    assert first.headers["RateLimit"].startswith('"pictures";r=1;t=')
    ask(client, seven_png)
    refused = ask(client, seven_png)
    assert_error(refused, 429, "rate_limited")
    assert "2 pictures in 1 minute" in refused.json["detail"]
    assert 50 < int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["RateLimit"] == f'"pictures";r=0;t={refused.headers["Retry-After"]}'


def several(client: FlaskClient, pictures: int) -> Any:
    return client.post("/api/v1/strokes", json={"drawings": [SEVEN_STROKES] * pictures})


def refused_until_it_fits(client: FlaskClient, clock: Clock) -> list[str]:
    """Of a limit of 4 a minute 2 are read, then 1 and 1; what is told to requests for 1, 2, 3 and 4."""
    for pictures, seconds in ((2, 20), (1, 10), (1, 5)):
        assert several(client, pictures).status_code == 200
        clock.tick(seconds)
    refused = [several(client, pictures) for pictures in (1, 2, 3, 4)]
    assert {answer.status_code for answer in refused} == {429}
    assert {answer.headers["RateLimit"] for answer in refused} == {'"pictures";r=0;t=25'}
    waits = [answer.headers["Retry-After"] for answer in refused]
    clock.tick(int(waits[2]) - 1)
    assert several(client, 3).status_code == 429
    clock.tick(1.1)
    assert several(client, 3).status_code == 200
    return waits


def test_as_many_places_as_are_asked_for_are_waited_for(reader: Reader, clock: Clock) -> None:
    assert refused_until_it_fits(limited(reader, "4/minute"), clock) == ["25", "25", "45", "55"]


def test_who_no_longer_counts_is_forgotten(clock: Clock) -> None:
    store = MemoryWindow()
    for number in range(1000):
        assert store.acquire_entry(f"address {number}", 2, 60)
        clock.tick(1)
    assert len(store._read) <= 61
    assert store.acquire_entry("address 999", 2, 60)
    assert not store.acquire_entry("address 999", 2, 60)
    clock.tick(61)
    assert store.get_moving_window("address 999", 2, 60) == (clock.now, 0)
    assert not store._read


def test_pictures_are_counted_not_requests(reader: Reader, seven_png: bytes) -> None:
    client = limited(reader, "5/hour")
    batch = {"drawings": [SEVEN_STROKES] * 3}
    assert client.post("/api/v1/strokes", json=batch).status_code == 200
    assert client.post("/api/v1/strokes", json=batch).status_code == 429
    form = {"image": (io.BytesIO(seven_png), "a.png")}
    assert client.post("/predict", data=form).status_code == 200
    assert client.post("/api/v1/strokes", json={"strokes": SEVEN_STROKES}).status_code == 200
    assert client.post("/api/v1/strokes", json={"strokes": SEVEN_STROKES}).status_code == 429
    too_many = limited(reader, "2/hour").post("/api/v1/strokes", json=batch)
    assert_error(too_many, TooManyPictures.status, "too_many_pictures")


def test_what_holds_no_picture_costs_nothing(reader: Reader, seven_png: bytes) -> None:
    client = limited(reader, "1/hour")
    for _ in range(3):
        assert client.post(READ, json={}).status_code == 400
        assert client.get("/health").status_code == 200
    assert ask(client, seven_png).status_code == 200


@pytest.mark.parametrize("query", ["length=2&count=3", "risk=2", "risk=0.1&decline=false", "length=0"])
def test_what_cannot_be_asked_costs_nothing(reader: Reader, query: str) -> None:
    client = limited(reader, "1/hour")
    for path, drawing in (
        (READ, {"strokes": SEVEN_STROKES}),
        ("/api/v1/strokes", {"drawings": [SEVEN_STROKES]}),
        (f"{READ}/batch", {"pictures": [{"strokes": SEVEN_STROKES}]}),
    ):
        assert client.post(f"{path}?{query}", json=drawing).status_code == 400
    assert client.post(READ, json={"strokes": SEVEN_STROKES}).status_code == 200


def test_the_window_moves(reader: Reader, seven_png: bytes) -> None:
    client = limited(reader, "2/second")
    assert [ask(client, seven_png).status_code for _ in range(2)] == [200, 200]
    time.sleep(1.1)
    assert ask(client, seven_png).status_code == 200


def test_a_key_has_a_count_of_its_own(reader: Reader, seven_png: bytes, tmp_path: Path) -> None:
    file = tmp_path / "keys"
    ann, bob = keys.add(file, "ann"), keys.add(file, "bob")
    client = limited(reader, "1/hour", keys=file)
    statuses = [
        ask(client, seven_png, address, **{"X-API-Key": key}).status_code
        for address, key in (("192.0.2.1", ann), ("192.0.2.2", ann), ("192.0.2.1", bob))
    ]
    assert statuses == [200, 429, 200]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
    ],
)
def test_an_ipv6_network_is_one_caller(
    reader: Reader, seven_png: bytes, one: str, other: str, same: bool
) -> None:
    client = limited(reader, "1/hour")
    assert ask(client, seven_png, one).status_code == 200
    assert ask(client, seven_png, other).status_code == (429 if same else 200)


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Real-Ip", "Forwarded", "X_Forwarded_For"])
def test_a_forged_address_changes_nothing(reader: Reader, seven_png: bytes, name: str) -> None:
    client = limited(reader, "1/hour")
    answers = [ask(client, seven_png, **{name: f"192.0.2.{i}"}).status_code for i in range(3)]
    assert answers == [200, 429, 429]


def test_a_trusted_proxy_tells_the_address(reader: Reader, seven_png: bytes) -> None:
    """Only what the proxy itself wrote, at the end, is believed."""
    client = limited(reader, "1/hour", trusted_proxies=1)
    told = ["203.0.113.1, 192.0.2.1", "203.0.113.2, 192.0.2.1", "203.0.113.1, 192.0.2.2"]
    answers = [ask(client, seven_png, **{"X-Forwarded-For": given}).status_code for given in told]
    assert answers == [200, 429, 200]


@pytest.mark.parametrize(
    "told",
    [
        ("192.0.2.1", "192.0.2.1:5000", "192.0.2.1:5001"),
        ("2001:db8::1", "[2001:db8::2]", "[2001:db8::3]:5000"),
        ("one", "another", "192.0.2.1.5"),
    ],
)
def test_another_port_or_no_address_is_no_other_caller(
    reader: Reader, seven_png: bytes, told: tuple[str, ...]
) -> None:
    client = limited(reader, "1/hour", trusted_proxies=1)
    answers = [ask(client, seven_png, **{"X-Forwarded-For": given}).status_code for given in told]
    assert answers == [200, 429, 429]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rate_limit": "many"}, "rate_limit cannot be 'many'"),
        ({"rate_limit": "10"}, "rate_limit cannot be '10'"),
        ({"rate_limit": "10/fortnight"}, "rate_limit cannot be '10/fortnight'"),
        ({"rate_limit": "10/minute;100/hour"}, "Give one number .* and one time"),
        ({"rate_limit": "10/minute,100/hour"}, "Give one number .* and one time"),
        ({"rate_limit": "10/minute|100/hour"}, "Give one number .* and one time"),
        ({"rate_limit": "10 per 0 minute"}, "neither of them 0"),
        ({"rate_limit": "0/minute"}, "neither of them 0"),
        ({"rate_limit": "-1/minute"}, "rate_limit cannot be '-1/minute'"),
        ({"rate_limit": "1000000000/minute"}, "of up to 9 digits"),
        ({"rate_limit": "10/10000 years"}, "up to 4"),
        ({"rate_limit": "10/minute", "workers": 2}, "cannot hold with 2 workers"),
        ({"rate_limit": "10/minute", "redis": "http://:secret@a.example"}, "redis is no address"),
        ({"rate_limit": "10/minute", "redis": "redis://:secret[@a.example"}, "%5B for \\["),
        ({"rate_limit": "10/minute", "redis": "redis://:secret@a.example?foo=bar"}, "redis is no address"),
        ({"rate_limit": "10/minute", "redis": "redis://:secret@a.example?protocol=9"}, "redis is no address"),
    ],
)
def test_a_limit_that_could_not_hold_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message) as refusal:
        Rates(Settings(**settings))
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("limit", "policy"),
    [("10/minute", "q=10;w=60"), ("5 PER 2 Hours", "q=5;w=7200"), ("010/day", "q=10;w=86400")],
)
def test_a_limit_is_a_number_and_a_time(reader: Reader, seven_png: bytes, limit: str, policy: str) -> None:
    told = ask(limited(reader, limit), seven_png).headers["RateLimit-Policy"]
    assert told == f'"pictures";{policy}'


def test_the_server_does_not_start_with_such_a_limit() -> None:
    result = shell("serve", "--port", "0", "--workers", "2", INKDIGITS_RATE_LIMIT="10/minute")
    assert (result.returncode, result.stdout) == (2, "")
    assert "INKDIGITS_REDIS" in result.stderr
    silent = f"redis://:secret@127.0.0.1:{free_port()}"
    result = shell("serve", "--port", "0", INKDIGITS_RATE_LIMIT="10/minute", INKDIGITS_REDIS=silent)
    assert (result.returncode, result.stdout) == (2, "")
    assert "Connection refused. Start" in result.stderr
    assert "secret" not in result.stderr


# --- with a real Redis ---


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def own_redis(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A Redis of one's own on `port`, once it listens."""
    program = shutil.which("redis-server")
    assert program, "These tests need redis-server, as Debian's package of that name has it."
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            while not _listens(port):
                assert process.poll() is None
                time.sleep(0.02)
            yield process
        finally:
            process.terminate()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _post(server: str, png: bytes, **headers: str) -> httpx.Response:
    # A connection each, so that every worker gets some.
    return httpx.post(server + READ, content=png, headers=PNG | headers)


def test_four_workers_count_together_and_outlive_redis(
    seven_png: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Of 100 pictures 10 are read, whatever address they claim; without Redis it goes on, and says so."""
    port = free_port()
    settings = {"INKDIGITS_RATE_LIMIT": "10/hour", "INKDIGITS_REDIS": f"redis://127.0.0.1:{port}"}
    with (
        own_redis(tmp_path, port) as redis,
        serving("--port", "0", "--workers", "4", **settings) as (server, _),
    ):
        forged = [{"X-Forwarded-For": f"203.0.113.{i}"} for i in range(100)]
        statuses = Counter(_post(server, seven_png, **header).status_code for header in forged)
        assert statuses == {200: 10, 429: 90}
        redis.kill()
        redis.wait()
        statuses = Counter(_post(server, seven_png).status_code for _ in range(30))
        assert statuses.keys() <= {200, 429}
        assert statuses[200] >= 10
        counted = dict(line.rsplit(" ", 1) for line in httpx.get(server + "/metrics").text.splitlines())
        assert 1 <= float(counted["inkdigits_rate_limit_alone"]) <= 4
        assert float(counted["inkdigits_rate_limit_failures_total"]) >= 1
    assert "Redis fails" in capfd.readouterr().err


def test_a_redis_that_may_not_be_counted_in_is_said_to_be_so(tmp_path: Path) -> None:
    """It answers, but takes no scripts."""
    port = free_port()
    with own_redis(tmp_path, port), Redis(port=port) as redis:
        redis.acl_setuser("bob", enabled=True, passwords=["+secret"], commands=["+ping"], reset=True)
        rates = Rates(Settings(rate_limit="1/hour", redis=f"redis://bob:secret@127.0.0.1:{port}"))
        with pytest.raises(SettingsError, match=r"fails: .*permission") as refusal:
            rates.check()
    assert "secret" not in str(refusal.value)


def test_the_highest_limit_is_one_that_redis_can_count(
    reader: Reader, seven_png: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    with own_redis(tmp_path, port):
        client = limited(reader, "999999999/9999 years", redis=f"redis://127.0.0.1:{port}")
        answer = ask(client, seven_png)
    assert answer.headers["RateLimit"].startswith('"pictures";r=999999998;')
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_in_redis_too_as_many_places_are_waited_for(reader: Reader, tmp_path: Path, clock: Clock) -> None:
    port = free_port()
    with own_redis(tmp_path, port):
        client = limited(reader, "4/minute", redis=f"redis://127.0.0.1:{port}")
        assert refused_until_it_fits(client, clock) == ["25", "25", "45", "55"]
    # Counted here; and the connection is given up.
    assert several(client, 4).status_code == 200


def test_a_redis_that_comes_back_is_asked_again(
    reader: Reader, seven_png: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    monkeypatch.setattr("inkdigits.server.rates.REDIS_PAUSE", 0.0)
    port = free_port()
    client = limited(reader, "2/hour", redis=f"redis://127.0.0.1:{port}")
    with own_redis(tmp_path, port):
        assert [ask(client, seven_png).status_code for _ in range(3)] == [200, 200, 429]
    assert [ask(client, seven_png).status_code for _ in range(3)] == [200, 200, 429]
    assert caplog.text.count("Redis fails") == 1
    with own_redis(tmp_path, port):
        assert ask(client, seven_png).status_code == 200
    assert caplog.text.count("Redis works again") == 1
    # Counted here as before; and the connection is given up.
    assert ask(client, seven_png).status_code == 429
