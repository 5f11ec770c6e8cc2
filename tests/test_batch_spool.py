"""What is on disk outlives whatever ends a run: a block is there as a whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import by_anybody

from inkdigits.batch import FORMS, Answered, Block, blocks_of
from inkdigits.batch.blocks import BYTES
from inkdigits.batch.items import Entry, Item, Source
from inkdigits.batch.spool import Spool
from inkdigits.errors import BatchError

ASKED = {"input": [["folder", None]], "length": None, "version": "1"}


def entries(number: int, name: str = "{}", source: Source = "") -> Iterator[Entry]:
    return ((Item(name.format(place), source), place / number) for place in range(1, number + 1))


def blocks(number: int) -> Iterator[Block]:
    return blocks_of(entries(number))


def answer(block: Block, failed: int = 1) -> Answered:
    lines = "".join(json.dumps({"path": item.key}) + "\n" for item in block.items)
    return Answered(lines.encode(), failed, "model", block.rows, block.digest, block.share)


def spool(out: Path, asked: dict[str, Any] = ASKED) -> Spool:
    return Spool(out, FORMS[".jsonl"], asked)


def paths(out: Path) -> list[str]:
    return [json.loads(line)["path"] for line in out.read_text().splitlines()]


@contextmanager
def nothing_written(folder: Path) -> Iterator[None]:
    """In the folder, in which everything may be read and nothing written."""
    modes = {path: path.stat().st_mode for path in (*folder.iterdir(), folder)}
    for path, mode in modes.items():
        path.chmod(mode & 0o555 | 0o444)
    with by_anybody(folder):
        yield
    for path, mode in modes.items():
        path.chmod(mode)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "new" / "rows.jsonl"


@pytest.fixture
def begun(out: Path) -> Path:
    """The output of a run that stopped behind two blocks of four, in the middle of the third."""
    with spool(out) as one:
        for block in list(blocks(1000))[:2]:
            one.append(answer(block))
    with out.with_name("rows.jsonl.part").open("ab") as file:
        file.write(b'{"path": "51')
    return out


def test_the_output_is_whole_or_not_there(out: Path) -> None:
    with spool(out) as one:
        for block in blocks(1000):
            one.append(answer(block))
            assert not out.exists()
        one.finish()
    assert paths(out) == [str(place) for place in range(1, 1001)]
    assert sorted(path.name for path in out.parent.iterdir()) == ["rows.jsonl", "rows.jsonl.journal"]
    with spool(out) as one:
        assert (one.finished, one.state.rows, one.state.failed) == (True, 1000, 4)


def test_a_run_goes_on_behind_what_is_whole(begun: Path) -> None:
    with spool(begun) as one:
        rest = list(one.rest(entries(1000)))
        assert [block.rows for block in rest] == [768, 1000]
        for block in rest:
            one.append(answer(block))
        one.finish()
    assert paths(begun) == [str(place) for place in range(1, 1001)]
    with spool(begun) as one:
        assert one.state.failed == 4


def test_input_may_have_grown_at_its_end(begun: Path) -> None:
    with spool(begun) as one:
        assert next(one.rest(entries(2000))).rows == 768


def test_pictures_may_have_another_size_by_now(begun: Path) -> None:
    """Then blocks end elsewhere."""
    with spool(begun) as one:
        for block in one.rest(entries(1000, source=bytes(BYTES // 100))):
            assert len(block.items) <= 101
            one.append(answer(block))
        one.finish()
    assert paths(begun) == [str(place) for place in range(1, 1001)]


@pytest.mark.parametrize("other", [entries(1000, "other {}"), entries(300), entries(0)])
def test_other_input_is_refused(begun: Path, other: Iterator[Entry]) -> None:
    with spool(begun) as one, pytest.raises(BatchError, match="begun with other input"):
        one.rest(other)
    with spool(begun) as one:
        assert one.state.rows == 512


def test_other_options_are_refused_and_named(begun: Path) -> None:
    with pytest.raises(BatchError) as caught, spool(begun, ASKED | {"length": 4}):
        pass
    assert caught.value.message.endswith(": length was not given and is 4 now")
    assert f"remove {begun}, {begun}.part and {begun}.journal" in caught.value.remedy
    other = ASKED | {"input": [["a.tar", 120], ["folder", None]]}
    with pytest.raises(BatchError) as caught, spool(begun, other):
        pass
    assert caught.value.message.endswith(": input was 'folder' and is 'a.tar 120 folder' now")


def test_another_file_of_that_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text("mine")
    with pytest.raises(BatchError, match="exists already"), spool(tmp_path / "rows.jsonl"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["rows.jsonl"]


def test_rows_without_a_journal_are_left_alone(begun: Path) -> None:
    part = begun.with_name("rows.jsonl.part")
    begun.with_name("rows.jsonl.journal").unlink()
    before = part.read_bytes()
    with pytest.raises(BatchError, match=f"{part} exists already") as caught, spool(begun):
        pass
    assert "name another output, or remove" in caught.value.remedy
    assert [path.read_bytes() for path in begun.parent.iterdir()] == [before]
    part.write_bytes(b"")
    with spool(begun) as one:
        assert one.state.rows == 0


def test_what_is_finished_says_so_where_nothing_may_be_written(begun: Path) -> None:
    with (
        nothing_written(begun.parent),
        pytest.raises(BatchError, match=r"\.journal cannot be written: Permission denied"),
        spool(Path(begun.name)),
    ):
        pass
    with spool(begun) as one:
        one.finish()
    with nothing_written(begun.parent), spool(Path(begun.name)) as one:
        assert (one.finished, one.state.rows) == (True, 512)


def test_two_runs_do_not_write_at_once(begun: Path) -> None:
    with spool(begun), pytest.raises(BatchError, match="Another run writes"), spool(begun):
        pass
    with spool(begun) as one:
        assert one.state.rows == 512


def test_a_line_of_the_journal_may_be_torn(begun: Path) -> None:
    with begun.with_name("rows.jsonl.journal").open("ab") as file:
        file.write(b'{"rows": 76')
    for _ in range(2):
        with spool(begun) as one:
            assert one.state.rows == 512


def test_what_is_left_may_be_damaged(begun: Path) -> None:
    begun.with_name("rows.jsonl.part").write_bytes(b"")
    with pytest.raises(BatchError, match="shorter than"), spool(begun):
        pass
    begun.with_name("rows.jsonl.journal").write_text("no journal\n")
    with pytest.raises(BatchError, match="not the journal of a run"), spool(begun):
        pass


@pytest.mark.parametrize("text", ['{"a": 1}\n', '{"a": 1}', "[1]\n", "notes\nof mine", "notes"])
def test_a_journal_of_something_else_is_left_alone(out: Path, text: str) -> None:
    out.parent.mkdir()
    journal = out.with_name("rows.jsonl.journal")
    journal.write_text(text)
    with pytest.raises(BatchError, match=f"{journal} is not the journal of a run") as caught, spool(out):
        pass
    assert "Give the same" not in caught.value.remedy
    assert "name another output" in caught.value.remedy
    assert journal.read_text() == text


def test_a_kill_while_the_first_line_is_written(out: Path) -> None:
    out.parent.mkdir()
    out.with_name("rows.jsonl.journal").write_bytes(json.dumps(ASKED).encode()[:20])
    with spool(out) as one:
        one.finish()
    with spool(out) as one:
        assert one.finished


def test_without_its_rows_a_run_begins_anew(begun: Path) -> None:
    begun.with_name("rows.jsonl.part").unlink()
    with spool(begun, ASKED | {"length": 4}) as one:
        assert one.state.rows == 0


def test_a_run_without_a_row_reserves_nothing(out: Path) -> None:
    """One whose cluster was not there, or whose pictures were stopped before the first."""
    with spool(out):
        pass
    with spool(out, ASKED | {"length": 4}) as one:
        one.append(answer(next(blocks(3))))
        one.finish()
    with spool(out, ASKED | {"length": 4}) as one:
        assert one.finished
    assert paths(out) == ["1", "2", "3"]


def test_an_output_without_a_row_may_be_finished(out: Path) -> None:
    with spool(out) as one:
        one.finish()
    with pytest.raises(BatchError, match="asked otherwise"), spool(out, ASKED | {"length": 4}):
        pass


def test_a_kill_while_the_output_is_put_in_its_place(begun: Path) -> None:
    with spool(begun) as one:
        one.finish()
    begun.replace(begun.with_name("rows.jsonl.part"))
    with spool(begun) as one:
        assert one.state.whole
        assert not one.finished
        one.finish()
    assert len(paths(begun)) == 512


def test_an_output_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with (
        pytest.raises(BatchError, match="cannot be written: Not a directory"),
        spool(tmp_path / "file" / "rows.jsonl"),
    ):
        pass
