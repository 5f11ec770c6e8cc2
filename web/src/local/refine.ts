import { shared } from './boxes'
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
/** Marks that share more than this of the smaller box are rivals for one digit, not neighbours. */
const RIVAL = 0.4
/** So many of the nearest neighbours tell how high a digit is here and where its line runs; a line's distance
 * counts that many times a column's. What is farther off than the last counts no more. */
const NEAREST = 3
const ACROSS = 3
const FARTHEST = 1.5

/** How all opinions go together: slopes (the finder's, the refiner's, four of the neighbours') and offset of the log
 * odds, and powers of the classes. */
interface Weights {
  readonly odds: readonly number[]
  readonly classes: readonly [finder: number, refiner: number]
}

/** The same boxes; of those that were not SURE both networks' and the neighbours' word on whether they are digits,
 * and both networks' on which. */
export async function refine(refiner: Network, page: Grid, found: Found): Promise<Found> {
  const unsure = found.filter(({ exists, probabilities }) => exists * greatest(probabilities) < SURE)
  if (unsure.length === 0) return found
  const tiles = new Float32Array(unsure.length * TILE * TILE)
  for (const [i, mark] of unsure.entries()) tiles.set(tile(page, mark).values, i * TILE * TILE)
  const [odds, classes] = await refiner.run(tiles, [unsure.length, 1, TILE, TILE], 'odds', 'classes')
  const weights = refiner.card.get('weights') as Weights
  const refined = new Map(unsure.map((mark, i): [Mark, Mark] => [mark, {
    ...mark,
    exists: existence(weights.odds, [logOdds(mark.exists), odds[i] ?? NaN, ...beside(found, mark), 1]),
    probabilities: shares(weights.classes, mark.probabilities, classes.subarray(10 * i, 10 * i + 10)),
  }]))
  return found.map((mark) => refined.get(mark) ?? mark)
}

function logOdds(share: number): number {
  const own = Math.min(Math.max(share, TINY), 1 - TINY)
  return Math.log(own / (1 - own))
}

function existence(weights: readonly number[], opinions: readonly number[]): number {
  return 1 / (1 + Math.exp(-sum(opinions.map((opinion, i) => opinion * (weights[i] ?? NaN)))))
}

/** What the other marks say: how probable the likeliest rival is, times the share of the smaller box that both have;
 * 1 if there are neighbours, else 0, as are the rest; by what factor it is higher or lower than they are (its
 * logarithm); and how far from their line it stands, in their heights. */
function beside(found: Found, mark: Mark): number[] {
  const others = found.filter((other) => other !== mark)
  const rival = Math.max(0, ...others.map((other) => shared(mark, other) * other.exists))
  const far = (other: Mark) => Math.abs(other.x - mark.x) + ACROSS * Math.abs(other.y - mark.y)
  const neighbours = others.filter((other) => other.exists > 0.5 && shared(mark, other) <= RIVAL)
  const nearest = neighbours.sort((one, other) => far(one) - far(other)).slice(0, NEAREST)
  if (nearest.length === 0) return [rival, 0, 0, 0]
  const usual = sum(nearest.map(({ height }) => Math.log(height))) / nearest.length
  const line = sum(nearest.map(({ y }) => y)) / nearest.length
  const off = [Math.abs(Math.log(mark.height) - usual), Math.abs(mark.y - line) / Math.exp(usual)]
  return [rival, 1, ...off.map((value) => Math.min(value, FARTHEST))]
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
