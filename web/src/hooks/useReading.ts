import { CancelledError, useQuery } from '@tanstack/react-query'
import type { ReadError } from '../api/errors'
import { read } from '../api/read'
import type { Reading } from '../api/types'
import type { Drawing } from '../desk/desk'
import type { Where } from '../desk/history'
import { toWire, type Stroke } from '../ink/stroke'
import { LocalAway, glanceAt, readDrawing } from '../local'

/** What is known of a sheet. Pictures are `unsent` until the server may read them. */
export type Outcome =
  | { readonly kind: 'empty' }
  | { readonly kind: 'unsent' }
  | { readonly kind: 'pending' }
  /** `provisional` if the sheet has changed since, or is about to: not to be told or kept. */
  | { readonly kind: 'read'; readonly reading: Reading; readonly provisional: boolean }
  | { readonly kind: 'failed'; readonly error: Failure; readonly again: () => unknown }

/** `code` finds its words; `passing` says that asking again may help. */
export type Failure = Pick<ReadError, 'message' | 'remedy' | 'passing'> & { readonly code: string }

/** Ink under way: `version` changes with it. */
export interface Live {
  readonly version: number
  readonly strokes: readonly Stroke[]
}

/** Long enough for the page to be left alone with what was read, in milliseconds. */
const KEPT = 60_000

/** What a drawing is called during its first stroke. */
const UNNAMED = 0

/** Reads a drawing: on this device as it is being drawn, or by the server stroke by stroke. */
export function useReading(drawing: Drawing, live: Live | null, where: Where): Outcome {
  const shown = where === 'device' && live ? live : { strokes: drawing.strokes, version: 0 }
  const empty = shown.strokes.length === 0
  const query = useQuery<Reading>({
    queryKey: ['drawing', where, drawing.begun, drawing.id, shown.version],
    queryFn: ({ signal }) => where === 'device'
      ? (live ? glanceAt : readDrawing)(toWire(shown.strokes), signal)
      : read({ kind: 'paper', strokes: shown.strokes }, signal),
    enabled: !empty,
    gcTime: KEPT,
    // On the device the next answer is a blink away, so the last one stays until then.
    placeholderData: (last, asked) =>
      asked?.queryKey[1] === 'device' && where === 'device' && [drawing.begun, UNNAMED].includes(asked.queryKey[2] as number) ? last : undefined,
  })
  if (empty) return { kind: 'empty' }
  const outcome = outcomeOf(query, query.refetch)
  return live && outcome.kind === 'read' ? { ...outcome, provisional: true } : outcome
}

interface Asked {
  readonly data: Reading | undefined
  readonly error: Error | null
  readonly isFetching: boolean
  readonly isPlaceholderData: boolean
}

export function outcomeOf({ data, error, isFetching, isPlaceholderData }: Asked, again: () => unknown): Outcome {
  if (data && (!isFetching || isPlaceholderData)) return { kind: 'read', reading: data, provisional: isPlaceholderData }
  if (error && !isFetching) return { kind: 'failed', error: failureOf(error), again }
  return { kind: 'pending' }
}

export function failureOf(error: Error): Failure {
  const { message } = error
  if (error instanceof LocalAway) return { code: 'local_away', message, remedy: '', passing: true }
  if (error instanceof CancelledError) return { code: 'given_up', message: 'The reading was given up', remedy: '', passing: true }
  const { code = 'server_away', remedy = '', passing = true } = error as Partial<Failure>
  return { code, message, remedy, passing }
}
