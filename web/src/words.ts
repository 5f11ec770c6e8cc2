/** A probability as a percentage that never claims certainty. */
export function percent(probability: number): string {
  if (probability >= 0.995) return '> 99 %'
  return `${Math.round(probability * 100)} %`
}

const degrees: readonly (readonly [floor: number, words: string])[] = [
  [0.99, 'Almost certain'],
  [0.9, 'Quite sure'],
  [0.7, 'Fairly sure'],
  [0.4, 'Unsure'],
  [0, 'Only a guess'],
]

/** How sure a confidence from 0 to 1 is, in plain words. */
export function sureness(confidence: number): string {
  return degrees.find(([floor]) => confidence >= floor)?.[1] ?? 'Only a guess'
}

/** The second most probable digit, if it is worth a mention (one in ten or more). */
export function runnerUp(probabilities: readonly number[]): number | null {
  const [, second] = probabilities.map((p, digit) => ({ p, digit })).sort((a, b) => b.p - a.p)
  return second && second.p >= 0.1 ? second.digit : null
}

/** What is wrong with what was given, and what would be right. */
interface Unread {
  readonly what: string
  readonly remedy: string
}

const reasons: Readonly<Record<string, Unread>> = {
  blank: { what: 'No digit found.', remedy: 'The paper looks blank. A larger or darker digit will do.' },
  not_a_digit: { what: 'No digit found.', remedy: 'What is there does not look like a digit.' },
  too_faint: { what: 'Too faint to read.', remedy: 'A darker pen or better light will do.' },
  cut_off: { what: 'A digit is cut off.', remedy: 'Leave some room around the digits.' },
  ambiguous: { what: 'Too unsure to say.', remedy: 'It can be read in more than one way. Try a clearer one.' },
}

/** Why there is no answer, in plain words. */
export function unread(reason: string | null): Unread {
  return reasons[reason ?? ''] ?? { what: 'No digit found.', remedy: 'Try a clearer or larger one.' }
}
