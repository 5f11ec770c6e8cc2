"""Lists of pictures, as CSV and as lines of JSON, read one row at a time; damage in them is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import items

from inkdigits.batch.items import Item
from inkdigits.batch.lists import LONGEST
from inkdigits.errors import BadSource


def test_a_list_as_csv(tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    table.write_text('\ufeffnumber,path\n1,a.png\n2,"b,\nc.png"\n3\n', "utf-8")
    first, second, third = items(table)
    assert first == Item("a.png", "a.png")
    assert second == Item("b,\nc.png", "b,\nc.png")
    assert third.key == f"{table}:5"
    assert isinstance(third.source, BadSource)


def test_a_list_may_have_long_cells(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(f"text,path\n{'x' * 1_000_000},a.png\n,b.png\n")
    assert [item.key for item in items(tmp_path / "list.csv")] == ["a.png", "b.png"]


@pytest.mark.parametrize("lines", [1, LONGEST // 4 + 1])
def test_a_quote_that_is_never_closed_is_said(tmp_path: Path, lines: int) -> None:
    table = tmp_path / "list.csv"
    table.write_text('path,text\na.png,\nb.png,"' + "x,y\n" * lines)
    first, last = items(table)
    assert (first.key, last.key) == ("a.png", str(table))
    assert isinstance(last.source, BadSource)
    assert last.source.message.startswith(f"The list {table} is damaged at line 3 (")
    assert last.source.message.endswith(", and what follows was not read")


@pytest.mark.parametrize(("name", "line"), [("x.csv", "path"), ("x.jsonl", '"b.png"')])
def test_a_list_with_a_line_that_never_ends(tmp_path: Path, name: str, line: str) -> None:
    (tmp_path / name).write_text(f'{line}\n"a.png"\n' + ", " * (LONGEST // 2) + "\n")
    *_, first, last = items(tmp_path / name)
    assert (first.key, last.key) == ("a.png", str(tmp_path / name))
    assert isinstance(last.source, BadSource)
    assert f"is damaged at line 3 (of more than {LONGEST:,} signs)" in last.source.message


def test_a_list_as_json_lines(tmp_path: Path) -> None:
    lines = tmp_path / "list.jsonl"
    lines.write_text('{"path": "a.png", "text": "7"}\n\n"b.png"\n{"path": 3}\nnothing\n', "utf-8")
    first, second, *others = items(lines)
    assert (first.key, second.key) == ("a.png", "b.png")
    assert [item.key for item in others] == [f"{lines}:4", f"{lines}:5"]
    assert all(isinstance(item.source, BadSource) for item in others)


def test_a_line_that_is_nested_too_deeply_names_nothing(tmp_path: Path) -> None:
    lines = tmp_path / "list.jsonl"
    lines.write_text("[" * 100_000 + '\n"b.png"\n')
    first, second = items(lines)
    assert first.key == f"{lines}:1"
    assert isinstance(first.source, BadSource)
    assert second == Item("b.png", "b.png")


def test_a_list_without_the_column(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("name\na.png\n")
    (item,) = items(tmp_path / "list.csv")
    assert isinstance(item.source, BadSource)
    assert "no column path" in item.source.message


def test_a_list_may_hold_paths_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(b"path\n\xff.png\n")
    (tmp_path / "list.jsonl").write_text(json.dumps("\udcff.png"))
    assert [item.key for item in items(tmp_path / "list.csv", tmp_path / "list.jsonl")] == ["\udcff.png"] * 2
