import { sum } from './numbers'

const TINY = 1e-12

/** How many times the deviation of points along their main axis is that across it, and by how many degrees this leans to the right of upright; of fewer than two both are 0. */
export function straightness(points: readonly (readonly number[])[]): { readonly times: number; readonly lean: number } {
  if (points.length < 2) return { times: 0, lean: 0 }
  const off = (axis: 0 | 1): number[] => {
    const middle = sum(points.map((point) => point[axis] ?? NaN)) / points.length
    return points.map((point) => (point[axis] ?? NaN) - middle)
  }
  const [xs, ys] = [off(0), off(1)]
  const product = (some: number[], others: number[]): number => sum(some.map((value, i) => value * (others[i] ?? NaN)))
  const [across, down, both] = [product(xs, xs), product(ys, ys), product(xs, ys)]
  const [middle, apart] = [(down + across) / 2, Math.hypot((down - across) / 2, both)]
  const lean = (Math.atan2(-2 * both, down - across) / 2) * (180 / Math.PI)
  return { times: Math.sqrt((middle + apart) / Math.max(middle - apart, TINY * (middle + TINY))), lean }
}
