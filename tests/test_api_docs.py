"""Every example in docs/api.md is run against a real server and prints what stands below it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "api.md").read_text("utf-8")
EXAMPLES = re.findall(r"```(sh|python|js)\n(.*?)```\n```text\n(.*?)```", PAGE, re.DOTALL)
RUN = {
    "sh": ["bash", "-c"],
    "python": [sys.executable, "-W", "error", "-c"],
    "js": ["node", "--input-type=module", "--eval"],
}


def test_no_example_is_without_its_output() -> None:
    assert PAGE.count("\n```sh\n") + PAGE.count("\n```python\n") + PAGE.count("\n```js\n") == len(EXAMPLES)
    assert {language for language, _, _ in EXAMPLES} == RUN.keys()


@pytest.mark.parametrize(("language", "program", "output"), EXAMPLES)
def test_the_examples_are_true(language: str, program: str, output: str, server: str) -> None:
    told = program.replace("http://127.0.0.1:8000", server)
    assert told != program
    done = subprocess.run(
        [*RUN[language], told], capture_output=True, text=True, check=False, cwd=ROOT, timeout=60
    )
    assert (done.returncode, done.stdout.strip()) == (0, output.strip()), done.stderr
