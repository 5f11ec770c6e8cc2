import type { Reading } from '../api/types'

/** What was given, by name (null for a drawing), and what was read of it, or why it was not. */
export type Answered =
  | { readonly name: string | null; readonly reading: Reading }
  | { readonly name: string | null; readonly error: Failed }

/** As the command line writes it. */
export interface Failed {
  readonly code: string
  readonly message: string
  readonly remedy: string
}

/** The texts, each of several below the name of its picture; where there is none, `why` says why. */
export function asText(answered: readonly Answered[], why: (answer: Answered) => string): string {
  const textOf = (answer: Answered) => ('reading' in answer && answer.reading.text) || why(answer)
  const [only] = answered
  if (only && answered.length === 1) return textOf(only)
  return answered.map((answer) => `${answer.name ?? ''}\n${textOf(answer)}\n`).join('\n')
}

/** The reading, or for several a list of them and of errors, with the names of their pictures. */
export function asJson(answered: readonly Answered[]): string {
  const rows = answered.map((answer) => ('reading' in answer ? answer.reading : { error: plain(answer.error) }))
  const value = rows.length === 1 ? rows[0] : rows.map((row, i) => ({ path: answered[i]?.name, ...row }))
  return `${JSON.stringify(value, null, 2)}\n`
}

function plain({ code, message, remedy }: Failed): Failed {
  return { code, message, remedy }
}
