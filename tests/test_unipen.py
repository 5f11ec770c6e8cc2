from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkdigits.errors import MalformedFile
from inkdigits.training.unipen import Trajectory, parse_unipen

HEAD = '.INCLUDE        dene.doc\n\n.LEXICON "0" "1" "2"\n.HIERARCHY      DIGIT\n'
ONE = '.SEGMENT DIGIT    0 ? "1"\n.COMMENT 1 11  151\n.PEN_DOWN\n 196  228\n 193  222\n.PEN_UP\n.DT 100\n'
#: An upright and a bar: two strokes.
FOUR = (
    '.SEGMENT DIGIT  1-2 ? "4"\n.COMMENT 4 12    7\n'
    ".PEN_DOWN\n 10 90\n 10 50\n 40 50\n.PEN_UP\n.DT 100\n.PEN_DOWN\n 30 70\n 30 10\n.PEN_UP\n.DT 100\n"
)
SAMPLE = f"{HEAD}\n{ONE}\n{FOUR}"


def parse(text: str) -> list[Trajectory]:
    return parse_unipen(text.encode(), "pens.tra")


def test_labels_writers_and_strokes_are_read_with_y_down() -> None:
    one, four = parse(SAMPLE)
    assert (one.label, one.writer, len(one.strokes)) == (1, 11, 1)
    assert (four.label, four.writer, len(four.strokes)) == (4, 12, 2)
    assert one.strokes[0].tolist() == [[196, -228], [193, -222]]
    upright, bar = four.strokes
    assert upright.dtype == np.float32
    assert upright[0, 1] < upright[-1, 1], "the pen went down, so y must grow"
    assert bar.tolist() == [[30, -70], [30, -10]]


def test_line_ends_and_spaces_do_not_matter() -> None:
    plain = parse(SAMPLE)
    changed = parse(SAMPLE.replace("\n", "\r\n").replace(" ", "\t"))
    assert [digit.label for digit in changed] == [digit.label for digit in plain]
    assert (changed[1].strokes[0] == plain[1].strokes[0]).all()


def test_the_last_stroke_needs_no_dt() -> None:
    assert len(parse(ONE.replace(".DT 100\n", ""))) == 1


points = st.tuples(st.integers(-999_999, 999_999), st.integers(-999_999, 999_999))
strokes = st.lists(st.lists(points, min_size=1, max_size=6), min_size=1, max_size=3)
digits = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 999), strokes), min_size=1, max_size=4)


def written(drawn: list[tuple[int, int, list[list[tuple[int, int]]]]]) -> str:
    lines, count = [HEAD], 0
    for serial, (label, writer, pens) in enumerate(drawn):
        last = count + len(pens) - 1
        span = f"{count}-{last}" if len(pens) > 1 else f"{count}"
        lines += [f'.SEGMENT DIGIT {span} ? "{label}"', f".COMMENT {label} {writer} {serial}"]
        for pen in pens:
            lines += [".PEN_DOWN", *(f" {x} {y}" for x, y in pen), ".PEN_UP", ".DT 100"]
        count = last + 1
    return "\n".join(lines)


@given(digits)
def test_what_is_written_is_read(drawn: list[tuple[int, int, list[list[tuple[int, int]]]]]) -> None:
    parsed = parse(written(drawn))
    for digit, (label, writer, pens) in zip(parsed, drawn, strict=True):
        assert (digit.label, digit.writer) == (label, writer)
        assert [[(x, -y) for x, y in stroke.tolist()] for stroke in digit.strokes] == pens


def assert_read_or_refused(data: bytes) -> None:
    outcome: list[Trajectory] | MalformedFile
    try:
        outcome = parse_unipen(data, "pens.tra")
    except MalformedFile as error:
        outcome = error
    if isinstance(outcome, MalformedFile):
        assert 0 <= outcome.offset <= len(data)
        assert outcome.message.isascii()
    else:
        assert all(stroke.shape[1:] == (2,) and len(stroke) for digit in outcome for stroke in digit.strokes)
        assert all(0 <= digit.label <= 9 and digit.strokes for digit in outcome)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert_read_or_refused(data)


@given(st.integers(0, len(SAMPLE)), st.integers(0, 20), st.binary(max_size=20))
def test_any_change_is_read_or_refused(start: int, length: int, inserted: bytes) -> None:
    data = SAMPLE.encode()
    assert_read_or_refused(data[:start] + inserted + data[start + length :])


@given(st.integers(0, len(SAMPLE)))
def test_a_cut_file_is_read_or_refused(length: int) -> None:
    assert_read_or_refused(SAMPLE[:length].encode())


@given(st.permutations(SAMPLE.splitlines(keepends=True)))
def test_lines_in_any_order_are_read_or_refused(lines: list[str]) -> None:
    assert_read_or_refused("".join(lines).encode())


@pytest.mark.parametrize(
    ("old", "new", "at", "reason"),
    [
        (".DT 100", ".PRESSURE 3", ".PRESSURE", r"'\.PRESSURE' is not a known keyword"),
        (".PEN_DOWN\n", "", " 196", r"'196  228' stands outside \.PEN_DOWN"),
        (" 193  222", " 193  2x2", " 193", "'193  2x2' is not a point"),
        (" 193  222", " 193", " 193", "'193' is not a point"),
        (" 193  222", " 193 222 7", " 193", "is not a point"),
        (" 193  222", " 193 99999999999999", " 193", "is not a point"),
        (" 193  222", " 193 nan", " 193", "is not a point"),
        (" 193  222", " 193 \u0663", " 193", "is not a point"),
        (' ? "1"', "", ".SEGMENT", r"is not what \.SEGMENT should say"),
        ('"1"', '"one"', ".SEGMENT", r"is not what \.SEGMENT should say"),
        (".COMMENT 1 11  151", ".COMMENT seven", ".COMMENT", r"is not what \.COMMENT should say"),
        (".COMMENT 1 11  151", ".COMMENT 7 11  151", ".COMMENT", r"\.COMMENT says 7, \.SEGMENT 1"),
        (".COMMENT 1 11  151\n", "", ".PEN_DOWN", r"\.PEN_DOWN may not follow \.SEGMENT"),
        (".PEN_UP\n", "", ".DT", r"\.DT may not follow \.PEN_DOWN"),
        (".PEN_UP\n.DT 100\n", "", None, r"the file ends after \.PEN_DOWN"),
        (" 196  228\n 193  222\n", "", ".PEN_UP", "a stroke without points"),
        (".PEN_DOWN\n 196  228\n 193  222\n.PEN_UP\n.DT 100\n", "", None, r"the file ends after \.COMMENT"),
        ("    0 ?", "  0-2 ?", ".SEGMENT", r"\.SEGMENT names 3 strokes, 1 follow"),
    ],
)
def test_a_malformed_file_is_refused_with_offset_and_reason(
    old: str, new: str, at: str | None, reason: str
) -> None:
    data = (HEAD + ONE.replace(old, new)).encode()
    offset = len(data) if at is None else data.index(at.encode(), len(HEAD))
    with pytest.raises(MalformedFile, match=reason) as caught:
        parse_unipen(data, "pens.tra")
    assert caught.value.offset == offset
    assert caught.value.message.startswith(f"pens.tra is malformed at byte {offset}: ")


@pytest.mark.parametrize("text", ["", HEAD, "\n\n"])
def test_a_file_without_digits_is_refused(text: str) -> None:
    with pytest.raises(MalformedFile, match="the file ends after"):
        parse(text)


def test_a_stroke_never_ended_before_the_next_digit_is_refused_there() -> None:
    text = ONE.replace(".PEN_UP\n.DT 100\n", "") + FOUR
    with pytest.raises(MalformedFile, match=r"\.SEGMENT may not follow \.PEN_DOWN") as caught:
        parse(text)
    assert caught.value.offset == text.rindex(".SEGMENT")
