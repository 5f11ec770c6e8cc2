/** A rectangle in pixels of the upright picture, or in the units of the strokes. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Digit {
  readonly value: number
  readonly confidence: number
  /** Ten of them, for 0 to 9; their sum is 1. */
  readonly probabilities: readonly number[]
  readonly box: Box
}

/**
 * What the server read. `reason` says why there is no answer: `blank`, `not_a_digit`, `too_faint`,
 * `cut_off` or `ambiguous`. `turned` is by how many degrees clockwise the picture is turned.
 */
export interface Reading {
  readonly text: string
  readonly confidence: number
  readonly reason: string | null
  readonly turned: number
  readonly digits: readonly Digit[]
}

/** The one shape of every refusal. */
export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string }
}
