import type { Box, Reading } from '../api/types'
import type { Grid } from './grid'

/** A drawing as the API takes it (see `toWire`): strokes of `[x, y]` points, y down, in any unit. */
export type Drawing = readonly (readonly (readonly number[])[])[]

/** One digit of the answer as the network saw it; both pictures have 28 rows of 28 numbers. */
export interface Seen {
  readonly value: number
  /** Where it stands, in the unit of the strokes. */
  readonly box: Box
  /** 0 is paper, 1 is pen. */
  readonly tile: Float32Array
  /** How much the answer hangs on the ink here: from 0 to 1, which is the most; all 0 if on none. */
  readonly saliency: Float32Array
}

/** How the answer to a drawing came about. */
export interface Explained {
  /** What was taken for ink: 0 is paper, 1 is pen. */
  readonly ink: Grid
  readonly digits: readonly Seen[]
  /** Where it looked besides, in the unit of the strokes: everywhere, if the answer was declined. */
  readonly others: readonly Box[]
}

/** The reader could not be fetched or started on this device, or it broke down. Asking again may help. */
export class LocalAway extends Error {
  override readonly name = 'LocalAway'
}

/** What the page asks of the worker, and what it is answered. */
export interface Answers {
  readonly prepare: undefined
  readonly glance: Reading
  readonly read: Reading
  readonly see: Explained
}
export interface Question<Kind extends keyof Answers = keyof Answers> {
  readonly kind: Kind
  readonly drawing: Drawing
}
