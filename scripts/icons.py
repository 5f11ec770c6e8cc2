"""Write web/public/icon-*.png: the 7 of favicon.svg, for devices on which the page is installed as an app."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

PUBLIC = Path(__file__).parents[1] / "web" / "public"
PAPER, PEN = "#fffefa", "#b23a22"
#: Side of the drawing that favicon.svg has, and its pen's width and corners in that unit.
SIDE, WIDTH, CORNER = 32, 3.0, 7
#: The 7 and its bar: where each curve begins, its two handles, and where it ends.
CURVES = (
    ((9.5, 8.5), (14, 8.5), (18, 8.5), (22.5, 8.5)),
    ((22.5, 8.5), (18.5, 13.1), (15.9, 18.1), (15.1, 24)),
    ((12, 16.4), (14.7, 16.4), (17.3, 16.4), (20, 16.4)),
)
#: Drawn so many times larger and averaged down, for smooth edges; a curve is so many lines.
OVERSAMPLE, PIECES = 4, 64

Point = tuple[float, float]


def main() -> None:
    save("icon-192", 192)
    save("icon-512", 512)
    # A device may cut a maskable icon to a circle of 80 % of its side: no corners, and a smaller 7.
    save("icon-maskable", 512, corner=0, shrunk=0.8)


def save(name: str, pixels: int, corner: float = CORNER, shrunk: float = 1.0) -> None:
    side = pixels * OVERSAMPLE
    unit = side / SIDE
    image = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, side - 1, side - 1), corner * unit, PAPER)
    radius = WIDTH / 2 * unit * shrunk
    for curve in CURVES:
        for step in range(PIECES * OVERSAMPLE + 1):
            x, y = (
                side / 2 + (at - SIDE / 2) * unit * shrunk for at in bezier(curve, step / PIECES / OVERSAMPLE)
            )
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), PEN)
    image.resize((pixels, pixels), Image.Resampling.BOX).save(PUBLIC / f"{name}.png", optimize=True)


def bezier(curve: tuple[Point, Point, Point, Point], share: float) -> Point:
    """The point of a cubic curve at a share of its way."""
    weights = ((1 - share) ** 3, 3 * share * (1 - share) ** 2, 3 * share**2 * (1 - share), share**3)
    x, y = (sum(w * point[axis] for w, point in zip(weights, curve, strict=True)) for axis in (0, 1))
    return x, y


if __name__ == "__main__":
    main()
