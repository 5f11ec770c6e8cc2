import { median } from './numbers'
import { boundsOf, type Bounds } from './rings'
import { straightness } from './straight'
import type { Drawing } from './types'

// The constants of `underline.py`, where they are explained.
const [SLANT, LYING, STANDING] = [20, 1.5, 3]
const LONGEST = 64
const SEVERAL = 1.5
const STRAIGHT = 15

type Stroke = Drawing[number]

/** The strokes, none of them empty, but for lines under, over or between numbers, and around them. */
export function withoutLines(drawing: Drawing): Drawing {
  if (drawing.length < 2) return drawing
  const all = drawing.map((stroke) => {
    const [slant, bounds] = [slantOf(stroke), boundsOf(stroke)]
    return { stroke, bounds, size: sizeOf(bounds), lying: slant <= SLANT, standing: slant >= 90 - SLANT }
  })
  const bent = all.filter(({ lying, standing }) => !lying && !standing)
  // Where there are no others, those that stand are ones.
  const others = bent.length > 0 ? bent : all.filter(({ lying }) => !lying)
  const usual = others.length > 0 ? median(others.map(({ size }) => size)) : 0
  if (usual === 0 || sizeOf(boundsOf(others.flatMap(({ stroke }) => stroke))) < SEVERAL * usual) return drawing
  const lines = all.filter(({ lying, size }) => lying && size >= LYING * usual)
  const longest = lines.toSorted((one, other) => other.size - one.size).slice(0, LONGEST)
  const stands = all.filter(({ standing, size, bounds }) => standing
    && (size >= STANDING * usual || (size >= LYING * usual && longest.some((line) => cross(bounds, line.bounds)))))
  const left = new Set([...lines, ...stands].map(({ stroke }) => stroke))
  return drawing.filter((stroke) => !left.has(stroke))
}

function sizeOf({ top, bottom, left, right }: Bounds): number {
  return Math.max(bottom - top, right - left)
}

function cross(one: Bounds, other: Bounds): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
}

/** How many degrees a straight stroke is off lying, 0 to 90; not a number for another. */
function slantOf(stroke: Stroke): number {
  const { times, lean } = straightness(stroke)
  return times >= STRAIGHT ? 90 - Math.abs(lean) : NaN
}
