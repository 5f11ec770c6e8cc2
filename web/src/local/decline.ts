import type { Reading } from '../api/types'
import type { Candidate } from './guidance'
import { greatest } from './numbers'

/** What a digit model's card says of declining: (risk, threshold) with rising risk, and the default risk. */
export interface Risks {
  readonly risks: readonly (readonly [risk: number, threshold: number])[]
  readonly risk: number
}

/** The confidence that each digit needs for answers to be wrong no more often than the model's own risk. */
export function threshold({ risks, risk }: Risks): number {
  return risks.findLast(([known]) => known <= risk)?.[1] ?? Infinity
}

/**
 * Why the text of the `chosen` among the candidates `seen` is not told; null if it is.
 *
 * It is not if one of its digits is less sure than `least`, or if its `confidence` is less than that of
 * as many digits which are just that sure. A drawing is never cut off: its edges are where its own strokes end.
 */
export function reasonOf(
  chosen: readonly Candidate[],
  seen: readonly Candidate[],
  confidence: number,
  least: number,
): Reading['reason'] {
  const weakest = chosen.toSorted((one, other) => sureness(one) - sureness(other))[0]
  if (weakest && sureness(weakest) >= least) return confidence >= least ** chosen.length ? null : 'ambiguous'
  return seen.some(({ exists }) => exists > 0.5) ? 'ambiguous' : 'not_a_digit'
}

/** The probability that it is a digit, and the likeliest one. */
export function sureness({ exists, probabilities }: Candidate): number {
  return exists * greatest(probabilities)
}
