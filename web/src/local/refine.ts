import type { Found, Mark } from './find'
import { at, gridOf, type Grid } from './grid'
import type { Network } from './network'
import { greatest, sum } from './numbers'
import { BILINEAR, resized } from './resize'

/** Side of a tile (pixels), and of the square of page that it shows, in multiples of the digit's longest side. */
const TILE = 32
const SHOWN = 1.35
/** What the finder is surer of than this needs no closer look. */
const SURE = 0.95
const TINY = 1e-5

/** How the refiner's word and the finder's go together: slopes and offset of the log odds, and shares of the classes. */
interface Weights {
  readonly odds: readonly [finder: number, refiner: number, offset: number]
  readonly classes: readonly [finder: number, refiner: number]
}

/** The same boxes, with both networks' word on whether and which digit each is that was not SURE. */
export async function refine(refiner: Network, page: Grid, found: Found): Promise<Found> {
  const unsure = found.filter(({ exists, probabilities }) => exists * greatest(probabilities) < SURE)
  if (unsure.length === 0) return found
  const tiles = new Float32Array(unsure.length * TILE * TILE)
  for (const [i, mark] of unsure.entries()) tiles.set(tile(page, mark).values, i * TILE * TILE)
  const [odds, classes] = await refiner.run(tiles, [unsure.length, 1, TILE, TILE], 'odds', 'classes')
  const weights = refiner.card.get('weights') as Weights
  const refined = new Map(unsure.map((mark, i): [Mark, Mark] => [mark, {
    ...mark,
    exists: existence(weights.odds, mark.exists, odds[i] ?? NaN),
    probabilities: shares(weights.classes, mark.probabilities, classes.subarray(10 * i, 10 * i + 10)),
  }]))
  return found.map((mark) => refined.get(mark) ?? mark)
}

function existence([finder, refiner, offset]: Weights['odds'], exists: number, odds: number): number {
  const own = Math.min(Math.max(exists, TINY), 1 - TINY)
  return 1 / (1 + Math.exp(-(finder * Math.log(own / (1 - own)) + refiner * odds + offset)))
}

function shares([finder, refiner]: Weights['classes'], found: Float32Array, logits: Float32Array): Float32Array {
  const both = Array.from(found, (share, digit) => finder * Math.log(share + TINY) + refiner * (logits[digit] ?? NaN))
  const most = Math.max(...both)
  const raised = both.map((value) => Math.exp(value - most))
  const whole = sum(raised)
  return Float32Array.from(raised, (share) => share / whole)
}

/** The square of page around a box; beyond the page's edge its outermost pixels go on. */
function tile(page: Grid, { x, y, width, height }: Mark): Grid {
  const reach = (Math.max(width, height, 1) * SHOWN) / 2
  const [left, top] = [Math.floor(x - reach), Math.floor(y - reach)]
  const part = gridOf(Math.ceil(y + reach) + 1 - top, Math.ceil(x + reach) + 1 - left, (across, down) =>
    at(page, within(left + across, page.width), within(top + down, page.height)))
  const span = (start: number) => ({ from: start, to: start + 2 * reach })
  return resized(part, TILE, TILE, BILINEAR, span(x - reach - left), span(y - reach - top))
}

function within(place: number, side: number): number {
  return Math.min(Math.max(place, 0), side - 1)
}
