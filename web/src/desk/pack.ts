import { PAPER, type Point, type Stroke } from '../ink/stroke'
import { isRecord } from './kept'

/** A stroke as it is kept: its points one after the other as x, y, pressure. */
export interface Packed {
  readonly width: number
  readonly pressed: boolean
  readonly places: readonly number[]
}

const WIDEST = 100

/** The strokes in little room: places to a tenth of a unit, pressure to a hundredth. */
export function pack(strokes: readonly Stroke[]): Packed[] {
  return strokes.map(({ points, width, pressed }) => ({
    width,
    pressed,
    places: points.flatMap(([x, y, pressure]) => [rounded(x, 10), rounded(y, 10), rounded(pressure, 100)]),
  }))
}

/** The strokes that were packed, or null if that is none of ours. */
export function unpack(value: unknown): readonly Stroke[] | null {
  if (!Array.isArray(value)) return null
  const strokes = value.map(unpackOne)
  return strokes.every((stroke) => stroke !== null) ? strokes : null
}

function unpackOne(value: unknown): Stroke | null {
  if (!isRecord(value)) return null
  const { width, pressed, places } = value
  if (!within(width, WIDEST) || typeof pressed !== 'boolean' || !Array.isArray(places)) return null
  if (places.length === 0 || places.length % 3 !== 0) return null
  const points: Point[] = []
  for (let i = 0; i < places.length; i += 3) {
    const [x, y, pressure] = places.slice(i, i + 3) as readonly unknown[]
    if (!within(x, PAPER) || !within(y, PAPER) || !within(pressure, 1)) return null
    points.push([x, y, pressure])
  }
  return { points, width, pressed }
}

function within(value: unknown, most: number): value is number {
  return typeof value === 'number' && value >= 0 && value <= most
}

function rounded(value: number, steps: number): number {
  return Math.round(value * steps) / steps
}
