import type { Reading } from '../api/types'
import { ask } from './ask'
import type { Drawing, Explained } from './types'

export { LocalAway, type Drawing, type Explained, type Seen } from './types'

/**
 * Reads a drawing on this device, as the server would; nothing is sent anywhere.
 *
 * Throws `LocalAway`, or the signal's reason once it is aborted; what is aborted while others are
 * read is never begun.
 */
export function readDrawing(drawing: Drawing, signal?: AbortSignal): Promise<Reading> {
  return ask({ kind: 'read', drawing }, signal)
}

/** What the rules alone make of a drawing under way; a glance is quick, and never asks the finder. Throws as `readDrawing`. */
export function glanceAt(drawing: Drawing, signal?: AbortSignal): Promise<Reading> {
  return ask({ kind: 'glance', drawing }, signal)
}

/** What the network saw of a drawing, its digits in the order of the reading. Throws as `readDrawing`. */
export function seenIn(drawing: Drawing, signal?: AbortSignal): Promise<Explained> {
  return ask({ kind: 'see', drawing }, signal)
}

export { keepOffline } from './offline'
