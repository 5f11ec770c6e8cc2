import type { Box, Reading } from '../api/types'
import type { Grid } from './grid'

/** A drawing as the API takes it (see `toWire`): strokes of `[x, y]` points, y down, in any unit. */
export type Drawing = readonly (readonly (readonly number[])[])[]

/** One digit of the answer as the network saw it. */
export interface Seen {
  readonly value: number
  /** Where it stands, in the unit of the strokes. */
  readonly box: Box
  /** 28 rows of 28 numbers: 0 is paper, 1 is pen. */
  readonly tile: Float32Array
}

/** The same, and what decided. */
export interface Salient extends Seen {
  /** How much the answer hangs on the ink in each place of the tile: from 0 to 1, which is the most; all 0 if on none. */
  readonly saliency: Float32Array
}

/** How the answer to a drawing came about. */
export interface Explained<Digit extends Seen = Salient> {
  /** What was taken for ink: 0 is paper, 1 is pen. */
  readonly ink: Grid
  readonly digits: readonly Digit[]
  /** Where it looked besides, in the unit of the strokes: everywhere, if the answer was declined. */
  readonly others: readonly Box[]
}

/** A row of places of a tile, to be weighed for its value. */
export interface Row extends Pick<Seen, 'tile' | 'value'> {
  readonly row: number
}

/** The reader could not be fetched or started on this device, or it broke down. Asking again may help. */
export class LocalAway extends Error {
  override readonly name = 'LocalAway'
}

/** What the worker answers to each kind of question. */
export interface Answers {
  readonly prepare: undefined
  readonly glance: Reading
  readonly read: Reading
  readonly see: Explained<Seen>
  readonly weigh: Float32Array
}

/** What each is about. */
interface About {
  readonly prepare: unknown
  readonly glance: { readonly drawing: Drawing }
  readonly read: { readonly drawing: Drawing }
  readonly see: { readonly drawing: Drawing }
  readonly weigh: Row
}
export type Question<Kind extends keyof Answers> = { readonly kind: Kind } & About[Kind]
export type AnyQuestion = { [Kind in keyof Answers]: Question<Kind> }[keyof Answers]
