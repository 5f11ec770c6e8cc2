import type { Point, Stroke } from '../ink/stroke'

/** Where the eraser stands, and how far it reaches, in paper units. */
export interface Eraser {
  readonly x: number
  readonly y: number
  readonly radius: number
}

/** The strokes without what lies under the eraser; those that it does not touch stay the same objects. */
export function erase(strokes: readonly Stroke[], eraser: Eraser): readonly Stroke[] {
  const left = strokes.flatMap((stroke) => cut(stroke, eraser))
  return left.length === strokes.length && left.every((stroke, i) => stroke === strokes[i]) ? strokes : left
}

/** Moves the eraser from one place to another without leaving a gap. */
export function eraseAlong(strokes: readonly Stroke[], from: Point, to: Point, radius: number): readonly Stroke[] {
  const steps = Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / (radius / 2))
  let left = strokes
  for (let i = 1; i <= steps; i++) {
    const [x, y] = between(from, to, i / steps)
    left = erase(left, { x, y, radius })
  }
  return left
}

function cut(stroke: Stroke, eraser: Eraser): readonly Stroke[] {
  // The ink reaches about half its width beyond its points, and as far beyond where it is cut.
  const reach = eraser.radius + stroke.width / 2
  const runs: Point[][] = []
  let run: Point[] = []
  let touched = false
  const end = () => {
    if (run.length > 0) runs.push(run)
    run = []
  }
  for (const [i, point] of stroke.points.entries()) {
    const before = stroke.points[i - 1]
    const [enter, leave] = before ? crossing(before, point, eraser, reach) : NONE
    if (before && enter < leave) {
      touched = true
      if (enter > 0) run.push(between(before, point, enter))
      end()
      if (leave < 1) run.push(between(before, point, leave))
    }
    if (Math.hypot(point[0] - eraser.x, point[1] - eraser.y) < reach) {
      touched = true
      end()
    } else run.push(point)
  }
  end()
  return touched ? runs.map((points) => ({ ...stroke, points })) : [stroke]
}

const NONE = [1, 0] as const

/** The share of the way between two points at which it enters the circle, and at which it leaves it. */
function crossing(from: Point, to: Point, { x, y }: Eraser, reach: number): readonly [enter: number, leave: number] {
  const [right, down] = [to[0] - from[0], to[1] - from[1]]
  const [aside, above] = [from[0] - x, from[1] - y]
  const length = right * right + down * down
  const along = right * aside + down * above
  const inside = along * along - length * (aside * aside + above * above - reach * reach)
  if (length === 0 || inside <= 0) return NONE
  const enter = Math.max((-along - Math.sqrt(inside)) / length, 0)
  const leave = Math.min((-along + Math.sqrt(inside)) / length, 1)
  return [enter, leave]
}

function between(from: Point, to: Point, share: number): Point {
  const at = (i: 0 | 1 | 2) => from[i] + (to[i] - from[i]) * share
  return [at(0), at(1), at(2)]
}
