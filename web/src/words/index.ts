import type { Reading } from '../api/types'
import type english from './en.json'

/** Everything the page says, in one language; the compiler knows every key. */
export type Words = typeof english

/** One wording for each plural form that the language has. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string }

/** The words with gaps like `{count}` filled in. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (gap, name: string) => String(values[name] ?? gap))
}

/** The wording for `count` things, as the grammar of the language wants it. */
export function counted(words: Words, forms: Forms, count: number, values: Readonly<Record<string, string | number>> = {}): string {
  const form = forms[new Intl.PluralRules(words.language).select(count)] ?? forms.other
  return fill(form, { count, ...values })
}

/** A probability as a percentage that never claims certainty. */
export function percent(probability: number): string {
  if (probability >= 0.995) return '> 99 %'
  return `${Math.round(probability * 100)} %`
}

/** From how much confidence on each of the words for sureness holds. */
const degrees = [0.99, 0.9, 0.7, 0.4, 0] as const

/** How sure a confidence from 0 to 1 is, in plain words. */
export function sureness(words: Words, confidence: number): string {
  return words.sureness[degrees.findIndex((floor) => confidence >= floor)] ?? ''
}

/** What is wrong with what was given, and what would be right. */
export interface Trouble {
  readonly what: string
  readonly remedy: string
}

/** Why there is no answer, in plain words. */
export function unread(words: Words, reason: string | null): Trouble {
  const reasons: Readonly<Record<string, Trouble>> = words.reasons
  return reasons[reason ?? 'other'] ?? words.reasons.other
}

/** How often the guess behind an ambiguous reading would be right; null for every other. */
export function guessed(words: Words, { reason, confidence }: Pick<Reading, 'reason' | 'confidence'>): string | null {
  return reason === 'ambiguous' ? fill(words.answer.guess, { percent: percent(confidence) }) : null
}

/** A failure in the words of the page, or where it has none, in its own. */
export function failure(words: Words, error: { readonly code: string; readonly message: string; readonly remedy: string }): Trouble {
  const errors: Readonly<Record<string, Trouble>> = words.errors
  return errors[error.code] ?? { what: `${error.message}.`, remedy: error.remedy }
}
