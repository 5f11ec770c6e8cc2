"""Requests by the contract and against it, for every route: no answer may break it, or be of 500 and above.

    python -m benchmarks.server.contract --number 10000

What schemathesis would have besides is left out: that whatever fits the schema be taken. No schema can say
which bytes are a picture, or which options agree.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from itertools import count
from pathlib import Path

from benchmarks.server.figures import Figures
from benchmarks.server.serving import Server, serving

#: Examples of each route in one run; runs are repeated, each with its own seed, until there are enough cases.
EXAMPLES = 200
MADE = re.compile(r"^\s*([\d,]+) generated", re.MULTILINE)
ASKED = ("--checks", "all", "--exclude-checks", "positive_data_acceptance", "--continue-on-failure")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--number", type=int, default=10_000, help="cases at least")
    parser.add_argument("--examples", type=int, default=EXAMPLES, help="of each route in one run")
    arguments = parser.parse_args()
    made, wrong, figures = 0, [], Figures()
    with serving(INKDIGITS_LOG_LEVEL="error") as server:
        workers = server.workers
        for seed in count():
            cases, text = _run(server, seed, arguments.examples)
            made += cases
            wrong += [text] if text else []
            if made >= arguments.number or text:
                break
        lost = workers - server.workers
    figures.at_least("cases", made, arguments.number)
    figures.none("runs with an answer against the contract", wrong)
    figures.none("workers lost", sorted(lost))
    figures.end()


def _run(server: Server, seed: int, examples: int) -> tuple[int, str]:
    """How many cases were made, and all that was said where one of them failed."""
    command = [
        Path(sys.executable).with_name("schemathesis"), "run", f"{server.address}/api/v1/openapi.json",
        "--max-examples", str(examples), "--seed", str(seed), *ASKED,
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:  # where it keeps its notes
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found = MADE.search(done.stdout)
    cases = int(found[1].replace(",", "")) if found else 0
    return cases, "" if cases and not done.returncode else done.stdout + done.stderr


if __name__ == "__main__":
    main()
