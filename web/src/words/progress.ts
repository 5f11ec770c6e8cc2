import { counted, type Words } from '.'
import type { Outcome } from '../hooks/useReading'

/** How many of several pictures are read, and how many could not be. */
export function progressOf(words: Words, outcomes: readonly Outcome[]): string {
  const { progress, failures } = words.pictures
  const number = (wanted: Outcome['kind']) => outcomes.filter(({ kind }) => kind === wanted).length
  const read = counted(words, progress, outcomes.length, { done: number('read') })
  return number('failed') > 0 ? `${read}, ${counted(words, failures, number('failed'))}` : read
}
