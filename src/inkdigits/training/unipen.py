"""Pen trajectories in UNIPEN form, as the pendigits archive writes them.

.SEGMENT DIGIT 4-5 ? "7"     strokes 4 to 5 of the file are a 7
.COMMENT 7 12 224            the label again, the writer, a serial number
.PEN_DOWN
 267 333                     x and y, y up
.PEN_UP
.DT 100                      milliseconds until the next stroke; not kept
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from inkdigits.errors import MalformedFile
from inkdigits.types import Stroke


@dataclass(frozen=True)
class Trajectory:
    """One digit as the pen went: its `label` 0 to 9, the `writer`'s number in that file, and
    its strokes, each float32 `[n, 2]` with n >= 1, x right and y down, in the tablet's units."""

    label: int
    writer: int
    strokes: tuple[Stroke, ...]


_HEAD = ("the start", ".INCLUDE", ".LEXICON", ".HIERARCHY")
_STROKE_END = (".PEN_UP", ".DT")
#: Each keyword, and what it may follow. A COMMENT is part of its SEGMENT: it names the writer.
_MAY_FOLLOW: dict[str, tuple[str, ...]] = {
    ".INCLUDE": _HEAD,
    ".LEXICON": _HEAD,
    ".HIERARCHY": _HEAD,
    ".SEGMENT": (*_HEAD, *_STROKE_END),
    ".COMMENT": (".SEGMENT",),
    ".PEN_DOWN": (".COMMENT", *_STROKE_END),
    ".PEN_UP": (".PEN_DOWN",),
    ".DT": (".PEN_UP",),
}
#: What stands after a keyword; the head's words are not used.
_ARGUMENTS = {
    ".SEGMENT": re.compile(rb'DIGIT\s+(\d{1,9})(?:-(\d{1,9}))?\s+\?\s+"(\d)"'),
    ".COMMENT": re.compile(rb"(\d)\s+(\d{1,9})\s+(\d{1,9})"),
    ".PEN_DOWN": re.compile(rb""),
    ".PEN_UP": re.compile(rb""),
    ".DT": re.compile(rb"\d{1,9}"),
}
_FREE = re.compile(rb".*")
#: Six digits: exact in float32.
_POINT = re.compile(rb"(-?\d{1,6})\s+(-?\d{1,6})")


def parse_unipen(data: bytes, name: str) -> list[Trajectory]:
    """The digits of a file in the order written; `name` is what errors call the file.

    Raises MalformedFile with the byte offset of the line that breaks the form.
    """
    parser = _Parser(name)
    for offset, line in _lines(data):
        parser.take(offset, line)
    parser.finish(len(data))
    return parser.trajectories


def _lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each line that is not blank, stripped, with the offset where it begins."""
    offset = 0
    for line in data.splitlines(keepends=True):
        if content := line.strip():
            yield offset, content
        offset += len(line)


class _Parser:
    def __init__(self, name: str) -> None:
        self.name = name
        self.trajectories: list[Trajectory] = []
        self._last = "the start"
        self._segment_at = 0
        self._promised = 0
        self._label = self._writer = 0
        self._strokes: list[Stroke] = []
        self._points: list[tuple[int, int]] = []

    def take(self, offset: int, line: bytes) -> None:
        if line.startswith(b"."):
            self._keyword(offset, line)
        elif self._last != ".PEN_DOWN":
            raise self._malformed(offset, f"{_shown(line)} stands outside .PEN_DOWN and .PEN_UP")
        elif point := _POINT.fullmatch(line):
            self._points.append((int(point[1]), -int(point[2])))
        else:
            raise self._malformed(offset, f"{_shown(line)} is not a point of two whole numbers")

    def finish(self, offset: int) -> None:
        if self._last not in _STROKE_END:
            raise self._malformed(offset, f"the file ends after {self._last}")
        self._close_segment()

    def _keyword(self, offset: int, line: bytes) -> None:
        word, rest = (*line.split(None, 1), b"")[:2]
        keyword = word.decode("ascii", "backslashreplace")
        if keyword not in _MAY_FOLLOW:
            raise self._malformed(offset, f"{_shown(word)} is not a known keyword")
        if self._last not in _MAY_FOLLOW[keyword]:
            raise self._malformed(offset, f"{keyword} may not follow {self._last}")
        arguments = _ARGUMENTS.get(keyword, _FREE).fullmatch(rest)
        if arguments is None:
            raise self._malformed(offset, f"{_shown(line)} is not what {keyword} should say")
        self._obey(keyword, offset, arguments)
        self._last = keyword

    def _obey(self, keyword: str, offset: int, arguments: re.Match[bytes]) -> None:
        match keyword:
            case ".SEGMENT":
                self._open_segment(offset, arguments)
            case ".COMMENT":
                self._take_comment(offset, arguments)
            case ".PEN_UP":
                self._close_stroke(offset)

    def _open_segment(self, offset: int, arguments: re.Match[bytes]) -> None:
        if self._last in _STROKE_END:
            self._close_segment()
        first, last, label = arguments.groups()
        self._segment_at = offset
        self._promised = int(last or first) - int(first) + 1
        self._label = int(label)

    def _take_comment(self, offset: int, arguments: re.Match[bytes]) -> None:
        if int(arguments[1]) != self._label:
            raise self._malformed(offset, f".COMMENT says {int(arguments[1])}, .SEGMENT {self._label}")
        self._writer = int(arguments[2])

    def _close_stroke(self, offset: int) -> None:
        if not self._points:
            raise self._malformed(offset, "a stroke without points")
        self._strokes.append(np.array(self._points, np.float32))
        self._points = []

    def _close_segment(self) -> None:
        if len(self._strokes) != self._promised:
            reason = f".SEGMENT names {self._promised} strokes, {len(self._strokes)} follow"
            raise self._malformed(self._segment_at, reason)
        self.trajectories.append(Trajectory(self._label, self._writer, tuple(self._strokes)))
        self._strokes = []

    def _malformed(self, offset: int, reason: str) -> MalformedFile:
        return MalformedFile(self.name, offset, reason)


def _shown(line: bytes) -> str:
    """A line fit for a message: short, printable."""
    return repr(line[:40].decode("ascii", "backslashreplace"))
