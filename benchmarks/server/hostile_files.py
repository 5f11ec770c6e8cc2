"""Harmful files against a running server: refused or rightly read, soon, with no worker lost or grown.

python -m benchmarks.server.hostile_files --number 500
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time

from benchmarks.server.figures import Figures
from benchmarks.server.hostile import TEXT, Hostile, files
from benchmarks.server.load import Answer, Connection, request
from benchmarks.server.serving import Server, serving

#: An answer must come within so many seconds, and all files may leave so many megabytes behind.
SOON, GROWTH = 2.0, 50.0
WARM_UP = 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--number", type=int, default=500, help="files")
    parser.add_argument("--seed", type=int, default=0, help="of what is random in them")
    parser.add_argument("--list", action="store_true", help="say what came of each")
    arguments = parser.parse_args()
    made = list(files(arguments.number, arguments.seed))
    figures = Figures()
    with serving() as server:
        asyncio.run(ask(server, list(files(WARM_UP, arguments.seed + 1))))
        workers, before = server.workers, server.resident
        answers = asyncio.run(ask(server, made))
        time.sleep(1)
        grown, lost = server.resident - before, workers - server.workers
    if arguments.list:
        for file, answer in zip(made, answers, strict=True):
            print(f"{answer.status} {answer.seconds:.3f} s {file.name}: {answer.body[:80]!r}")
    wrong = [fault(file, answer) for file, answer in zip(made, answers, strict=True)]
    figures.none(f"of {len(made)} hostile files answered wrongly", list(filter(None, wrong)))
    figures.at_most("slowest answer", max(answer.seconds for answer in answers), SOON, " s")
    figures.none("workers lost", sorted(lost))
    figures.at_most("memory that stays", grown, GROWTH, " MB")
    figures.end()


async def ask(server: Server, made: list[Hostile]) -> list[Answer]:
    connection = Connection(server.host, server.port)
    answers = [await connection.ask(request("/api/v1/read", file.data, file.kind)) for file in made]
    await connection.close()
    return answers


def fault(file: Hostile, answer: Answer) -> str | None:
    """What is wrong with an answer: not a refusal, and not what the picture says or nothing."""
    if 400 <= answer.status < 500 and not file.sound:
        return None
    text = json.loads(answer.body).get("text") if answer.right else None
    if text == TEXT or (answer.right and not file.sound and (not text or set(text) <= set(TEXT + " \n"))):
        return None
    return f"{file.name}: {answer.status} {answer.fault or answer.body[:200]!r}"


if __name__ == "__main__":
    main()
