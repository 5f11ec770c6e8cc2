import { sum } from './numbers'
import { straightness } from './straight'
import type { Drawing } from './types'

// The constants of `rings.py`, where they are explained.
const [WITHIN, AWAY] = [0.2, 0.13]
const [LEANING, STRAIGHT] = [20, 5]
const AROUND = 5 / 6
const MOST = 16

type Stroke = Drawing[number]

export interface Bounds {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

/** The strokes, none of them empty, but for those that go around others: circles and boxes around digits. */
export function withoutRings(drawing: Drawing): Drawing {
  const parts = drawing.map((stroke) => ({ stroke, bounds: boundsOf(stroke) }))
  const largest = parts.toSorted((one, other) => areaOf(other.bounds) - areaOf(one.bounds)).slice(0, MOST)
  const rings = largest.filter(({ stroke, bounds }) => {
    const inner = parts.filter((other) => isWithin(other.bounds, bounds))
      .toSorted((one, other) => heightOf(other.bounds) - heightOf(one.bounds))
    const [highest] = inner
    if (!highest || (inner.length === 1 && isSlash(highest.stroke))) return false
    const { top, bottom, left, right } = highest.bounds
    return turns(stroke, [(left + right) / 2, (top + bottom) / 2]) >= AROUND
  }).map(({ stroke }) => stroke)
  return drawing.filter((stroke) => !rings.includes(stroke))
}

export function boundsOf(stroke: Stroke): Bounds {
  return stroke.reduce<Bounds>(({ top, bottom, left, right }, [x = NaN, y = NaN]) => ({
    top: Math.min(top, y), bottom: Math.max(bottom, y), left: Math.min(left, x), right: Math.max(right, x),
  }), { top: Infinity, bottom: -Infinity, left: Infinity, right: -Infinity })
}

function heightOf({ top, bottom }: Bounds): number {
  return bottom - top
}

function areaOf(bounds: Bounds): number {
  return heightOf(bounds) * (bounds.right - bounds.left)
}

/** Whether something of some height lies within other bounds, away from their sides. */
function isWithin(inner: Bounds, outer: Bounds): boolean {
  const away = AWAY * heightOf(outer)
  return inner.top > outer.top + away && inner.bottom < outer.bottom - away
    && inner.left > outer.left + away && inner.right < outer.right - away
    && heightOf(inner) >= WITHIN * heightOf(outer)
}

/** Whether a stroke is straight and leans far. */
function isSlash(stroke: Stroke): boolean {
  const { times, lean } = straightness(stroke)
  return times >= STRAIGHT && Math.abs(lean) >= LEANING
}

/** How often a stroke goes around a point. */
function turns(stroke: Stroke, [middleX, middleY]: readonly [number, number]): number {
  const angles = stroke.map(([x = NaN, y = NaN]) => Math.atan2(y - middleY, x - middleX))
  const steps = angles.slice(1).map((angle, i) => {
    const step = angle - (angles[i] ?? NaN)
    return step - 2 * Math.PI * Math.round(step / (2 * Math.PI))
  })
  return Math.abs(sum(steps)) / (2 * Math.PI)
}
