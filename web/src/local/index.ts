import type { Reading } from '../api/types'
import { ask, askLast } from './ask'
import { saliency } from './explain'
import type { Drawing, Explained, Salient } from './types'

export { LocalAway, type Drawing, type Explained } from './types'

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

/**
 * What the network saw of a drawing, its digits in the order of the reading; what is drawn meanwhile is read first.
 *
 * Throws as `readDrawing`.
 */
export async function seenIn(drawing: Drawing, signal: AbortSignal): Promise<Explained> {
  const { ink, digits, others } = await askLast({ kind: 'see', drawing }, signal)
  const salient: Salient[] = []
  for (const digit of digits) {
    const { tile, value } = digit
    salient.push({ ...digit, saliency: await saliency((row) => askLast({ kind: 'weigh', tile, value, row }, signal)) })
  }
  return { ink, digits: salient, others }
}

export { keepOffline } from './offline'
