import { shared, type Placed } from './boxes'
import { sureness } from './decline'
import type { Candidate } from './guidance'
import { sum } from './numbers'

// The constants of `agree.py`, where they are explained.
const ALONE = 0.2
const AMONG = 0.6
const SAME = 0.5
const TINY = 1e-7

/** One digit, by the rules' box: as much one as the surer one says, and which by the word of both. */
export function asOne(ruled: Candidate, found: Candidate, weight = ALONE): Candidate {
  const { exists } = sureness(ruled) >= sureness(found) ? ruled : found
  return { ...ruled, exists, probabilities: pooled(ruled.probabilities, found.probabilities, weight) }
}

/**
 * The finder's lines, each of several digits as one, if both chose the same places, the finder perhaps more in what the
 * rules left out; else none. What the finder left out stays: the choice may be wrong there.
 */
export function asSeveral(
  ruled: readonly Candidate[],
  left: readonly Candidate[],
  found: readonly Candidate[],
  lines: readonly (readonly Candidate[])[],
): Candidate[][] {
  if (ruled.length < 2 || ruled.length > found.length) return []
  const both = new Map(ruled.map((own) => {
    const partner = partnerOf(own, found)
    return [partner, partner && asOne(own, partner, AMONG)]
  }))
  if (both.size < ruled.length || both.has(undefined)) return []
  if (found.some((one) => !both.has(one) && !partnerOf(one, left))) return []
  return lines.map((line) => line.map((one) => both.get(one) ?? one))
}

/** The one that has most in common with a candidate, if it is of the same digit. */
function partnerOf(one: Candidate, found: readonly Candidate[]): Candidate | undefined {
  const shares = found.map((other) => shared(placed(one), placed(other)))
  const most = Math.max(...shares)
  return most > SAME ? found[shares.indexOf(most)] : undefined
}

function placed({ box: { x, y, width, height } }: Candidate): Placed {
  return { x: x + width / 2, y: y + height / 2, width, height }
}

/** Probabilities by two opinions, the second with this weight: their geometric mean. */
export function pooled(some: Float32Array, others: Float32Array | undefined, weight: number): Float32Array {
  const both = some.map((share, digit) => (share + TINY) ** (1 - weight) * ((others?.[digit] ?? NaN) + TINY) ** weight)
  const whole = sum(both)
  return both.map((share) => share / whole)
}
