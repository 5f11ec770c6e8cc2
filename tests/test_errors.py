"""Every error has a code of its own, a status, an exit code, and says what to do."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator

import pytest

from inkdigits import errors
from inkdigits.errors import InkdigitsError, MalformedFile, MissingExtra


def tree(kind: type[InkdigitsError]) -> Iterator[type[InkdigitsError]]:
    for below in kind.__subclasses__():
        if below.__module__ == errors.__name__:
            yield below
            yield from tree(below)


KINDS = list(tree(InkdigitsError))


def made(kind: type[InkdigitsError]) -> InkdigitsError:
    if kind is MalformedFile:
        return MalformedFile("a.idx", 4, "too short")
    return MissingExtra("Training", "train") if kind is MissingExtra else kind("A thing is wrong")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_says_what_and_what_to_do(kind: type[InkdigitsError]) -> None:
    error = made(kind)
    assert re.fullmatch("[a-z_0-9]+", kind.code)
    assert 400 <= kind.status < 600
    assert 1 <= kind.exit_code < 126
    assert error.remedy
    assert not error.message.endswith(".")
    assert str(error) == f"{error.message}. {error.remedy}"
    assert error.to_dict() == {"error": {"code": kind.code, "message": error.message, "remedy": error.remedy}}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_comes_from_another_process_as_it_went(kind: type[InkdigitsError]) -> None:
    error = made(kind)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert (vars(again), again.args, str(again)) == (vars(error), error.args, str(error))


def test_codes_are_unique() -> None:
    codes = [kind.code for kind in KINDS]
    assert len(codes) == len(set(codes))


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = re.findall(r"[├└]── (\w+)", errors.__doc__ or "")
    assert drawn == [kind.__name__ for kind in KINDS]
