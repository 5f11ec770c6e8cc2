/** A box by its middle. */
export interface Placed {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** What share of the smaller one two boxes have in common. */
export function shared(one: Placed, other: Placed): number {
  const across = common(one.x, one.width, other.x, other.width)
  return (across * common(one.y, one.height, other.y, other.height)) /
    Math.min(one.width * one.height, other.width * other.height)
}

function common(one: number, oneSide: number, other: number, otherSide: number): number {
  const both = (oneSide + otherSide) / 2 - Math.abs(one - other)
  return Math.max(0, Math.min(both, oneSide, otherSide))
}
