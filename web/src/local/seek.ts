import type { Box } from '../api/types'
import { pooled } from './agree'
import type { Placed } from './boxes'
import { sureness } from './decline'
import { better, count, find, isCrowded, lookCloser, score, usualHeight, type Found, type Mark } from './find'
import type { Candidate } from './guidance'
import { at, cut, gridOf, type Area, type Grid } from './grid'
import { inLines } from './lines'
import { classify, type Answer } from './model'
import type { Network } from './network'
import { greatest, round, sum } from './numbers'
import { areasOf, heightsOf, lowest, turnedPage, type Page } from './page'
import { refine } from './refine'

// The constants of `seek.py`, where they are explained.
const SURE = 0.9
const UPRIGHT = 0.85
const TOLD = 0.95
const BETTER = 1.25
const FEW = 3
const UNSURE = 0.95
const WEIGHT = 0.15
const ALIKE = 1.25
const TINY = 1e-7

/** The networks that find digits where the rules are not sure. */
export interface Seekers {
  readonly finder: Network
  readonly refiner: Network
}

/** What was found on a page: candidates in lines, and by how many degrees clockwise it was turned. */
export interface Sight {
  readonly lines: readonly (readonly Candidate[])[]
  readonly turned: number
}

/** Whether there are digits, and all of them sure. */
export function isSure({ lines }: Sight): boolean {
  return lines.length > 0 && lines.flat().every((candidate) => sureness(candidate) >= SURE)
}

/** The glyphs with what the digit model says of each; if the page was turned back, their boxes in the drawing as given. */
export function byRules(page: Page, answers: readonly Answer[], turned = 0): Sight {
  const ruled = page.glyphs.flatMap(({ box, ink }, i) =>
    (answers[i] ? [{ box: turnedBox(box, page, turned / 90), ink, ...answers[i] }] : []))
  return sight(ruled, turned)
}

/** What the finder finds on the page as given or, if it is read much better so, turned. */
export async function byFinder(digits: Network, { finder, refiner }: Seekers, page: Page): Promise<Sight> {
  const [seen, quarters] = await eitherWay(finder, page, await uprightOn(finder, page))
  const upright = turnedPage(page, quarters)
  const best = await refine(refiner, upright.pixels, quarters ? await closer(finder, upright, seen) : seen)
  return sight(await candidates(digits, upright, best, quarters), 90 * quarters)
}

/** What was found, or what is found on the page turned by so many quarters, if that is much better. */
async function eitherWay(finder: Network, page: Page, found: Found): Promise<[Found, number]> {
  const told = toldOf(page, found)
  let [best, quarters] = [found, 0]
  if ((isClear(found) && told >= TOLD) || isCrowded(found)) return [best, quarters]
  const height = usualHeight(found) || (heightsOf(page).slice(-2)[0] ?? NaN)
  let beaten = score(found) * told + BETTER
  for (const turns of [1, 2, 3]) {
    const turned = turnedPage(page, turns)
    const other = await findOn(finder, turned, height)
    const reads = score(other) * toldOf(turned, other)
    if (count(other) >= FEW && reads > beaten) [best, quarters, beaten] = [other, turns, reads]
  }
  return [best, quarters]
}

/** The best of what is found at each guess of the height, until one is clear. */
async function uprightOn(finder: Network, page: Page): Promise<Found> {
  const tried: number[] = []
  let best: Found = []
  for (const height of heightsOf(page)) {
    if (!tried.some((other) => height / ALIKE < other && other < height * ALIKE)) {
      tried.push(height)
      best = better(best, await findOn(finder, page, height))
    }
    if (isClear(best)) return best
  }
  return closer(finder, page, best)
}

function isClear(found: Found): boolean {
  return score(found) >= UPRIGHT * Math.max(1, sum(found.map(({ exists }) => exists)))
}

function closer(finder: Network, page: Page, found: Found): Promise<Found> {
  return lookCloser(finder, page.pixels, areasOf(page, usualHeight(found)), found)
}

function findOn(finder: Network, page: Page, height: number): Promise<Found> {
  return find(finder, page.pixels, areasOf(page, height), height)
}

/** The share of the ink that is in what is probably a digit. */
function toldOf({ ink: { pixels } }: Page, found: Found): number {
  const areas = found.filter(({ exists }) => exists > 0.5).map((mark) => areaOf(mark, pixels))
  const isTold = (x: number, y: number): boolean =>
    areas.some(({ top, bottom, left, right }) => top <= y && y < bottom && left <= x && x < right)
  const rest = gridOf(pixels.height, pixels.width, (x, y) => (isTold(x, y) ? 0 : at(pixels, x, y)))
  return 1 - sum(rest.values) / Math.max(sum(pixels.values), TINY)
}

function sight(candidates: readonly Candidate[], turned = 0): Sight {
  const places = inLines(candidates.map(({ box }) => box), turned)
  return { lines: places.map((line) => line.flatMap((place) => candidates[place] ?? [])), turned }
}

/** Candidates of a page that was turned by `quarters`, their boxes in the drawing as given. */
async function candidates(digits: Network, page: Page, found: Found, quarters: number): Promise<Candidate[]> {
  const marks = await told(digits, page.ink.pixels, found)
  return marks.filter(({ height }) => height >= lowest(page.pixels)).map((mark) => ({
    box: given(mark, page, quarters),
    exists: mark.exists,
    probabilities: mark.probabilities,
    ink: inside(page.ink.pixels, mark),
  }))
}

/** The marks, where their classes were unsure with what the digit model says of them. */
async function told(digits: Network, ink: Grid, found: Found): Promise<Found> {
  const unsure = found.filter(({ probabilities }) => greatest(probabilities) < UNSURE)
  const answers = await classify(digits, unsure.map((mark) => inside(ink, mark)))
  const better = new Map(unsure.map((mark, i) => [mark, pooled(mark.probabilities, answers[i]?.probabilities, WEIGHT)]))
  return found.map((mark) => ({ ...mark, probabilities: better.get(mark) ?? mark.probabilities }))
}

/** The ink in a box. */
function inside(ink: Grid, mark: Mark): Grid {
  return cut(ink, areaOf(mark, ink))
}

/** The part of a page that a box covers; at least one pixel. */
function areaOf({ x, y, width, height }: Mark, page: Size): Area {
  const [top, left] = [Math.max(0, round(y - height / 2)), Math.max(0, round(x - width / 2))]
  return {
    top: Math.min(top, page.height - 1),
    bottom: Math.min(Math.max(top + 1, round(y + height / 2)), page.height),
    left: Math.min(left, page.width - 1),
    right: Math.min(Math.max(left + 1, round(x + width / 2)), page.width),
  }
}

/** The box of a glyph on a page that was turned by `quarters` in the drawing as given. */
function turnedBox(box: Box, page: Page, quarters: number): Box {
  if (quarters === 0) return box
  const { left, top, scale } = page.ink
  const [x, y] = [box.x + box.width / 2 - left, box.y + box.height / 2 - top]
  return given({ x: x / scale, y: y / scale, width: box.width / scale, height: box.height / scale }, page, quarters)
}

/** A mark on a page that was turned by `quarters` as a box of the drawing as given. */
function given(mark: Placed, { pixels, ink }: Page, quarters: number): Box {
  const { x, y, width, height } = turnedBack(mark, pixels, quarters)
  return {
    x: round(ink.left + (x - width / 2) * ink.scale),
    y: round(ink.top + (y - height / 2) * ink.scale),
    width: Math.max(1, round(width * ink.scale)),
    height: Math.max(1, round(height * ink.scale)),
  }
}

type Size = Pick<Grid, 'height' | 'width'>

/** A place on a page of some size as it was before that was turned anticlockwise by `quarters`. */
function turnedBack({ x, y, width, height }: Placed, page: Size, quarters: number): Placed {
  if (quarters === 0) return { x, y, width, height }
  const before = { height: page.width, width: page.height }
  return turnedBack({ x: page.height - y, y: x, width: height, height: width }, before, quarters - 1)
}
