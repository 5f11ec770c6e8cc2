"""Replicas and hosts that are lost under load: hardly a request fails, and a client that asks again has all.

    python -m benchmarks.cluster.serving
    python -m benchmarks.cluster.serving --cut 'ip -n other link set veth down'

Serves on the cluster of RAY_ADDRESS, on whose head this must run, else on a Ray of this machine alone. While
requests come evenly, the oldest replica on this machine is killed; later, if told how, a host is cut off.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import psutil

from benchmarks.server.figures import Figures, percentile
from benchmarks.server.hostile import TEXT, encoded, seven
from benchmarks.server.load import Answer, Pool, at_rate, faults, request
from benchmarks.server.serving import serving
from benchmarks.stamp import report

READ = request("/api/v1/read", encoded(seven(88)))
NUMBER = 2000
FAILED = 5
#: Seconds over which the requests are spread; after which a replica is killed, and a host is cut off.
SPREAD, KILLED, CUT = 50.0, 10.0, 30.0
#: The client: seconds that it waits for an answer, between two attempts, and how often it asks at most.
PATIENCE, PAUSE, ATTEMPTS = 5.0, 0.5, 5
REPLICA = "ray::ServeReplica:inkdigits"


@dataclass
class Client:
    """Asks as docs/scale.md says a client should, and keeps each attempt that failed."""

    pool: Pool
    failed: list[Answer] = field(default_factory=list)

    async def ask(self) -> Answer:
        started = time.perf_counter()
        for attempt in range(ATTEMPTS):
            answer = await self._once()
            if answer.right:
                break
            if not attempt:
                self.failed.append(answer)
            await asyncio.sleep(PAUSE)
        return Answer(answer.status, time.perf_counter() - started, answer.body, answer.head, answer.fault)

    async def _once(self) -> Answer:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self.pool.ask(READ)
        except TimeoutError:
            return Answer(0, PATIENCE, fault="no answer in time")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cut", metavar="COMMAND", help="what cuts a host off")
    cut = parser.parse_args().cut
    host = "0.0.0.0" if "RAY_ADDRESS" in os.environ else "127.0.0.1"
    started = time.perf_counter()
    with serving("--ray", "--host", host, INKDIGITS_LOG_LEVEL="error") as server:
        ready = time.perf_counter() - started
        client = Client(Pool("127.0.0.1", server.port))
        answers = asyncio.run(_lost(client, cut))
        server.process.send_signal(signal.SIGTERM)
        code = server.process.wait(60)
    _judge(answers, client, code, cut, ready)


async def _lost(client: Client, cut: str | None) -> list[Answer]:
    end = time.perf_counter() + SPREAD
    losses = asyncio.ensure_future(_lose(cut))
    answers = await at_rate(client.ask, NUMBER / SPREAD, lambda: time.perf_counter() < end)
    await losses
    await client.pool.close()
    return answers


async def _lose(cut: str | None) -> None:
    await asyncio.sleep(KILLED)
    min(_replicas(), key=psutil.Process.create_time).kill()
    await asyncio.sleep(CUT - KILLED)
    if cut:
        subprocess.run(cut, shell=True, check=True)


def _replicas() -> Iterator[psutil.Process]:
    return (one for one in psutil.process_iter(["cmdline"]) if REPLICA in " ".join(one.info["cmdline"] or []))


def _judge(answers: list[Answer], client: Client, code: int, cut: str | None, ready: float) -> None:
    figures, seconds = Figures(), [answer.seconds for answer in answers]
    wrong = [answer for answer in answers if answer.right and json.loads(answer.body)["text"] != TEXT]
    lost = "a replica and a host" if cut else "a replica"
    figures.at_least("requests", len(answers), NUMBER - 5)
    figures.at_most(f"failed at first while {lost} went", len(client.failed), FAILED)
    figures.none("failed for a client that asks again", faults(answers) + wrong)
    figures.at_most("exit code after SIGTERM", code, 0)
    median, last = percentile(seconds, 0.5), percentile(seconds, 0.99)
    report("cluster.serving", {
        "requests": len(answers), "failed_at_first": len(client.failed), "lost": lost,
        "ms_median": round(median * 1e3, 1), "ms_p99": round(last * 1e3, 1),
        "seconds_longest": round(max(seconds), 2), "seconds_to_start": round(ready, 1),
        "faults": faults(client.failed)[:5],
    })  # fmt: skip
    figures.end()


if __name__ == "__main__":
    main()
