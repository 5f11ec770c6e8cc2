import type { Box } from '../api/types'
import type { Grid } from './grid'
import { greatest } from './numbers'

/**
 * What may be a digit: `exists` (0 to 1) is the probability that it is one, whole and alone; the ten
 * `probabilities` (sum 1) hold if it is. `ink` is its own, cut to the box.
 */
export interface Candidate {
  readonly box: Box
  readonly exists: number
  readonly probabilities: Float32Array
  readonly ink: Grid
}

/** The candidates that are taken for digits, in their lines, and the probability that all of that is right. */
export interface Choice {
  readonly lines: readonly (readonly Candidate[])[]
  readonly confidence: number
}

/** Nothing is surer than this. */
const DOUBT = 1e-9

/**
 * The most probable choice of candidates: as `choose` in Python where nothing is known of the text, so that
 * each candidate is taken or not whatever the others are.
 */
export function choose(lines: readonly (readonly Candidate[])[]): Choice {
  let confidence = 1
  const chosen = lines.map((line) => line.filter((candidate) => {
    const exists = Math.min(Math.max(candidate.exists, DOUBT), 1 - DOUBT)
    const best = exists * greatest(candidate.probabilities)
    confidence *= Math.max(best, 1 - exists)
    return best > 1 - exists
  }))
  return { lines: chosen.filter((line) => line.length > 0), confidence }
}
