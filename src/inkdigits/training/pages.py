"""Papers and what spoils them: what lies under, over and around the writing on a composed page.

Every function takes a random generator and works on a picture `[H, W]`, float32, 0 = black … 1 = white.
"""

from __future__ import annotations

import io

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFilter

from inkdigits.types import FloatArray

Size = tuple[int, int]

#: How far apart the lines of a printed pattern are, in pixels.
PERIODS = (2.5, 18.0)


def paper(size: Size, random: Generator) -> FloatArray:
    """Blank paper `[H, W]`: its tone, uneven light, rules, boxes and printed patterns."""
    page = np.full(size, random.uniform(0.55, 1.0), np.float32)
    if random.random() < 0.4:
        page *= _light(size, random)
    for chance, add in ((0.35, _guilloche), (0.3, _rules), (0.12, _boxes), (0.2, _edge_line)):
        if random.random() < chance:
            page *= 1 - add(size, random)
    return page


def spoil(page: FloatArray, faults: float, random: Generator) -> FloatArray:
    """The page as a camera shows it: blur, noise, compression; `faults` is the chance of fog, bands,
    specks, drops, a line across, or frosted glass."""
    if random.random() < faults:
        page = _over(page, random)
    if random.random() < 0.4:
        page = blur(page, random.uniform(0.3, 1.2))
    if random.random() < 0.5:
        page = page + random.normal(0, random.uniform(0.005, 0.05), page.shape).astype(np.float32)
    if random.random() < 0.25:
        page = 1 - page
    if random.random() < 0.15:
        page = page * random.uniform(0.3, 0.8) + random.uniform(0, 0.3)
    page = np.clip(page, 0, 1)
    return _compressed(page, random) if random.random() < 0.3 else page.astype(np.float32)


def blur(page: FloatArray, sigma: float) -> FloatArray:
    """Gaussian blur of `sigma` pixels."""
    image = Image.fromarray(np.uint8(np.clip(page, 0, 1) * 255)).filter(ImageFilter.GaussianBlur(sigma))
    return np.asarray(image, np.float32) / np.float32(255)


def clouds(size: Size, cells: int, random: Generator) -> FloatArray:
    """Smooth random values 0 to 1, about `cells` humps to the longest side."""
    longest = max(size)
    grid = random.random([max(2, round(cells * side / longest) + 1) for side in size], np.float32)
    field = np.asarray(Image.fromarray(grid).resize(size[::-1], Image.Resampling.BICUBIC))
    low, high = float(field.min()), float(field.max())
    return ((field - low) / max(high - low, 1e-6)).astype(np.float32)


def _grid(size: Size, random: Generator, turn: float) -> tuple[FloatArray, FloatArray]:
    """Coordinates (down, across) in pixels, turned by up to `turn` radians."""
    angle = random.uniform(-turn, turn)
    down, across = np.mgrid[: size[0], : size[1]].astype(np.float32)
    return down * np.cos(angle) + across * np.sin(angle), across * np.cos(angle) - down * np.sin(angle)


def _light(size: Size, random: Generator) -> FloatArray:
    """Uneven light, and at times the hard edge of a shadow."""
    light = 1 - random.uniform(0.1, 0.6) * clouds(size, int(random.integers(1, 4)), random)
    if random.random() < 0.3:
        down, _ = _grid(size, random, np.pi)
        edge = (down - random.choice(down.ravel())) / random.uniform(0.5, 12)
        light *= 1 - random.uniform(0.1, 0.5) / (1 + np.exp(-np.clip(edge, -30, 30)))
    return light.astype(np.float32)


def _guilloche(size: Size, random: Generator) -> FloatArray:
    """Families of fine wavy lines, as printed on cheques: how dark, 0 to 1."""
    dark = np.zeros(size, np.float32)
    for _ in range(random.integers(1, 4)):
        down, across = _grid(size, random, random.choice((0.05, 0.5, np.pi)))
        wave = random.uniform(0, 12) * np.sin(across * random.uniform(0.01, 0.15) + random.uniform(0, 6))
        wave += random.uniform(0, 3) * np.sin(across * random.uniform(0.1, 0.5))
        phase = (down + wave) * (np.pi / np.exp(random.uniform(*np.log(PERIODS))))
        lines = np.abs(np.sin(phase)) ** random.uniform(2, 12)
        if random.random() < 0.2:
            lines *= np.abs(np.sin(across * (np.pi / random.uniform(2, 8)))) ** random.uniform(1, 4)
        if random.random() < 0.3:
            lines *= clouds(size, 4, random) > random.uniform(0.2, 0.7)
        dark = np.maximum(dark, random.uniform(0.05, 0.4) * lines)
    return dark


def _rules(size: Size, random: Generator) -> FloatArray:
    """Ruled or squared paper."""
    down, across = _grid(size, random, 0.08)
    step, width = random.uniform(12, 60), random.uniform(0.7, 2.0)
    near = np.abs((down + random.uniform(0, step)) % step - step / 2)
    if random.random() < 0.4:
        near = np.minimum(near, np.abs((across + random.uniform(0, step)) % step - step / 2))
    strength = random.uniform(0.08, 0.6)
    dark: FloatArray = np.float32(strength) * np.clip(width / 2 + 0.5 - near, 0, 1).astype(np.float32)
    return dark


def _edge_line(size: Size, random: Generator) -> FloatArray:
    """A strong line above or below the writing, or beside it, as of a form's field."""
    upright = random.random() < 0.25
    down, across = _grid(size, random, 0.04)
    along = across if upright else down
    side = size[1] if upright else size[0]
    dark = np.zeros(size, np.float32)
    for _ in range(random.integers(1, 3)):
        place = random.choice((random.uniform(0, 0.2), random.uniform(0.8, 1))) * side
        near = np.abs(along - place)
        strength, width = random.uniform(0.2, 0.9), random.uniform(0.7, 3)
        dark = np.maximum(dark, strength * np.clip(width / 2 + 0.5 - near, 0, 1))
    return dark


def _boxes(size: Size, random: Generator) -> FloatArray:
    """A row of form boxes."""
    image = Image.new("L", size[::-1])
    draw = ImageDraw.Draw(image)
    wide = int(random.integers(24, 70))
    tall = min(size[0] - 2, int(wide * random.uniform(0.9, 1.8)))
    top = int(random.integers(0, max(1, size[0] - tall)))
    gap = int(random.choice((0, 0, 4, 8)))
    for left in range(int(random.integers(-wide, 10)), size[1], int(wide + gap)):
        draw.rectangle((left, top, left + wide, top + tall), outline=255, width=int(random.integers(1, 3)))
    return np.asarray(image, np.float32) * np.float32(random.uniform(0.1, 0.7) / 255)


def _over(page: FloatArray, random: Generator) -> FloatArray:
    """One fault over the page."""
    faults = (_fog, _bands, _specks, _drops, _stroke_across, _smeared, _frosted)
    return faults[random.integers(len(faults))](page, random)


def _fog(page: FloatArray, random: Generator) -> FloatArray:
    cells = int(random.integers(2, 5))
    field = sum(clouds(page.shape, cells * 2**k, random) / 2 ** (k * 0.7) for k in range(4))
    thick = random.uniform(0.3, 1.6)
    return ((page + thick * (field / 2 if random.random() < 0.8 else 1 - field / 2)) / (1 + thick)).astype(
        np.float32
    )


def _bands(page: FloatArray, random: Generator) -> FloatArray:
    """Light and dark exchanged in bands."""
    down, across = _grid(page.shape, random, 0.1)
    along = across if random.random() < 0.7 else down
    period = random.uniform(0.4, 2.2) * min(page.shape)
    inside = (along + random.uniform(0, period)) % period < period * random.uniform(0.15, 0.85)
    return np.where(inside, 1 - page, page)


def _specks(page: FloatArray, random: Generator) -> FloatArray:
    share, dice = random.uniform(0.01, 0.2), random.random(page.shape)
    coarse = random.random() < 0.6
    if coarse:  # a small picture enlarged has large grains
        grain = int(random.integers(1, 3))
        dice = np.repeat(np.repeat(dice, grain, 0), grain, 1)[: page.shape[0], : page.shape[1]]
    return np.where(dice < share / 2, 0.0, np.where(dice > 1 - share / 2, 1.0, page)).astype(np.float32)


def _drops(page: FloatArray, random: Generator) -> FloatArray:
    field = blur(random.random(page.shape, np.float32), random.uniform(1, 3))
    level = np.quantile(field, random.uniform(0.75, 0.97))
    return np.where(field > level, np.float32(random.choice((0.0, 1.0, random.random()))), page)


def _stroke_across(page: FloatArray, random: Generator) -> FloatArray:
    """A straight, wavy, jagged or dotted line from side to side."""
    image = Image.fromarray(page)
    corners = int(random.integers(2, 24))
    across = np.linspace(-2, page.shape[1] + 2, corners)
    start, end = random.uniform(0, page.shape[0], 2)
    down = np.linspace(start, end, corners) + random.uniform(0, 4) * (1 - 2 * (np.arange(corners) % 2))
    draw, tone = ImageDraw.Draw(image), float(page.min() if random.random() < 0.6 else random.random())
    if random.random() < 0.6:
        draw.line(list(zip(across.tolist(), down.tolist(), strict=True)), tone, int(random.integers(1, 4)))
        return np.asarray(image)
    radius = random.uniform(0.4, 1.2)
    for x in np.arange(0, page.shape[1], random.uniform(2.5, 6)).tolist():
        y = float(np.interp(x, across, down))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=tone)
    return np.asarray(image)


def _smeared(page: FloatArray, random: Generator) -> FloatArray:
    """Moved while the picture was taken."""
    angle, length = random.uniform(0, np.pi), random.uniform(2, 8)
    steps = np.linspace(-length / 2, length / 2, 7)
    shifts = [(round(s * np.sin(angle)), round(s * np.cos(angle))) for s in steps]
    moved: FloatArray = np.mean([np.roll(page, shift, (0, 1)) for shift in shifts], 0, dtype=np.float32)
    return moved


def _frosted(page: FloatArray, random: Generator) -> FloatArray:
    """Pixels exchanged with near ones, and blurred."""
    reach = random.uniform(0.7, 2.2)
    down, across = np.mgrid[: page.shape[0], : page.shape[1]]
    jump = np.rint(random.normal(0, reach * 0.7, (2, *page.shape))).astype(int)
    places = zip((down, across), jump, page.shape, strict=True)
    moved: FloatArray = page[tuple(np.clip(at + by, 0, side - 1) for at, by, side in places)]
    return blur(moved, random.uniform(0.4, 1.0))


def _compressed(page: FloatArray, random: Generator) -> FloatArray:
    """Saved as JPEG."""
    file = io.BytesIO()
    Image.fromarray(np.uint8(page * 255)).save(file, "JPEG", quality=int(random.integers(15, 90)))
    return np.asarray(Image.open(file), np.float32) / np.float32(255)
