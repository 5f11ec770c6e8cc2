"""What a batch reads: folders, globs and archives become the same stream of items each time."""

from __future__ import annotations

import io
import os
import random
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import by_anybody, items

from inkdigits.batch import Input, items_of
from inkdigits.batch.folders import PART, in_order
from inkdigits.batch.items import Item, TarMember, ZipMember
from inkdigits.batch.own import decoded
from inkdigits.errors import BadSource, BatchError, FileUnreadable, InputError, TooManyBytes

NAMES = ("b/2.png", "a.png", "c ü.PNG", "notes.txt")
PICTURES = tuple(name for name in NAMES if name != "notes.txt")
MOST = 10_000


def data_of(item: Item) -> bytes:
    assert isinstance(item.source, TarMember | ZipMember | bytes)
    return item.source if isinstance(item.source, bytes) else item.source.read(MOST)


def content(name: str) -> bytes:
    return f"picture {name} ".encode() * 50


def tar_of(path: Path, mode: str) -> Path:
    with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]
        for name in NAMES:
            info = tarfile.TarInfo(name)
            info.size = len(content(name))
            tar.addfile(info, io.BytesIO(content(name)))
    return path


def zip_of(path: Path, packing: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", packing) as archive:
        archive.mkdir("b")
        for name in NAMES:
            archive.writestr(name, content(name))
    return path


# --- folders and globs ---


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    for name in NAMES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content(name))
    return tmp_path


def test_a_folder_is_read_in_the_order_of_its_paths(pictures: Path) -> None:
    expected = [str(pictures / name) for name in sorted(PICTURES)]
    assert items(pictures) == [Item(path, path) for path in expected]


def test_a_glob_is_read_in_order_and_takes_every_kind_of_name(pictures: Path) -> None:
    assert [item.key for item in items(pictures / "**" / "*.*")] == [
        str(pictures / name) for name in sorted(NAMES)
    ]


def test_a_link_to_nothing_is_no_picture(pictures: Path) -> None:
    (pictures / "d.png").symlink_to("nowhere.png")
    assert [Path(item.key).name for item in items(pictures)] == ["a.png", "2.png", "c ü.PNG"]


def test_a_link_to_a_folder_is_followed(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "deep").mkdir()
    (other / "deep" / "x.png").write_bytes(b"x")
    (pictures / "z").symlink_to(other)
    (pictures / "y").symlink_to(other)
    found = [item.key for item in items(pictures)]
    assert found == sorted(str(pictures / name) for name in (*PICTURES, "y/deep/x.png"))
    assert items(pictures / "z") == [Item(path := str(pictures / "z/deep/x.png"), path)]


def test_links_may_go_round(pictures: Path) -> None:
    (pictures / "b" / "up").symlink_to(pictures)
    (pictures / "0").symlink_to(pictures / "b")
    (pictures / "self.png").symlink_to("self.png")
    assert [item.key for item in items(pictures)] == [str(pictures / name) for name in sorted(PICTURES)]


def test_a_glob_comes_to_each_folder_once(
    pictures: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path_factory.mktemp("other")
    for folder in (other, pictures / ".hidden"):
        folder.mkdir(exist_ok=True)
        (folder / "2.png").write_bytes(b"x")
    (pictures / "b" / "up").symlink_to(pictures)
    (pictures / "[z]").symlink_to(other)
    monkeypatch.chdir(pictures)
    assert [item.key for item in items("**/*.png")] == ["[z]/2.png", "a.png", "b/2.png"]
    assert [item.key for item in items("**/2.png", "*/**/**/2.png")] == ["[z]/2.png", "b/2.png"] * 2
    below = ["b/2.png", "b/up/[z]/2.png", "b/up/a.png", "b/up/c ü.PNG", "b/up/notes.txt"]
    assert [item.key for item in items("b/**")] == below


@pytest.mark.parametrize("turned", [False, True])
def test_links_are_followed_in_the_same_order_whatever_the_disk_says(
    pictures: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, turned: bool
) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "x.png").write_bytes(b"x")
    for name in ("m", "b/a", "n"):
        (pictures / name).symlink_to(other)
    scandir = os.scandir

    @contextmanager
    def scanned(folder: str) -> Iterator[list[os.DirEntry[str]]]:
        with scandir(folder) as entries:
            yield sorted(entries, key=lambda entry: entry.name, reverse=turned)

    monkeypatch.setattr(os, "scandir", scanned)
    assert str(pictures / "b/a/x.png") in [item.key for item in items(pictures)]
    assert len(items(pictures)) == 4


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """A picture below more folders than Python calls may stand in each other."""
    folders = [tmp_path / "deep"]
    folders[0].mkdir()
    for _ in range(1500):
        folders.append(folders[-1] / "d")
        folders[-1].mkdir()
    picture = folders[-1] / "a.png"
    picture.write_bytes(b"x")
    yield picture
    picture.unlink()
    for folder in reversed(folders):  # pytest would go down as one call in the other
        folder.rmdir()


def test_folders_may_be_deep(tmp_path: Path, deep: Path) -> None:
    assert [item.key for item in items(tmp_path)] == [str(deep)]
    assert [item.key for item in items(tmp_path / "**" / "*.png")] == [str(deep)]


def test_a_folder_whose_path_is_too_long_stands_for_itself(pictures: Path) -> None:
    below = os.open(pictures / "b", os.O_RDONLY)
    for _ in range(20):
        os.mkdir("n" * 250, dir_fd=below)
        below, above = os.open("n" * 250, os.O_RDONLY, dir_fd=below), below
        os.close(above)
    os.close(below)
    for found in (items(pictures), items(pictures / "**" / "*.[Pp]*")):
        (long,) = (item for item in found if item.key.endswith("n"))
        assert len(found) == len(PICTURES) + 1
        with pytest.raises(FileUnreadable, match="File name too long"):
            decoded(long.source)


@pytest.fixture(params=[0o000, 0o444, 0o111], ids=oct)
def closed(pictures: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder that may not be used, or only listed, or only entered, with a picture that may not be read."""
    for one in (pictures, pictures / "b"):
        one.chmod(0o755)
    (folder := pictures / "closed").mkdir()
    (folder / "a.png").touch(0o000)
    folder.chmod(request.param)
    yield folder
    folder.chmod(0o755)


@pytest.mark.parametrize(
    "name", [".", "closed", "closed/a.png", "closed/*", "*/[a2].png", "*/a.png", "**/*.png", "**/*/*.png"]
)
def test_what_may_not_be_read_fails_alone(closed: Path, name: str) -> None:
    with by_anybody(closed.parent):
        found = items(name)
        (one,) = {item for item in found if "closed" in item.key}
        with pytest.raises(FileUnreadable, match="cannot be read: Permission denied"):
            decoded(one.source)
    assert {Path(item.key) for item in found if item != one} <= set(map(Path, PICTURES))


def test_what_a_mac_puts_beside_a_picture_is_none(pictures: Path) -> None:
    (pictures / "._a.png").write_bytes(b"\0\5\x16\7")
    assert len(items(pictures)) == len(PICTURES)
    with zipfile.ZipFile(pictures / "x.zip", "w") as archive, tarfile.open(pictures / "x.tar", "w") as tar:
        for name in ("b/a.png", "__MACOSX/b/._a.png", "._b.png"):
            archive.writestr(name, b"x")
            tar.addfile(tarfile.TarInfo(name))
    for name in ("x.zip", "x.tar"):
        assert [item.key for item in items(pictures / name)] == [f"{pictures / name}!b/a.png"]


def test_a_folder_that_is_gone_stands_for_itself(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    gone = Input.of(str(tmp_path / "x"))
    (tmp_path / "x").rmdir()
    assert [item.key for item, _ in items_of([gone])] == [gone.name]


def test_more_names_than_are_sorted_at_once_come_in_order() -> None:
    names = [f"{number:06}\n\udcff" for number in range(2 * PART + 3)]
    mixed = random.Random(0).sample(names, len(names))
    number, ordered = in_order(iter(mixed))
    assert number == len(names)
    assert list(ordered) == names


def test_no_room_to_sort_names_is_no_fault_of_the_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(BatchError, match="no place to sort"):
        in_order(str(number) for number in range(2 * PART))


def test_what_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for name in ("missing.png", "*.png", "missing/", "loop", "loop/a.png", "loop/*.png", "\0.png"):
        with pytest.raises(FileUnreadable, match="no such file"):
            Input.of(str(tmp_path / name))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("n" * 300 + ".png", "File name too long"),
        ("n" * 300 + ".zip", "File name too long"),
        ("pipe", "it is a pipe or a device"),
    ],
)
def test_what_may_be_there_fails_as_an_item(tmp_path: Path, name: str, why: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (item,) = items(tmp_path / name)
    with pytest.raises(FileUnreadable, match=why):
        decoded(item.source)


def test_an_input_without_pictures_fails_as_an_item(tmp_path: Path) -> None:
    (item,) = items(tmp_path)
    assert item.key == str(tmp_path)
    assert isinstance(item.source, FileUnreadable)
    assert "holds no picture" in item.source.message


def test_shares_rise_to_one_over_all_inputs(pictures: Path) -> None:
    archive = zip_of(pictures / "x.zip")
    shares = [share for _, share in items_of([Input.of(str(pictures)), Input.of(str(archive))])]
    assert shares == sorted(shares)
    assert len(shares) == 6
    assert shares[2] == 0.5
    assert shares[-1] > 0.8


# --- archives ---

TARS = {"x.tar": "w:", "x.tar.gz": "w:gz", "x.tgz": "w:gz", "x.tar.bz2": "w:bz2", "x.tar.xz": "w:xz"}


@pytest.mark.parametrize("name", TARS)
def test_tar(tmp_path: Path, name: str) -> None:
    archive = tar_of(tmp_path / name, TARS[name])
    found = items(archive)
    assert [item.key for item in found] == [f"{archive}!{member}" for member in PICTURES]
    assert [data_of(item) for item in found] == [content(member) for member in PICTURES]


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_zip(tmp_path: Path, packing: int) -> None:
    archive = zip_of(tmp_path / "x.zip", packing)
    found = items(archive)
    assert [item.key for item in found] == [f"{archive}!{member}" for member in PICTURES]
    assert [data_of(item) for item in found] == [content(member) for member in PICTURES]


def test_a_zip_behind_other_bytes_and_with_a_comment(tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "x.zip")
    with zipfile.ZipFile(archive, "a") as file:
        file.comment = b"PK, a comment"
    archive.write_bytes(b"#!/bin/sh\n" + archive.read_bytes())
    assert [data_of(item) for item in items(archive)] == [content(member) for member in PICTURES]


def test_a_zip_of_more_members_than_the_old_form_counts(tmp_path: Path) -> None:
    number = 2**16 + 1
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for place in range(number):
            archive.writestr(f"{place}.png", b"x")
    found = items(tmp_path / "x.zip")
    assert len(found) == number
    assert data_of(found[-1]) == b"x"


def test_large_numbers_stand_in_the_extra_field(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "x.zip", "w") as archive,
        archive.open("a.png", "w", force_zip64=True) as member,
    ):
        member.write(content("a.png"))
    (item,) = items(tmp_path / "x.zip")
    assert data_of(item) == content("a.png")


@pytest.mark.parametrize("name", TARS)
def test_a_tar_that_ends_early_fails_once(tmp_path: Path, name: str) -> None:
    archive = tar_of(tmp_path / name, TARS[name])
    archive.write_bytes(archive.read_bytes()[: archive.stat().st_size // 4])
    *_, last = items(archive)
    assert last.key == str(archive)
    assert isinstance(last.source, BadSource)
    assert "ends early or is damaged" in last.source.message


def test_a_damaged_header_is_not_the_end_of_a_tar(tmp_path: Path) -> None:
    archive = tar_of(tmp_path / "x.tar", "w:")
    archive.write_bytes(archive.read_bytes().replace(b"a.png", b"b.png", 1))
    first, last = items(archive)
    assert data_of(first) == content("b/2.png")
    assert isinstance(last.source, BadSource)


def test_a_damaged_zip_fails_once(tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "x.zip")
    whole = archive.read_bytes()
    for data in (whole[: len(whole) // 2], b"no zip", b"", whole.replace(b"PK\1\2", b"PKxx")):
        archive.write_bytes(data)
        (item,) = items(archive)
        assert item.key == str(archive)
        assert isinstance(item.source, BadSource)


def test_a_damaged_member_fails_alone(tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "x.zip", zipfile.ZIP_STORED)
    data = archive.read_bytes()
    archive.write_bytes(data.replace(b"picture a.png", b"pictures.png ", 1))
    first, second, third = items(archive)
    assert data_of(first) == content(first.key.split("!")[1])
    with pytest.raises(BadSource, match="damaged at byte"):
        data_of(second)
    assert data_of(third) == content("c ü.PNG")


def test_a_member_of_too_many_bytes(tmp_path: Path) -> None:
    source = items(zip_of(tmp_path / "x.zip"))[0].source
    assert isinstance(source, ZipMember)
    with pytest.raises(TooManyBytes):
        source.read(10)
    plain = items(tar_of(tmp_path / "x.tar", "w:"))[0].source
    assert isinstance(plain, TarMember)
    assert len(plain.read(10)) == 11


def test_what_cannot_be_unpacked_fails_alone(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a.png", b"x", zipfile.ZIP_LZMA)
        archive.writestr("b.png", b"x")
    with tarfile.open(tmp_path / "x.tar", "w") as tar:
        link = tarfile.TarInfo("a.png")
        link.type, link.linkname = tarfile.SYMTYPE, "b.png"
        tar.addfile(link)
        tar.addfile(tarfile.TarInfo("b.png"))
    for name in ("x.zip", "x.tar"):
        bad, good = items(tmp_path / name)
        assert isinstance(bad.source, BadSource)
        assert not isinstance(good.source, InputError)


@pytest.mark.parametrize("name", ["x.tar", "x.tar.gz"])
def test_a_second_name_of_a_file_in_a_tar_says_how_to_pack_it(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.png").write_bytes(content("a.png"))
    (tmp_path / "b.png").hardlink_to(tmp_path / "a.png")
    with tarfile.open(tmp_path / name, TARS[name]) as tar:  # type: ignore[call-overload]
        for picture in ("a.png", "b.png"):
            tar.add(tmp_path / picture, picture)
    first, second = items(tmp_path / name)
    assert data_of(first) == content("a.png")
    assert isinstance(second.source, BadSource)
    assert second.source.message == f"b.png in the archive {tmp_path / name} is another name of a.png"
    assert "tar --hard-dereference" in second.source.remedy
