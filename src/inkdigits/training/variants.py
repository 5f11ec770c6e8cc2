"""Forms of digits that MNIST and pendigits hardly have, drawn: as schools of other countries teach them
and as quick hands shorten them."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from inkdigits.types import Stroke

#: How many of each form are drawn.
EACH = 500
#: Points are moved by so much at random, in hundredths of the height.
SHAKEN = 4.5
#: Times the corners of a path are cut, at a quarter and three quarters of its sides (Chaikin 1974).
CUTS = 3

#: Label and strokes through which the pen goes: x to the right and y down, in hundredths of the height.
FORMS = (
    # Flat, and closed with a tail.
    (0, "50,10 10,5 0,50 20,100 100,100 130,50 100,0 40,10"),
    (0, "40,0 0,20 0,80 40,100 80,70 70,10 30,0 90,10"),
    # Closed with a loop inside, and with a hook.
    (0, "60,20 30,0 0,45 20,95 65,95 85,45 60,0 25,10 35,28 60,15"),
    (0, "20,25 50,0 80,40 60,95 20,95 0,50 20,10 55,5 70,25"),
    # Like an e.
    (0, "15,50 55,40 75,15 45,0 10,25 5,70 40,100 80,80 85,40 60,8"),
    # Struck through, from edge to edge and beyond.
    (0, "50,0 15,12 0,50 15,88 50,100 85,88 95,50 85,12 45,0; 80,12 20,88"),
    (0, "55,2 15,15 0,50 15,90 50,100 80,85 88,50 80,12 50,0; 102,-8 -8,108"),
    # With a long upstroke, bare and leaning, and with a loop.
    (1, "0,65 35,10 40,0 40,10 38,100"),
    (1, "0,90 40,40 60,0 55,10 40,100"),
    (1, "35,0 20,50 0,100"),
    (1, "0,0 0,50 0,100"),
    (1, "12,0 5,50 0,100"),
    (1, "0,80 30,50 50,10 40,0 30,10 25,60 25,100"),
    (1, "20,60 45,15 40,0 28,20 15,70 15,100 40,90"),
    # With a foot, and as two slopes of a roof.
    (1, "0,40 30,0 30,2 30,100; 5,100 60,98"),
    (1, "0,55 20,15 35,0 50,15 55,60 55,100"),
    # Between two bars, as in Roman letters.
    (1, "0,2 50,0; 26,0 24,100; 0,100 50,98"),
    # With a large loop above, and another one at the foot.
    (2, "50,55 -10,60 -5,-10 80,-15 85,50 30,85 0,100 30,85 90,105"),
    (2, "10,40 0,0 70,-10 70,40 20,90 0,100 0,80 40,90 80,100"),
    # Like a Z, and like a swan with no foot.
    (2, "0,10 20,0 55,5 50,30 0,98 2,100 60,98"),
    (2, "0,30 10,0 50,0 55,30 30,70 0,95 20,92 60,100"),
    # With sharp corners.
    (2, "0,22 28,0 58,20 2,98 4,100 62,100"),
    # With a flat roof, and with a loop in the middle.
    (3, "0,0 60,0 60,2 25,38 60,50 60,95 20,105 0,90"),
    (3, "10,10 50,-5 60,30 20,50 20,40 60,50 60,100 0,100"),
    # Open, and in one stroke.
    (4, "10,0 0,60 2,62 70,52; 55,20 50,100"),
    (4, "0,0 15,60 25,60 60,0 58,10 50,100"),
    # Like an N with a hooked foot, and leaning with a low bar.
    (4, "0,5 30,40 58,72; 62,0 60,50 60,100"),
    (4, "45,0 20,40 0,72 2,74 65,66; 62,30 50,60 42,100"),
    # Like an A, and like a u with a long leg.
    (4, "0,68 25,20 45,0 60,25 62,100; 0,68 85,60"),
    (4, "0,5 0,50 20,65 45,45; 58,0 50,50 42,110"),
    # With its roof apart, and like a root sign.
    (5, "15,10 10,45 40,45 50,90 20,105 0,90; 20,5 90,0"),
    (5, "0,35 10,50 20,100 25,95 30,50 35,5 40,2 100,0"),
    (5, "0,30 5,55 25,60 25,95 5,100; 25,10 80,0"),
    # In one stroke, like an S, and with a roof that rises.
    (5, "85,5 40,0 15,10 15,45 55,55 60,85 30,102 0,92"),
    (5, "20,25 10,50 35,50 45,80 20,102 0,92; 20,22 90,-10"),
    # With a short stem.
    (6, "40,0 10,30 0,80 30,110 70,80 50,40 10,50"),
    # With a wide and nearly round belly.
    (6, "60,-5 20,15 0,60 25,100 75,95 85,60 50,40 10,60"),
    # With a bar, straight or in one wave.
    (7, "0,5 60,0 60,2 40,50 25,100; 5,52 75,48"),
    (7, "0,20 10,0 40,10 60,0 40,50 30,100; 0,50 70,45"),
    (7, "0,15 10,0 60,5 65,0 40,40 20,100"),
    # Like a t, and like a lambda with a bar.
    (7, "0,22 15,8 40,0 42,2 36,50 30,100; 5,55 35,48 75,42"),
    (7, "5,12 20,15 50,0 40,50 20,100; 0,62 65,45"),
    # Like a Y with a low bar: its roof is a bowl or a loop.
    (7, "0,12 20,28 50,20 70,0 68,2 45,50 28,100; 5,74 65,64"),
    (7, "10,0 10,20 30,28 55,10 40,0 30,20 32,60 25,100; 8,72 55,66"),
    # With a wave above and another across, and with its stem curled.
    (7, "0,12 20,-5 50,10 80,0 50,50 40,100; 5,58 30,45 50,58 80,45"),
    (7, "0,20 5,0 65,5 45,45 35,90 45,100 60,92; 10,50 75,48"),
    # Open above.
    (8, "50,0 10,10 10,40 60,60 50,100 0,100 10,60 60,10"),
    # From an S upwards, and with crossing ends above.
    (8, "75,12 40,-5 12,20 65,65 50,100 10,92 15,65 80,8"),
    (8, "0,0 45,55 40,95 10,95 10,60 60,-5"),
    # Its stem on the left, like a P, and with a round tail.
    (9, "10,100 10,50 10,0 40,-10 75,10 60,50 10,50"),
    (9, "30,45 0,40 0,-5 60,-10 75,35 40,50 30,45 25,100"),
    (9, "60,10 20,-10 0,30 30,50 60,10 60,50 50,100 0,95"),
    # Like a balloon on a string, straight or in a wave.
    (9, "50,2 20,0 0,25 20,50 55,48 70,22 50,2; 38,50 40,75 34,100"),
    (9, "55,0 25,2 0,30 25,50 60,10 55,0 35,50 50,68 30,100"),
    # With a small head on a long leaning tail, open, and like a g.
    (9, "48,15 25,0 5,18 22,36 48,15 30,65 0,105"),
    (9, "62,5 25,0 5,25 25,42 60,20; 64,0 55,55 48,105"),
    (9, "60,15 25,0 0,25 25,48 60,20 60,70 40,110 0,100 20,85"),
)


def variants(random: Generator, each: int = EACH) -> tuple[list[tuple[Stroke, ...]], list[int]]:
    """Trajectories, y down, 100 units high, with their labels: `each` of FORMS, by a hand of its own."""
    drawn = [_drawn(form, random) for _, form in FORMS for _ in range(each)]
    return drawn, [label for label, _ in FORMS for _ in range(each)]


def _drawn(form: str, random: Generator) -> tuple[Stroke, ...]:
    wide = random.uniform(0.6, 1.4)
    strokes = [[point.split(",") for point in stroke.split()] for stroke in form.split(";")]
    return tuple(_path(np.array(stroke, np.float64) * (wide, 1), random) for stroke in strokes)


def _path(points: NDArray[np.float64], random: Generator) -> Stroke:
    """The points shaken, and their corners rounded."""
    path = points + random.normal(0, SHAKEN, points.shape)
    for _ in range(CUTS):
        path = _cut(path)
    whole: Stroke = path.astype(np.float32)
    return whole


def _cut(path: NDArray[np.float64]) -> NDArray[np.float64]:
    first, last = path[:-1], path[1:]
    inner = np.stack((0.75 * first + 0.25 * last, 0.25 * first + 0.75 * last), 1).reshape(-1, 2)
    return np.concatenate((path[:1], inner, path[-1:]))
