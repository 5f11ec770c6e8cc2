import type { Grid } from './grid'

/** Connected ink, or several pieces put together: their labels, the sum of their ink, and their box (ends excluded). */
export interface Part {
  readonly labels: readonly number[]
  readonly mass: number
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** The parts of some ink, and for each of its pixels the label of its part, from 1; 0 is paper. */
export interface Labelled {
  readonly width: number
  readonly labels: Int32Array
  readonly parts: readonly Part[]
}

/** The ink as parts in which every pixel touches another by a side or a corner. */
export function connected({ height, width, values }: Grid): Labelled {
  const labels = new Int32Array(values.length)
  const parts: Part[] = []
  for (let start = 0; start < values.length; start++)
    if (isInk(values, start) && labels[start] === 0) parts.push(flood(start, parts.length + 1))
  return { width, labels, parts }

  function flood(start: number, label: number): Part {
    let [mass, left, top, right, bottom] = [0, Infinity, Infinity, 0, 0]
    const reached = [start]
    labels[start] = label
    for (let place = reached.pop(); place !== undefined; place = reached.pop()) {
      const [x, y] = [place % width, Math.floor(place / width)]
      mass += values[place] ?? 0
      left = Math.min(left, x)
      right = Math.max(right, x + 1)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y + 1)
      for (let down = Math.max(y - 1, 0); down <= Math.min(y + 1, height - 1); down++)
        for (let across = Math.max(x - 1, 0); across <= Math.min(x + 1, width - 1); across++) {
          const next = down * width + across
          if (!isInk(values, next) || labels[next] !== 0) continue
          labels[next] = label
          reached.push(next)
        }
    }
    return { labels: [label], mass, left, top, right, bottom }
  }
}

function isInk(values: Float32Array, place: number): boolean {
  return (values[place] ?? 0) > 0
}

export function heightOf(part: Part): number {
  return part.bottom - part.top
}

export function widthOf(part: Part): number {
  return part.right - part.left
}

export function together(one: Part, other: Part): Part {
  return {
    labels: [...one.labels, ...other.labels],
    mass: one.mass + other.mass,
    left: Math.min(one.left, other.left),
    top: Math.min(one.top, other.top),
    right: Math.max(one.right, other.right),
    bottom: Math.max(one.bottom, other.bottom),
  }
}
