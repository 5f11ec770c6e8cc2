import type { Reading } from '../api/types'
import type { Stroke } from '../ink/stroke'
import { isRecord, keep } from './kept'
import { pack, unpack } from './pack'

export type Where = 'device' | 'server'

/** One reading made on this page. `name` is that of the picture; a drawing has its strokes. */
export interface Entry {
  /** When it was begun, in milliseconds; no two entries share it. */
  readonly at: number
  readonly where: Where
  readonly text: string
  readonly confidence: number
  readonly reason: string | null
  readonly name: string | null
  readonly strokes: readonly Stroke[]
}

/** As many as fit well below what a browser keeps for a page, and more than are given at once. */
export const MOST = 100

const NONE: readonly Stroke[] = []

export function entryOf(at: number, where: Where, reading: Reading, of: { name: string } | { strokes: readonly Stroke[] }): Entry {
  const { text, confidence, reason } = reading
  const [name, strokes] = 'name' in of ? [of.name, NONE] : [null, of.strokes]
  return { at, where, text, confidence, reason, name, strokes }
}

/** The history with an entry in it, newest first; what is still being drawn takes its own place again. */
export function remember(history: readonly Entry[], entry: Entry): readonly Entry[] {
  return [entry, ...history.filter(({ at }) => at !== entry.at)].sort((a, b) => b.at - a.at).slice(0, MOST)
}

/** Whether both are of the same reading: of the same ink or picture, read in the same place. */
export function isSame(one: Entry, other: Entry): boolean {
  return one.at === other.at && one.where === other.where && one.strokes === other.strokes
}

/** Keeps as much of the history as there is room for, the newest of it, and returns that; null where none can be kept. */
export function keepHistory(history: readonly Entry[]): readonly Entry[] | null {
  if (keep('history', packHistory(history))) return history
  // A tenth at a time, so that there is room for the next, too.
  return history.length > 1 ? keepHistory(history.slice(0, Math.floor(history.length * 0.9))) : null
}

export function packHistory(history: readonly Entry[]): unknown {
  return history.map((entry) => ({ ...entry, strokes: pack(entry.strokes) }))
}

/** The entries that were packed; those that are none of ours are left out. */
export function unpackHistory(value: unknown): readonly Entry[] | null {
  return Array.isArray(value) ? value.flatMap((entry) => unpackEntry(entry) ?? []) : null
}

function unpackEntry(value: unknown): Entry | null {
  if (!isRecord(value)) return null
  const { at, where, text, confidence, reason, name } = value
  const strokes = unpack(value.strokes)
  if (typeof at !== 'number' || typeof text !== 'string' || typeof confidence !== 'number' || !strokes) return null
  if (where !== 'device' && where !== 'server') return null
  return { at, where, text, confidence, reason: orNull(reason), name: orNull(name), strokes }
}

function orNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
