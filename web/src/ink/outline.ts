import { getStroke } from 'perfect-freehand'
import type { Stroke } from './stroke'

type Corner = readonly [x: number, y: number]

/** The edge of a stroke's ink, as an SVG path. `done` rounds off the end of a finished stroke. */
export function outline(stroke: Stroke, done: boolean): string {
  const corners = getStroke(
    stroke.points.map(([x, y, pressure]) => [x, y, pressure]),
    {
      size: stroke.width,
      thinning: stroke.pressed ? 0.6 : 0.25,
      smoothing: 0.6,
      streamline: 0.3,
      simulatePressure: !stroke.pressed,
      last: done,
    },
  )
  return closedCurve(corners)
}

/** A closed curve that bends at each corner and passes halfway between neighbours. */
export function closedCurve(corners: readonly Corner[]): string {
  if (corners.length < 3) return ''
  const bends = corners.map((corner, i) => {
    const next = corners[(i + 1) % corners.length] ?? corner
    return `Q${round(corner[0])} ${round(corner[1])} ${halfway(corner[0], next[0])} ${halfway(corner[1], next[1])}`
  })
  const last = corners.at(-1) ?? [0, 0]
  const first = corners[0] ?? [0, 0]
  return `M${halfway(last[0], first[0])} ${halfway(last[1], first[1])}${bends.join('')}Z`
}

function halfway(a: number, b: number): number {
  return round((a + b) / 2)
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
