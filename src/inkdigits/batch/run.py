"""The whole way: inputs -> blocks -> rows -> output, from where an earlier run stopped."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from inkdigits.batch.blocks import Block
from inkdigits.batch.forms import FORMS
from inkdigits.batch.read import Answered, Asked, BlockReader
from inkdigits.batch.sources import Input, items_of
from inkdigits.batch.spool import Spool, beside
from inkdigits.errors import BatchError

#: What answers blocks in their order: processes of this machine, or of others.
Answers = Callable[[Iterator[Block]], Iterator[Answered]]


@dataclass(frozen=True)
class Tally:
    """How far a run is: `rows` written, `failed` of which were not read; `share` of all input (0 to 1)."""

    rows: int
    failed: int
    share: float


def run(inputs: Iterable[str], out: Path, asked: Asked, answers: Answers) -> Iterator[Tally]:
    """Read all `inputs` into `out`; says how far it is before the first block and after each.

    Every item has one row, in the same order whenever it is asked; a run that was stopped goes on where it
    stopped, and gives the same file. Raises InputError, ModelError, MissingExtra or BatchError; what is
    written until then is kept.
    """
    if os.path.islink(out):  # noqa: PTH114  # to put the output in its place would replace the link
        out = Path(os.path.realpath(out))
    every, model = [Input.of(name, beside(out)) for name in inputs], BlockReader(asked).model
    same = {
        "input": [[one.name, one.size] for one in every],
        **vars(asked),
        "model": model,
        "version": version("inkdigits"),
    }
    with Spool(out, FORMS[asked.form], same) as spool:
        share = 1.0 if spool.state.whole else 0.0
        yield Tally(spool.state.rows, spool.state.failed, share)
        if not spool.state.whole:
            for answered in _read_by(model, answers(spool.rest(items_of(every)))):
                spool.append(answered)
                yield Tally(spool.state.rows, spool.state.failed, answered.share)
        if not spool.finished:
            spool.finish()


def _read_by(model: str, answers: Iterable[Answered]) -> Iterator[Answered]:
    """The answers. Raises BatchError at one of another model: one output is of one model."""
    for answered in answers:
        if answered.model != model:
            raise BatchError(
                "The model was changed when the run had begun",
                "Put back the one before: the same command goes on where it stopped. Or name another output.",
            )
        yield answered
