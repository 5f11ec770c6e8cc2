"""Composed pages: the same from the same seed, and every digit where its box says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inkdigits.training import compose as composing
from inkdigits.training.compose import compose
from inkdigits.training.datasets import Pictures, Trajectories
from inkdigits.training.manner import WILD
from inkdigits.training.page import UNSURE, Page
from inkdigits.training.pages import paper, spoil
from inkdigits.training.pool import Pool, Style, _pen, pool_of
from inkdigits.training.run import Data
from inkdigits.training.writing import bare_one, drawn, lengthened

SIZES = [(64, 256), (96, 192), (48, 48)]


@pytest.fixture(scope="module")
def pool(mnist: Pictures) -> Pool:
    one = (np.array([[5, 0], [5, 40]], np.float32),)
    ones = Trajectories((one,) * 3, np.array([1] * 3), np.array([1] * 3))
    return pool_of(mnist, ones, Data(), np.random.default_rng(1))


def pages(pool: Pool, size: tuple[int, int], count: int = 40) -> list[Page]:
    random = np.random.default_rng(7)
    return [compose(pool, size, random) for _ in range(count)]


def test_each_dataset_is_drawn_from_as_often(pool: Pool) -> None:
    random = np.random.default_rng(1)
    share = np.mean([pool.draw(random)[1] == 1 for _ in range(400)])
    assert share > 0.45  # half are the ones of three trajectories
    assert all(glyph.max(1).all() and glyph.max(0).all() for glyph in pool.glyphs)


def test_a_hand_keeps_to_one_pen_and_mostly_to_one_source(pool: Pool) -> None:
    random = np.random.default_rng(4)

    def spread(source: Pool | Style) -> float:
        return float(np.std([_pen(source.draw(random)[0]) for _ in range(20)]))

    assert np.mean([spread(Style(pool, random)) for _ in range(40)]) < 0.7 * np.mean(
        [spread(pool) for _ in range(40)]
    )
    hands = [Style(pool, random) for _ in range(80)]
    ones = [np.mean([hand.draw(random)[1] == 1 for _ in range(20)]) for hand in hands]
    assert np.std(ones) > 0.2  # of twenty from the pool itself 0.11


def test_pens_are_measured(pool: Pool) -> None:
    bar = _pen(np.full((40, 4), 255, np.uint8))
    assert bar == pytest.approx(0.1, rel=0.2)
    assert bar < _pen(np.full((40, 8), 255, np.uint8))
    assert len(pool.pens) == len(pool.glyphs)
    assert ((pool.pens > 0) & (pool.pens < 0.6)).all()


@pytest.mark.parametrize("size", SIZES)
def test_the_same_seed_gives_the_same_pages(pool: Pool, size: tuple[int, int]) -> None:
    for one, other in zip(pages(pool, size, 5), pages(pool, size, 5), strict=True):
        assert (one.pixels == other.pixels).all()
        assert one.boxes == other.boxes


@pytest.mark.parametrize("size", SIZES)
def test_pages_are_pictures_with_boxes_inside(pool: Pool, size: tuple[int, int]) -> None:
    made = pages(pool, size)
    for page in made:
        assert page.pixels.shape == size
        assert page.pixels.dtype == np.float32
        assert page.pixels.min() >= 0
        assert page.pixels.max() <= 1
        for (left, top, right, bottom), label in zip(page.boxes, page.labels, strict=True):
            assert 0 <= left < right <= size[1] + 1e-3
            assert 0 <= top < bottom <= size[0] + 1e-3
            assert UNSURE <= label <= 9
    assert sum(label >= 0 for page in made for label in page.labels) >= len(made) / 2


def test_boxes_hold_the_ink(pool: Pool) -> None:
    """Inside the boxes the page differs more from its usual tone than outside."""
    random = np.random.default_rng(3)
    inside, outside = [], []
    for _ in range(60):
        page = compose(pool, (64, 256), random)
        off = np.abs(page.pixels - np.median(page.pixels))
        within = np.zeros(page.pixels.shape, bool)
        for left, top, right, bottom in page.boxes:
            within[round(top) : round(bottom), round(left) : round(right)] = True
        if within.any() and not within.all():
            inside.append(off[within].mean())
            outside.append(off[~within].mean())
    assert np.mean(np.array(inside) > np.array(outside)) > 0.75


def test_calm_pages_hold_fewer_small_digits(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    small = {}
    for calmly in (0.0, 1.0):
        monkeypatch.setattr(composing, "CALMLY", calmly)
        made = pages(pool, (64, 256), 150)
        heights = [bottom - top for page in made for _, top, _, bottom in page.boxes]
        small[calmly] = np.mean(np.array(heights) < 14)
    assert small[1.0] < 0.7 * small[0.0]


def test_paper_and_faults_stay_in_range() -> None:
    random = np.random.default_rng(5)
    for _ in range(60):
        page = spoil(paper((40, 70), random), 1.0, random)
        assert page.shape == (40, 70)
        assert page.dtype == np.float32
        assert page.min() >= 0
        assert page.max() <= 1


@pytest.mark.parametrize(("label", "hangs"), [(7, True), (9, True), (6, False)])
def test_some_hands_write_long_tails(label: int, hangs: bool) -> None:
    random = np.random.default_rng(5)
    hand = replace(WILD.hand(20, 40, random), tail=0.6, bare=False)
    glyph = random.integers(0, 256, (60, 30), np.uint8)
    longer, times, lower = lengthened(glyph, label, hand, random)
    assert 1.1 < times <= 1.6
    assert len(longer) == round(60 * times)
    assert lower == pytest.approx((times - 1) / 2 if hangs else (1 - times) / 2)
    body = np.s_[:30] if hangs else np.s_[-30:]
    assert (longer[body] == glyph[body]).all()


def test_what_has_no_tail_stays_as_it_is() -> None:
    random = np.random.default_rng(6)
    hand = replace(WILD.hand(20, 40, random), tail=0.6, bare=False)
    glyph = random.integers(0, 256, (60, 30), np.uint8)
    for label, some in ((8, hand), (9, replace(hand, tail=0.0))):
        same, times, lower = lengthened(glyph, label, some, random)
        assert same is glyph
        assert (times, lower) == (1, 0)


def test_ones_of_some_hands_are_high_bare_strokes() -> None:
    random = np.random.default_rng(8)
    hand = replace(WILD.hand(20, 40, random), bare=True)
    strokes = [bare_one(random) for _ in range(60)]
    heights = [lengthened(stroke, 1, hand, random)[1] for stroke in strokes]
    assert min(heights) < 1 < 1.6 < max(heights)
    assert lengthened(strokes[0], 4, replace(hand, tail=0.0), random)[1] == 1
    for stroke in strokes:
        rows = [np.flatnonzero(row > 127) for row in stroke]
        assert all(len(row) and np.ptp(row) == len(row) - 1 for row in rows[1:-1])  # one stroke, no gap
        assert np.median([len(row) for row in rows]) < 0.35 * len(stroke)
    leans = [(row_of(stroke, 0) - row_of(stroke, -1)) / len(stroke) for stroke in strokes]
    assert min(leans) < 0.1 < 0.4 < max(leans)


def row_of(stroke: np.ndarray, place: int) -> float:
    return float(np.flatnonzero(stroke[place] > 64).mean())


def test_a_hand_writes_at_its_height(pool: Pool) -> None:
    random = np.random.default_rng(2)
    eights = [glyph for glyph, label in zip(pool.glyphs, pool.labels, strict=True) if label == 8][:20]
    heights = [len(drawn(glyph, 30, WILD.hand(20, 40, random), random)) for glyph in eights]
    assert 24 <= np.median(heights) <= 32
