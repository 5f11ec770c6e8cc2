import { gridOf, type Grid } from './grid'
import { round } from './numbers'
import { canvasOf, fillEllipse, fillLine, type Canvas } from './pencil'
import { withoutRings } from './rings'
import type { Drawing } from './types'
import { withoutLines } from './underline'

/** Pen on paper, exactly 0 = paper … 1 = pen. One number stands for `scale` units of the drawing both ways;
 * the top left corner stands at (`left`, `top`). */
export interface Ink {
  readonly pixels: Grid
  readonly scale: number
  readonly left: number
  readonly top: number
}

/** Height in pixels that a line of writing is drawn at, if all of it has no more pixels than this. */
const HEIGHT = 64
const MOST_PIXELS = 2 ** 20
/** Drawn this many times larger and averaged down, for smooth edges. */
const OVERSAMPLE = 4
/** Pen width as a share of a line's height. */
const PEN = 0.12
/** Writing wider or higher than this many times a line's height is a lying stroke, or dots. */
const WIDE = 32
/** Strokes farther apart than these shares of the writing's height and of the highest stroke's, all along, are of two lines. */
const APART = 0.03
const BETWEEN = 0.1
const TINY = 1e-6

const f32 = Math.fround

/** Draws strokes as ink whose highest line is about HEIGHT pixels high; without any, one blank pixel. Step for step `strokes.render`. */
export function render(drawing: Drawing): Ink {
  const strokes = withoutLines(withoutRings(drawing.filter((stroke) => stroke.length > 0)))
  if (strokes.length === 0) return { pixels: gridOf(1, 1, () => 0), scale: 1, left: 0, top: 0 }
  const [x, y] = [extent(strokes, 0), extent(strokes, 1)]
  const height = Math.max(lineHeight(strokes), Math.max(x.size, y.size) / WIDE, TINY)
  const scale = Math.max(height / HEIGHT, Math.sqrt((x.size * y.size) / MOST_PIXELS))
  const width = (PEN * height) / scale
  const margin = Math.ceil(width / 2) + 1
  const side = (size: number) => Math.trunc(f32(size / f32(scale))) + 1 + 2 * margin
  const canvas = canvasOf(side(y.size) * OVERSAMPLE, side(x.size) * OVERSAMPLE)
  const place = (value: number, low: number) =>
    f32(f32(f32(f32(f32(value) - low) / f32(scale)) + margin) * OVERSAMPLE)
  for (const stroke of strokes)
    drawLine(canvas, stroke.map((point) => [place(point[0] ?? NaN, x.low), place(point[1] ?? NaN, y.low)]), width * OVERSAMPLE)
  const corner = (low: number) => f32(low - f32(margin * scale))
  return { pixels: reduced(canvas), scale, left: corner(x.low), top: corner(y.low) }
}

/** The height of the highest line: of strokes with hardly a gap from side to side between them. */
function lineHeight(strokes: Drawing): number {
  const whole = extent(strokes, 1)
  const spans = strokes.map((stroke) => extent([stroke], 1)).toSorted((one, other) => one.low - other.low)
  const apart = Math.min(APART * (whole.high - whole.low), BETWEEN * Math.max(...spans.map(({ low, high }) => high - low)))
  let [tallest, top, bottom] = [0, 0, -Infinity]
  for (const { low, high } of spans) {
    ;[top, bottom] = low > bottom + apart ? [low, high] : [top, Math.max(bottom, high)]
    tallest = Math.max(tallest, bottom - top)
  }
  return tallest
}

/** The least and the greatest of all points' numbers on one axis, and how far they spread. */
function extent(strokes: Drawing, axis: 0 | 1): { readonly low: number; readonly high: number; readonly size: number } {
  let [low, high] = [Infinity, -Infinity]
  for (const stroke of strokes)
    for (const point of stroke) {
      const value = f32(point[axis] ?? NaN)
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  return { low, high, size: f32(high - low) }
}

/** One stroke: segments, and a disc at every point for round joints and ends. */
function drawLine(canvas: Canvas, path: readonly (readonly [number, number])[], width: number): void {
  const wide = Math.max(1, round(width))
  for (const [i, [x, y]] of path.entries()) {
    const next = path[i + 1]
    if (next) fillLine(canvas, [Math.trunc(x), Math.trunc(y)], [Math.trunc(next[0]), Math.trunc(next[1])], wide)
    const reach = width / 2
    fillEllipse(canvas, ...([x - reach, y - reach, x + reach, y + reach].map(Math.trunc) as [number, number, number, number]))
  }
}

/** The canvas averaged down by OVERSAMPLE, to 255 shades as in Python. */
function reduced({ height, width, marks }: Canvas): Grid {
  const full = OVERSAMPLE ** 2
  return gridOf(height / OVERSAMPLE, width / OVERSAMPLE, (x, y) => {
    let marked = 0
    for (let row = y * OVERSAMPLE; row < (y + 1) * OVERSAMPLE; row++)
      for (let column = x * OVERSAMPLE; column < (x + 1) * OVERSAMPLE; column++) marked += marks[row * width + column] ?? 0
    return Math.floor((marked * 255 + full / 2) / full) / 255
  })
}
