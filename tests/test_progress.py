"""Progress says what it is of, whatever signs that has, on a terminal and elsewhere."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from inkdigits.training import progress
from inkdigits.training.progress import track


@pytest.mark.parametrize("terminal", [True, False])
def test_a_name_is_shown_as_it_is(terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PAUSE", 0)
    said = StringIO()
    console = Console(file=said, force_terminal=terminal, width=100)
    with track(console, "exp[v2] [/y]: training", 3) as advance:
        advance(2)
    assert "exp[v2] [/y]: training" in said.getvalue()
