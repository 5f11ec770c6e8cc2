import { at, cut, type Area, type Grid } from './grid'
import type { Network } from './network'
import { greatest, median, round, sum } from './numbers'
import { BICUBIC, resized } from './resize'

// The constants of `find.py`, where they are explained.
const HEIGHT = 28
const READABLE = [18, 42] as const
const AGAIN = 0.8
const SURE = 0.9
const NEARBY = [0.82, 1.21]
const BLOCK = 8
const MOST_PIXELS = 560 * 560
const FAINT = 0.05
const MOST_MARKS = 512
const MANY = 64
const HARDLY = 0.2
const SAME = 0.6
const NEAR = 0.3
const TINY = 1e-5
/** Pixels between neighbouring places of the finder's grid. */
const GRID = 4

/** What may be a digit: its middle and size in pixels of the page. */
export interface Mark {
  readonly exists: number
  readonly probabilities: Float32Array
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}
export type Found = readonly Mark[]

/** How many are more probably digits than not. */
export function count(found: Found): number {
  return found.filter(({ exists }) => exists > 0.5).length
}

/** The usual height of what is probably a digit; 0 if nothing is. */
export function usualHeight(found: Found): number {
  return count(found) && median(found.filter(({ exists }) => exists > 0.5).map(({ height }) => height))
}

/** Whether the page is full of something else, so that looking again tells no more. */
export function isCrowded(found: Found): boolean {
  return found.length >= MOST_MARKS || (found.length > MANY && sum(found.map(({ exists }) => exists)) < HARDLY * found.length)
}

/** How well a page can be read: the digits found, each counted 0 to 1 by how sure it is. */
export function score(found: Found): number {
  return sum(found.map(({ exists, probabilities }) => Math.max(2 * exists * greatest(probabilities) - 1, 0)))
}

/** The one of two that can be read better; the first if they are equal. */
export function better(one: Found, other: Found): Found {
  return score(other) > score(one) ? other : one
}

/** Digits on a grey page, 0 = black … 1 = white, in its areas, about `height` pixels high. */
export async function find(finder: Network, page: Grid, areas: readonly Area[], height: number): Promise<Found> {
  const found = await look(finder, page, areas, HEIGHT / height)
  const seen = (usualHeight(found) * HEIGHT) / height
  if (!seen || (READABLE[0] <= seen && seen <= READABLE[1])) return found
  const again = await look(finder, page, areas, HEIGHT / usualHeight(found))
  return score(again) >= AGAIN * score(found) ? again : found
}

/** What was found, or, if it is not sure on the whole, what looks at scales near by say as well. */
export async function lookCloser(finder: Network, page: Grid, areas: readonly Area[], found: Found): Promise<Found> {
  if (score(found) >= SURE * count(found) || isCrowded(found)) return found
  const looks = [found]
  for (const by of NEARBY) looks.push(await look(finder, page, areas, (HEIGHT * by) / usualHeight(found)))
  return together(looks)
}

/** What the finder sees in areas of a page scaled so, or to MOST_PIXELS. */
async function look(finder: Network, page: Grid, areas: readonly Area[], wanted: number): Promise<Found> {
  const size = sum(areas.map(({ top, bottom, left, right }) => (bottom - top) * (right - left)))
  const scale = Math.min(wanted, Math.sqrt(MOST_PIXELS / Math.max(size, 1)))
  const seen: Mark[] = []
  for (const area of areas) seen.push(...await lookAt(finder, cut(page, area), scale, area))
  return seen
}

async function lookAt(finder: Network, page: Grid, scale: number, corner: Area): Promise<Found> {
  const [rows, columns] = [page.height, page.width].map((side) => Math.max(1, round((side * scale) / BLOCK)) * BLOCK) as [number, number]
  const image = resized(page, rows, columns, BICUBIC)
  const [marks, classes, boxes] = await finder.run(image.values, [1, 1, rows, columns], 'marks', 'classes', 'boxes')
  const grid = { height: rows / GRID, width: columns / GRID, values: marks }
  const [wide, high] = [page.width / columns, page.height / rows]
  const found = peaks(grid).map((place): Mark => {
    const of = (values: Float32Array, row: number) => values[row * marks.length + place] ?? NaN
    return {
      exists: marks[place] ?? NaN,
      probabilities: Float32Array.from({ length: 10 }, (_, digit) => of(classes, digit)),
      x: Math.fround(of(boxes, 0) * wide + corner.left),
      y: Math.fround(of(boxes, 1) * high + corner.top),
      width: Math.fround(of(boxes, 2) * wide),
      height: Math.fround(of(boxes, 3) * high),
    }
  })
  return groups(found).map(([surest]) => surest)
}

/** Places of the marks that no neighbour exceeds, the surest first. */
function peaks(marks: Grid): number[] {
  const places: number[] = []
  for (const [place, mark] of marks.values.entries())
    if (mark > FAINT && isPeak(marks, place % marks.width, Math.floor(place / marks.width))) places.push(place)
  return places.toSorted((one, other) => (marks.values[other] ?? 0) - (marks.values[one] ?? 0)).slice(0, MOST_MARKS)
}

function isPeak(marks: Grid, x: number, y: number): boolean {
  const mark = at(marks, x, y)
  for (let down = Math.max(y - 1, 0); down <= Math.min(y + 1, marks.height - 1); down++)
    for (let across = Math.max(x - 1, 0); across <= Math.min(x + 1, marks.width - 1); across++)
      if (at(marks, across, down) > mark) return false
  return true
}

/** Several looks at one page as one: means over the looks of what each says of the same digit. */
function together(looks: readonly Found[]): Found {
  const surestFirst = looks.flat().toSorted((one, other) => other.exists - one.exists)
  return groups(surestFirst).map((group) => {
    const whole = sum(group.map(({ exists }) => exists))
    const classes = Array.from({ length: 10 }, (_, digit) =>
      Math.exp(sum(group.map(({ exists, probabilities }) => exists * Math.log((probabilities[digit] ?? 0) + TINY))) / whole))
    const all = sum(classes)
    return {
      ...group[0],
      exists: Math.min(1, whole / looks.length),
      probabilities: Float32Array.from(classes, (share) => share / all),
    }
  })
}

/** Marks of one digit each; given the surest first, each group's first is its surest. */
function groups(marks: Found): [Mark, ...Mark[]][] {
  const made: [Mark, ...Mark[]][] = []
  for (const mark of marks) {
    const group = made.find(([surest]) => same(surest, mark))
    if (group) group.push(mark)
    else made.push([mark])
  }
  return made
}

/** Whether two boxes share most of their union, or their centres are near each other for their sizes. */
function same(one: Mark, other: Mark): boolean {
  const [right, down] = [Math.abs(one.x - other.x), Math.abs(one.y - other.y)]
  const [wide, high] = [(one.width + other.width) / 2, (one.height + other.height) / 2]
  if ((right / wide) ** 2 + (down / high) ** 2 < NEAR ** 2) return true
  const across = Math.max(Math.min(wide - right, one.width, other.width), 0)
  const along = Math.max(Math.min(high - down, one.height, other.height), 0)
  const union = one.width * one.height + other.width * other.height - across * along
  return across * along > SAME * union
}
