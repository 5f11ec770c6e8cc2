import { gridOf, type Grid } from './grid'
import { classify, SIDE, tiles } from './model'
import type { Network } from './network'
import { greatest, sum } from './numbers'
import type { Answered } from './reader'
import type { Explained, Seen } from './types'

/** What takes ink away is a soft disc: a Gaussian with this standard deviation, every so many pixels of the
 * tile; where it would take less ink than this many full pixels it is not tried. */
const SOFTNESS = 2
const STRIDE = 2
const LEAST_INK = 0.5
const TINY = 1e-6

/** What was taken for ink, where digits were looked for, and what the network saw of each that was told. */
export async function explain(digits: Network, { reading, chosen, others, ink }: Answered): Promise<Explained> {
  const seen: Seen[] = []
  for (const [i, tile] of (await tiles(digits, chosen.map(({ ink }) => ink))).entries()) {
    const digit = reading.digits[i]
    if (!digit) continue
    const { value, box } = digit
    seen.push({ value, box, tile: tile.values, saliency: await saliency(digits, tile, value) })
  }
  return { ink: ink.pixels, digits: seen, others: others.map(({ box }) => box) }
}

/**
 * How much each place of a tile speaks for `value`: 0 … 1, which is the most; all 0 if no ink does.
 *
 * By occlusion (Zeiler and Fergus 2014, https://arxiv.org/abs/1311.2901): the mean of what the answer's
 * probability loses under the discs that cover the place.
 */
async function saliency(digits: Network, tile: Grid, value: number): Promise<Float32Array> {
  const tried = discs.filter((disc) => sum(disc.values.map((share, i) => share * inkAt(tile, i))) >= LEAST_INK)
  const without = tried.map((disc) => gridOf(SIDE, SIDE, (x, y) => {
    const i = y * SIDE + x
    return inkAt(tile, i) * Math.fround(1 - (disc.values[i] ?? 0))
  }))
  const answers = await classify(digits, [tile, ...without])
  const [whole = 0, ...left] = answers.map(({ exists, probabilities }) => exists * (probabilities[value] ?? NaN))
  const losses = left.map((rest) => Math.max(whole - rest, 0))
  const heat = cover.map((all, i) => sum(tried.map((disc, t) => (losses[t] ?? 0) * (disc.values[i] ?? 0))) / all)
  const most = Math.max(greatest(heat), TINY)
  return heat.map((value) => value / most)
}

function inkAt(tile: Grid, i: number): number {
  return tile.values[i] ?? 0
}

/** The soft discs, 1 in their middle, all over the tile. */
const discs = middles().flatMap((y) => middles().map((x) => disc(x, y)))

/** How much of all discs there is in each place. */
const cover = new Float32Array(SIDE * SIDE).map((_, i) => sum(discs.map((disc) => disc.values[i] ?? 0)))

function middles(): number[] {
  return Array.from({ length: SIDE / STRIDE }, (_, i) => STRIDE / 2 + i * STRIDE)
}

function disc(middleX: number, middleY: number): Grid {
  const bell = (off: number) => Math.exp(-(off ** 2) / (2 * SOFTNESS ** 2))
  return gridOf(SIDE, SIDE, (x, y) => bell(x - middleX) * bell(y - middleY))
}
