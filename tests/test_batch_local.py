"""How many processes read, as many as there are cores for them, and how much waits for them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from inkdigits.batch import Asked, Block, cores, read_here
from inkdigits.batch.items import Item
from inkdigits.batch.local import AHEAD, CARRIED, held_back


@pytest.mark.parametrize(
    ("files", "number"),
    [
        ({}, 8),
        ({"cpu.max": "max 100000\n"}, 8),
        ({"cpu.max": "200000 100000\n"}, 2),
        ({"cpu.max": "50000 100000\n"}, 1),
        ({"cpu.max": "2000000 100000\n"}, 8),
        ({"cpu/cpu.cfs_quota_us": "150000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 2),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 8),
    ],
)
def test_a_containers_quota_bounds_the_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], number: int
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(8)))
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert cores(tmp_path) == number


@pytest.mark.parametrize(("size", "most"), [(1, AHEAD), (CARRIED // 2 + 1, 2)])
def test_of_blocks_that_carry_much_fewer_wait(monkeypatch: pytest.MonkeyPatch, size: int, most: int) -> None:
    monkeypatch.setattr(os, "environ", os.environ.copy())
    taken = list[int]()

    def blocks() -> Iterator[Block]:
        for place in range(1, AHEAD + 2):
            taken.append(place)
            yield Block((Item(f"{place}", bytes(size)),), place, "", 0.0)

    answers = read_here(Asked(".csv"), 1, blocks())
    assert next(answers).rows == 1
    assert len(taken) == most
    assert [answer.rows for answer in answers] == taken[1:]


def test_what_stops_a_run_waits_for_a_process_to_start_whatever_thread_is_told() -> None:
    end, started = Event(), list[bool]()
    (thread := Thread(target=end.wait, daemon=True)).start()

    def start() -> None:
        with held_back():
            assert thread.ident is not None
            signal.pthread_kill(thread.ident, signal.SIGINT)
            end.set()
            thread.join()
            started.append(True)

    with pytest.raises(KeyboardInterrupt):
        start()
    assert started
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert not {signal.SIGINT, signal.SIGTERM} & signal.pthread_sigmask(signal.SIG_BLOCK, ())
