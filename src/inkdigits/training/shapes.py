"""Shapes that are no digits: letters, symbols, scribbles, textures, as a hand or a printer leaves them.

Each function takes a random generator and gives ink, uint8 `[h, w]`, 0 = paper … 255 = pen, cut
to its edges, its longest side about SIZE before it is bent. All but a few outlines are drawn
here; letters come from the free fonts that matplotlib brings along.
"""

from __future__ import annotations

import string
from functools import cache
from pathlib import Path

import matplotlib as mpl
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Picture = NDArray[np.uint8]
#: A pen's path: points `[n, 2]` of x and y, in a unit square.
Path2D = NDArray[np.float64]

#: Longest side of a shape in pixels, before it is bent.
SIZE = 40
#: Letters that, written by hand, are a digit's very shape, so that no reader could tell them from
#: it: O o D Q a 0, I l i J j a 1, Z z a 2, y a 4, S s a 5, G b a 6, T a 7, B a 8, g q P p a 9.
DIGIT_SHAPED = "OoDQIliJjZzySsGbTBgqPp"
LETTERS = "".join(letter for letter in string.ascii_letters if letter not in DIGIT_SHAPED)
#: A bar `|` is not among them: it is a 1.
SYMBOLS = ",.;:-/=+()[]×x÷π%#*?!€$&@<>~_"
#: What stands between digits.
SEPARATORS = ",.-/=+:'"
#: Symbols that, alone and without a line of writing beside them, may be a 1 or a 7.
BARS = ",/()[]!>'"
STANDING = "".join(symbol for symbol in SYMBOLS if symbol not in BARS)
NIBS = (ImageFilter.MaxFilter(3), ImageFilter.MinFilter(3), ImageFilter.GaussianBlur(0.7))
#: Families of the fonts that are used, with all their styles.
FAMILIES = ("DejaVuSans", "DejaVuSerif", "STIXGeneral", "cmr10", "cmss10", "cmtt10", "cmti10", "cmb10")
#: Symbols that a pen draws in straight lines, y down; a dot is a line that goes nowhere.
DRAWN: dict[str, list[list[tuple[float, float]]]] = {
    ",": [[(0.5, 0), (0.55, 0.4), (0.2, 1)]],
    ".": [[(0, 0), (0.01, 0)]],
    ":": [[(0, 0), (0.01, 0)], [(0, 1), (0, 1.01)]],
    "-": [[(0, 0), (1, 0)]],
    "/": [[(0.5, 0), (0, 1)]],
    "=": [[(0, 0), (1, 0)], [(0, 0.45), (1, 0.45)]],
    "+": [[(0, 0.5), (1, 0.5)], [(0.5, 0), (0.5, 1)]],
    "×": [[(0, 0), (1, 1)], [(1, 0), (0, 1)]],
}


def letter(random: Generator) -> Picture:
    """A letter of a free font, bent as by a hand; none of DIGIT_SHAPED."""
    return bent(_printed(random, str(random.choice(list(LETTERS)))), random)


def symbol(random: Generator, among: str = SYMBOLS) -> Picture:
    """One of the symbols `among`, drawn with a pen or printed, and bent."""
    chosen = str(random.choice(list(among)))
    if chosen in DRAWN and random.random() < 0.7:
        paths = [np.array(path) + random.normal(0, 0.04, (len(path), 2)) for path in DRAWN[chosen]]
        widest = 0.5 if chosen in ".:" else 0.25
        return bent(pen(paths, random.uniform(0.06, widest)), random)
    return bent(_printed(random, chosen), random)


def scribble(random: Generator, *, broadest: bool = False) -> Picture:
    """A pen, any or a broad one, that writes nothing: a tangle, loops, a zigzag, lines to and fro."""
    kinds = (_tangle, _loops, _zigzag, _cross)
    chosen = random.choice(len(kinds), 1 + (random.random() < 0.3), p=(0.45, 0.2, 0.2, 0.15))
    paths = [path for place in chosen for path in kinds[place](random)]
    return pen(paths, random.uniform(0.09 if broadest else 0.03, 0.14))


def texture(random: Generator) -> Picture:
    """Something filled: a garment-like outline, a blob or a box, plain or with a pattern in it."""
    height, width = random.integers(SIZE * 2 // 5, SIZE + 1, 2)
    ink = 255 * _pattern(random, height, width)
    if (kind := random.random()) < 0.8:
        ink *= (_garment if kind < 0.45 else _blob)(random, height, width)
    return cut(ink.astype(np.uint8))


def pen(paths: list[Path2D], width: float) -> Picture:
    """Paths drawn with a round pen, `width` as a share of the longest side."""
    over = 2  # drawn this much larger, for smooth edges
    points = np.concatenate(paths)
    size = float(np.ptp(points, axis=0).max()) + width
    scale = over * SIZE / size
    across, down = (int(side) + 2 * over for side in (np.ptp(points, axis=0) + width) * scale)
    canvas = Image.new("L", (across, down))
    draw, radius = ImageDraw.Draw(canvas), max(width * scale / 2, 0.75)
    for path in paths:
        corners = [tuple(point) for point in (path - points.min(0) + width / 2) * scale + over / 2]
        draw.line(corners, fill=255, width=max(1, round(2 * radius)), joint="curve")
        for x, y in (corners[0], corners[-1]):
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return cut(np.asarray(canvas.reduce(over)))


def bent(ink: Picture, random: Generator) -> Picture:
    """The ink sheared, stretched, turned a little, bent, and with a thicker or thinner pen."""
    height, width = ink.shape
    room = max(height, width) // 3 + 2
    canvas = Image.fromarray(np.pad(ink, room))
    pull = random.normal(0, 0.065 * max(height, width), (4, 4, 2))
    slant, wide, turn = random.uniform(-0.3, 0.3), random.uniform(0.75, 1.3), random.uniform(-0.15, 0.15)
    matrix = np.array([[wide, slant + turn], [-turn, 1.0]])
    middle = np.array(canvas.size) / 2
    steps = [np.linspace(0, side, 4) for side in canvas.size]
    corners = np.stack(np.meshgrid(*steps, indexing="ij"), -1)
    places = (corners - middle) @ matrix.T + middle + pull
    moved = canvas.transform(
        canvas.size, Image.Transform.MESH, _mesh(corners, places), Image.Resampling.BILINEAR
    )
    nib = moved.filter(NIBS[random.integers(len(NIBS))])
    return cut(np.asarray(nib if random.random() < 0.5 and nib.getextrema()[1] == 255 else moved))


def cut(ink: Picture, edge: int = 64) -> Picture:
    """The ink without the paper around it, up to `edge`; one pixel if there is none."""
    rows, columns = (np.flatnonzero(ink.max(axis) > edge) for axis in (1, 0))
    if not len(rows):
        return ink[:1, :1]
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _mesh(corners: Path2D, places: Path2D) -> list[tuple[tuple[int, ...], tuple[float, ...]]]:
    """What Pillow's mesh transform takes: each box of the target, and where its corners come from."""
    boxes = []
    for i in range(corners.shape[0] - 1):
        for j in range(corners.shape[1] - 1):
            box = (*corners[i, j].round().astype(int), *corners[i + 1, j + 1].round().astype(int))
            around = (places[i, j], places[i, j + 1], places[i + 1, j + 1], places[i + 1, j])
            boxes.append((box, tuple(float(value) for corner in around for value in corner)))
    return boxes


@cache
def _fonts() -> tuple[ImageFont.FreeTypeFont, ...]:
    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    files = sorted(
        path for path in folder.glob("*.ttf") if path.stem.startswith(FAMILIES) and "Display" not in path.stem
    )
    return tuple(ImageFont.truetype(path, SIZE * 4 // 3) for path in files)


def _printed(random: Generator, text: str) -> Picture:
    """One character in one of the fonts; the computer modern ones lack most symbols."""
    fonts = _fonts() if text in LETTERS else [font for font in _fonts() if "cm" not in str(font.path)]
    font = fonts[random.integers(len(fonts))]
    left, top, right, bottom = font.getbbox(text)
    canvas = Image.new("L", (max(1, int(right - left)), max(1, int(bottom - top))))
    ImageDraw.Draw(canvas).text((-left, -top), text, fill=255, font=font)
    canvas.thumbnail((SIZE, SIZE))
    return cut(np.asarray(canvas))


def _loops(random: Generator) -> list[Path2D]:
    """Coils that move along."""
    turns, tall = random.integers(2, 6), random.uniform(0.6, 1.6)
    angle = np.linspace(0, 2 * np.pi * turns, 24 * turns)
    drift = random.uniform(0.15, 0.3) * angle / np.pi
    return [np.stack((np.cos(angle) * 0.5 + drift, tall * np.sin(angle) * 0.5), 1)]


def _zigzag(random: Generator) -> list[Path2D]:
    count = random.integers(7, 13)
    along, across = np.linspace(0, 1, count), np.arange(count) % 2 * random.uniform(0.3, 1)
    path = np.stack((along, across), 1) + random.normal(0, 0.05, (count, 2))
    return [path if random.random() < 0.5 else path[:, ::-1]]


def _cross(random: Generator) -> list[Path2D]:
    """Lines to and fro, as something is struck out."""
    sides = np.array((0.0, 1.0))
    return [np.stack((sides, random.random(2)), 1) for _ in range(random.integers(4, 8))]


def _tangle(random: Generator) -> list[Path2D]:
    """A smooth path through random points, a Catmull-Rom spline."""
    points = random.random((random.integers(8, 15), 2))
    wide = np.concatenate((points[:1], points, points[-1:]))[:, None]
    before, here, there, after = wide[:-3], wide[1:-2], wide[2:-1], wide[3:]
    t = np.linspace(0, 1, 8, endpoint=False)[None, :, None]
    square = 2 * before - 5 * here + 4 * there - after
    cube = 3 * here - before - 3 * there + after
    return [(here + ((there - before) * t + square * t**2 + cube * t**3) / 2).reshape(-1, 2)]


def _garment(random: Generator, height: int, width: int) -> Path2D:
    """An outline even to both sides, of random widths along it; perhaps with a gap."""
    if random.random() < 0.4:
        return _garment(random, width, height).T
    knots = random.uniform(0.15, 1, random.integers(3, 7))
    rows = np.linspace(0, len(knots) - 1, height)
    half = np.interp(rows, np.arange(len(knots)), knots / knots.max())[:, None]
    across = np.abs(np.linspace(-1, 1, width))[None, :]
    shape: NDArray[np.bool_] = across < half
    if random.random() < 0.4:
        shape &= (across > random.uniform(0.05, 0.3)) | (rows[:, None] < rows[-1] * random.uniform(0.2, 0.7))
    return shape.astype(float)


def _blob(random: Generator, height: int, width: int) -> Path2D:
    """Smooth spots, one or several."""
    field = _field(random, height, width, int(random.integers(3, 6)))
    shape: Path2D = (field > np.quantile(field, random.uniform(0.3, 0.75))).astype(float)
    return shape


def _pattern(random: Generator, height: int, width: int) -> Path2D:
    """Plain, a gradient, stripes, checks, or grain; 0 to 1."""
    y, x = np.mgrid[:height, :width] / SIZE
    angle, waves = random.uniform(0, np.pi), 2 * np.pi * random.uniform(3, 9)
    along, across = np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x
    stripes = np.cos(waves * along) > random.uniform(-0.6, 0.6)
    patterns = (
        lambda: np.ones((height, width)),
        lambda: 0.55 + 0.45 * _field(random, height, width, 3),
        lambda: np.where(stripes, 1.0, random.uniform(0, 0.6)),
        lambda: np.where(stripes ^ (np.cos(waves * across) > 0), 1.0, random.uniform(0, 0.6)),
        lambda: _field(random, height, width, SIZE // 2) + random.uniform(0, 0.8),
    )
    pattern: Path2D = patterns[random.choice(5, p=(0.3, 0.25, 0.15, 0.1, 0.2))]()
    return pattern.clip(0, 1)


def _field(random: Generator, height: int, width: int, cells: int) -> Path2D:
    """Random heights on a coarse grid, smooth in between; about -1 to 1."""
    grid = Image.fromarray(random.normal(0, 0.5, (cells, cells)).astype(np.float32))
    field: Path2D = np.asarray(grid.resize((width, height), Image.Resampling.BICUBIC), float)
    return field
