/** To the nearest whole number, halves to the even one, as Python rounds. */
export function round(value: number): number {
  const nearest = Math.round(value)
  return nearest - value === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest
}

/** The middle of some numbers, or the mean of the middle two. Of none there is none: NaN. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const high = sorted[Math.floor(sorted.length / 2)] ?? NaN
  return sorted.length % 2 ? high : (high + (sorted[sorted.length / 2 - 1] ?? NaN)) / 2
}

export function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}

/** The greatest of some numbers; 0 of none. */
export function greatest(values: Iterable<number>): number {
  let most = -Infinity
  for (const value of values) most = Math.max(most, value)
  return most === -Infinity ? 0 : most
}
