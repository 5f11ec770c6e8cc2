import type { Reading } from '../api/types'

/** What was given, by name (null for a drawing), and what was read of it. */
export interface Answered {
  readonly name: string | null
  readonly reading: Reading
}

/** The texts, each of several below the name of its picture. */
export function asText(answered: readonly Answered[]): string {
  if (answered.length === 1) return answered[0]?.reading.text ?? ''
  return answered.map(({ name, reading }) => `${name ?? ''}\n${reading.text}\n`).join('\n')
}

/** The reading, or for several a list of them with the names of their pictures. */
export function asJson(answered: readonly Answered[]): string {
  const value = answered.length === 1 ? answered[0]?.reading : answered.map(({ name, reading }) => ({ path: name, ...reading }))
  return `${JSON.stringify(value, null, 2)}\n`
}
