import { stacked, type Grid } from './grid'
import type { Network } from './network'

/** What the digit model says of one piece of ink. */
export interface Answer {
  /** The probability that it is a digit, whole and alone. */
  readonly exists: number
  /** Those of the ten digits, if it is. */
  readonly probabilities: Float32Array
}

/** Side of what the digit model sees, in pixels. */
export const SIDE = 28
/** Glyphs run at once. */
const BATCH = 64

/** Which digit each piece of ink of any size is, and whether it is one. */
export async function classify(digits: Network, inks: readonly Grid[]): Promise<Answer[]> {
  return inBatches(inks, async (block, shape, some) => {
    const [shares, exists] = await digits.run(block, shape, 'probabilities', 'exists')
    return some.map((_, i) => ({ exists: exists[i] ?? NaN, probabilities: shares.slice(10 * i, 10 * i + 10) }))
  })
}

/** What the digit model sees of each piece of ink: 28x28, 0 = paper … 1 = pen. */
export async function tiles(digits: Network, inks: readonly Grid[]): Promise<Grid[]> {
  return inBatches(inks, async (block, shape, some) => {
    const [tiles] = await digits.run(block, shape, 'tile')
    const size = SIDE * SIDE
    return some.map((_, i) => ({ height: SIDE, width: SIDE, values: tiles.slice(size * i, size * (i + 1)) }))
  })
}

async function inBatches<T>(
  inks: readonly Grid[],
  ask: (block: Float32Array, shape: readonly number[], some: readonly Grid[]) => Promise<T[]>,
): Promise<T[]> {
  const answers: T[] = []
  for (let start = 0; start < inks.length; start += BATCH) {
    const some = inks.slice(start, start + BATCH)
    const { height, width, values } = stacked(some)
    answers.push(...await ask(values, [some.length, 1, height, width], some))
  }
  return answers
}
