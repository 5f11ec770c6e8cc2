/** Side of the square paper. Ink is kept in these units, whatever the size of the canvas on screen. */
export const PAPER = 480

/** `[x, y, pressure]`: x right and y down in paper units, pressure 0 to 1. */
export type Point = readonly [x: number, y: number, pressure: number]

/** One touch of the pen. `width` only shapes how it looks; `pressed` says that its pressure was measured. */
export interface Stroke {
  readonly points: readonly Point[]
  readonly width: number
  readonly pressed: boolean
}

/** What a pointer event and the canvas on screen say about a place. */
export interface Touch {
  readonly clientX: number
  readonly clientY: number
  readonly pressure: number
}

export interface Frame {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Where on the paper a touch is; a pen that leaves the canvas draws along its edge. */
export function toPoint(touch: Touch, frame: Frame): Point {
  return [
    onPaper(((touch.clientX - frame.left) / frame.width) * PAPER),
    onPaper(((touch.clientY - frame.top) / frame.height) * PAPER),
    touch.pressure,
  ]
}

/** The stroke with more points; a pen that rests adds none. */
export function extend(stroke: Stroke, more: readonly Point[]): Stroke {
  const points = [...stroke.points]
  for (const point of more) {
    const last = points.at(-1)
    if (last?.[0] !== point[0] || last[1] !== point[1]) points.push(point)
  }
  return { ...stroke, points }
}

/** The ink as the API takes it: a list of strokes, each a list of `[x, y]`, to a tenth of a unit. */
export function toWire(strokes: readonly Stroke[]): number[][][] {
  return strokes.map(({ points }) => points.map(([x, y]) => [tenth(x), tenth(y)]))
}

function onPaper(value: number): number {
  return Math.min(Math.max(value, 0), PAPER)
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10
}
