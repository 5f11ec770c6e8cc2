import type { Box } from '../api/types'
import { at, gridOf, type Grid } from './grid'
import { round } from './numbers'
import { connected, heightOf, together, widthOf, type Labelled, type Part } from './parts'
import type { Ink } from './strokes'

/** One symbol's ink, cut to its box in the drawing's unit, with its neighbours' ink taken out. */
export interface Glyph {
  readonly ink: Grid
  readonly box: Box
}

// The rules and constants of `segment.py`, where they are explained; lengths are shares of the tallest part's height.
const WHOLE = 0.5
const SLIGHT = 0.12
const NEAR = 0.25
const STACKED = 0.3
const HIGH = 2.5
const ABREAST = 0.5
const APART = 0.15
const BROKEN = 0.04
const NARROW = 0.9
const MOST_PARTS = 256

/** The digits of one line, from left to right; none for blank ink. */
export function segment(ink: Ink): Glyph[] {
  const labelled = connected(ink.pixels)
  const parts = labelled.parts.toSorted((one, other) => other.mass - one.mass).slice(0, MOST_PARTS)
  const tall = Math.max(...parts.map(heightOf))
  const heavy = Math.max(...parts.map(({ mass }) => mass))
  const high = (part: Part) => heightOf(part) >= WHOLE * tall
  const full = (part: Part) => high(part) && part.mass >= SLIGHT * heavy
  const able = parts.some(full) ? full : high
  const wholes = joined(parts.filter(able), labelled, tall)
  const digits = withPieces(wholes, parts.filter((part) => !able(part)), tall)
  return digits.toSorted(byLeft).map((digit) => glyph(ink, labelled, digit))
}

/** Heights of all connected ink that is at least so high, in ink pixels. */
export function partHeights(ink: Ink, least: number): number[] {
  return connected(ink.pixels).parts.map(heightOf).filter((height) => height >= least)
}

function byLeft(one: Part, other: Part): number {
  return one.left - other.left
}

/** Parts that can stand alone, those of one broken digit put together. */
function joined(parts: readonly Part[], labelled: Labelled, tall: number): Part[] {
  const wholes: Part[] = []
  for (const part of parts.toSorted(byLeft)) {
    const pieces = wholes.filter((other) => broken(part, other, labelled, tall))
    for (const piece of pieces) wholes.splice(wholes.indexOf(piece), 1)
    wholes.push(pieces.reduce(together, part))
  }
  return wholes
}

/** Whether two parts are more likely one broken digit than two digits. */
function broken(one: Part, other: Part, labelled: Labelled, tall: number): boolean {
  const [[across, down], both] = [gaps(one, other), together(one, other)]
  const abreast = -across >= ABREAST * Math.min(widthOf(one), widthOf(other))
  if (abreast || (down >= -APART * tall && across <= APART * tall)) return down <= STACKED * tall && heightOf(both) <= HIGH * tall
  if (across > BROKEN * tall || widthOf(both) > NARROW * heightOf(both)) return false
  return distance(one, other, labelled) <= BROKEN * tall
}

/** Empty columns between the ink of two parts side by side, in the row where they are closest. */
function distance(one: Part, other: Part, { width, labels }: Labelled): number {
  const [left, right] = one.left <= other.left ? [one, other] : [other, one]
  let closest = right.right - left.left
  for (let y = Math.max(left.top, right.top); y < Math.min(left.bottom, right.bottom); y++) {
    const row = Array.from(labels.subarray(y * width + left.left, y * width + right.right))
    const end = row.findLastIndex((label) => left.labels.includes(label))
    const start = row.findIndex((label) => right.labels.includes(label))
    if (end >= 0 && start >= 0) closest = Math.min(closest, start - end - 1)
  }
  return closest
}

/** Empty columns and rows between two boxes; below zero where they overlap. */
function gaps(one: Part, other: Part): readonly [across: number, down: number] {
  return [
    Math.max(one.left, other.left) - Math.min(one.right, other.right),
    Math.max(one.top, other.top) - Math.min(one.bottom, other.bottom),
  ]
}

/** Each piece put to the nearest digit, or left out if none is near. */
function withPieces(wholes: readonly Part[], pieces: readonly Part[], tall: number): Part[] {
  const grown = [...wholes]
  for (const piece of pieces) {
    const distances = wholes.map((whole) => Math.hypot(...gaps(piece, whole).map((gap) => Math.max(gap, 0))))
    const nearest = distances.indexOf(Math.min(...distances))
    const whole = grown[nearest]
    if (whole && (distances[nearest] ?? Infinity) <= NEAR * tall) grown[nearest] = together(whole, piece)
  }
  return grown
}

/** The part's own ink, and its place in the drawing. */
function glyph(ink: Ink, { width, labels }: Labelled, part: Part): Glyph {
  const own = gridOf(heightOf(part), widthOf(part), (x, y) => {
    const label = labels[(part.top + y) * width + part.left + x] ?? 0
    return part.labels.includes(label) ? at(ink.pixels, part.left + x, part.top + y) : 0
  })
  const size = (side: number) => Math.max(1, round(side * ink.scale))
  return {
    ink: own,
    box: {
      x: round(ink.left + part.left * ink.scale),
      y: round(ink.top + part.top * ink.scale),
      width: size(widthOf(part)),
      height: size(heightOf(part)),
    },
  }
}
