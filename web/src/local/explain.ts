import { gridOf, type Grid } from './grid'
import { classify, SIDE, tiles } from './model'
import type { Network } from './network'
import { greatest, sum } from './numbers'
import type { Answered } from './reader'
import type { Explained, Row, Seen } from './types'

/** What takes ink away is a soft disc: a Gaussian with this standard deviation, every so many pixels of the
 * tile; where it would take less ink than this many full pixels it is not tried. */
const SOFTNESS = 2
const STRIDE = 2
const LEAST_INK = 0.5
const TINY = 1e-6

/** The middles of the discs, across and down. */
const middles = Array.from({ length: SIDE / STRIDE }, (_, i) => STRIDE / 2 + i * STRIDE)

/** What was taken for ink, where digits were looked for, and what the network saw of each that was told. */
export async function explain(digits: Network, { reading, chosen, others, ink }: Answered): Promise<Explained<Seen>> {
  const seen = (await tiles(digits, chosen.map(({ ink }) => ink))).flatMap(({ values }, i) => {
    const digit = reading.digits[i]
    return digit ? [{ value: digit.value, box: digit.box, tile: values }] : []
  })
  return { ink: ink.pixels, digits: seen, others: others.map(({ box }) => box) }
}

/**
 * How much each place of a tile speaks for its value: 0 … 1, which is the most; all 0 if no ink does.
 *
 * By occlusion (Zeiler and Fergus 2014, https://arxiv.org/abs/1311.2901): the mean of what the answer's
 * probability loses under the discs that cover the place. `weighed` is asked for the part of each row of
 * discs, one after the other, so that who writes meanwhile waits for a row at most.
 */
export async function saliency(weighed: (row: number) => Promise<Float32Array>): Promise<Float32Array> {
  let heat = new Float32Array(SIDE * SIDE)
  for (const row of middles.keys()) {
    const part = await weighed(row)
    heat = heat.map((value, i) => value + (part[i] ?? 0))
  }
  const most = Math.max(greatest(heat), TINY)
  return heat.map((value) => value / most)
}

/** What the discs of one row add to that mean. */
export async function weigh(digits: Network, { tile, value, row }: Row): Promise<Float32Array> {
  const tried = middles.map((x) => disc(x, middles[row] ?? NaN))
    .filter(({ values }) => sum(values.map((share, i) => share * (tile[i] ?? 0))) >= LEAST_INK)
  if (tried.length === 0) return new Float32Array(SIDE * SIDE)
  const without = tried.map(({ values }) => tile.map((ink, i) => ink * Math.fround(1 - (values[i] ?? 0))))
  const answers = await classify(digits, [tile, ...without].map((values) => ({ height: SIDE, width: SIDE, values })))
  const [whole = 0, ...left] = answers.map(({ exists, probabilities }) => exists * (probabilities[value] ?? NaN))
  const losses = left.map((rest) => Math.max(whole - rest, 0))
  return cover.values.map((all, i) => sum(tried.map(({ values }, t) => (losses[t] ?? 0) * (values[i] ?? 0))) / all)
}

/** How much of all discs there is in each place. */
const cover = gridOf(SIDE, SIDE, (x, y) => sum(middles.map((middle) => bell(x - middle))) * sum(middles.map((middle) => bell(y - middle))))

/** A soft disc, 1 in its middle. */
function disc(middleX: number, middleY: number): Grid {
  return gridOf(SIDE, SIDE, (x, y) => bell(x - middleX) * bell(y - middleY))
}

function bell(off: number): number {
  return Math.exp(-(off ** 2) / (2 * SOFTNESS ** 2))
}
