import type { Box } from '../api/types'
import { median, sum } from './numbers'

/** A box goes on with a line if its middle is no farther off the last one's than this share of the higher of the two. */
const LEVEL = 0.55
/** A gap is wide if it is larger than so many usual heights and so many of the line's usual gaps. */
const WIDE_HEIGHTS = 1.0
const WIDE_GAPS = 2.5

/**
 * The places of the boxes in reading order: lines from the top, each from left to right.
 *
 * `turned` is by how many degrees clockwise (0, 90, 180, 270) the page was turned.
 */
export function inLines(given: readonly Box[], turned = 0): number[][] {
  const boxes = given.map((box, place) => ({ ...upright(box, turned), place }))
  const lines: (typeof boxes)[] = []
  for (const box of boxes.toSorted((one, other) => one.x + one.width / 2 - (other.x + other.width / 2))) {
    const nearest = least(lines, (line) => off(line.at(-1), box))
    if (nearest && off(nearest.at(-1), box) <= LEVEL) nearest.push(box)
    else lines.push([box])
  }
  const height = (line: typeof boxes) => sum(line.map(middle)) / line.length
  return lines.toSorted((one, other) => height(one) - height(other)).map((line) => line.map(({ place }) => place))
}

/** Whether a wide gap stands before each box of one line, given in reading order. */
export function wideGaps(given: readonly Box[], turned = 0): boolean[] {
  const boxes = given.map((box) => upright(box, turned))
  const gaps = boxes.map((box, i) => Math.max(0, box.x - rightOf(boxes[i - 1]))).slice(1)
  if (gaps.length === 0) return boxes.map(() => false)
  const limit = Math.max(WIDE_HEIGHTS * median(boxes.map(({ height }) => height)), WIDE_GAPS * median(gaps))
  return [false, ...gaps.map((gap) => gap > limit)]
}

/** The box once the page is turned back, about its top left corner. */
function upright(box: Box, turned: number): Box {
  if (turned < 90) return box
  return upright({ x: box.y, y: -(box.x + box.width), width: box.height, height: box.width }, turned - 90)
}

function rightOf(box: Box | undefined): number {
  return box ? box.x + box.width : 0
}

function middle(box: Box): number {
  return box.y + box.height / 2
}

/** How far apart the middles' heights are, in heights. */
function off(one: Box | undefined, other: Box): number {
  if (!one) return Infinity
  return Math.abs(middle(one) - middle(other)) / Math.max(one.height, other.height, 1)
}

/** The first of those whose value is least. */
function least<T>(all: readonly T[], value: (one: T) => number): T | undefined {
  return all.toSorted((one, other) => value(one) - value(other))[0]
}
