import { gridOf, type Grid } from './grid'

/** Weight of a place at a distance from the middle, in pixels of the smaller of the two pictures. */
export interface Kernel {
  readonly reach: number
  readonly weight: (distance: number) => number
}

export const BILINEAR: Kernel = { reach: 1, weight: (distance) => Math.max(1 - Math.abs(distance), 0) }

/** Cubic convolution with a = -0.5 (Keys 1981, https://doi.org/10.1109/TASSP.1981.1163711). */
export const BICUBIC: Kernel = {
  reach: 2,
  weight: (distance) => {
    const x = Math.abs(distance)
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
  },
}

/** What part of a picture is taken along one axis, between pixels' edges. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** A picture, or the part of it within the spans, at another size: first across, then down, as Pillow does it. */
export function resized(
  grid: Grid,
  height: number,
  width: number,
  kernel: Kernel,
  across: Span = { from: 0, to: grid.width },
  down: Span = { from: 0, to: grid.height },
): Grid {
  const columns = taps(grid.width, across, width, kernel)
  const wide = gridOf(grid.height, width, (x, y) => weighted(grid.values, columns[x], y * grid.width, 1))
  const rows = taps(grid.height, down, height, kernel)
  return gridOf(height, width, (x, y) => weighted(wide.values, rows[y], x, width))
}

/** The places that one pixel is made of, from `first` on, and their weights (sum 1). */
interface Tap {
  readonly first: number
  readonly weights: readonly number[]
}

/** How each of `count` new pixels is made of the `size` that there are. */
function taps(size: number, span: Span, count: number, kernel: Kernel): Tap[] {
  const from = Math.fround(span.from)
  const step = Math.fround(Math.fround(span.to) - from) / count
  const zoom = Math.max(step, 1)
  return Array.from({ length: count }, (_, i) => {
    const middle = from + (i + 0.5) * step
    const first = Math.max(Math.trunc(middle - kernel.reach * zoom + 0.5), 0)
    const end = Math.min(Math.trunc(middle + kernel.reach * zoom + 0.5), size)
    const weights = Array.from({ length: end - first }, (_, k) => kernel.weight((first + k - middle + 0.5) / zoom))
    const whole = weights.reduce((total, weight) => total + weight, 0)
    return { first, weights: weights.map((weight) => weight / whole) }
  })
}

function weighted(values: Float32Array, tap: Tap | undefined, start: number, stride: number): number {
  let total = 0
  if (tap) for (const [k, weight] of tap.weights.entries()) total += (values[start + (tap.first + k) * stride] ?? 0) * weight
  return total
}
