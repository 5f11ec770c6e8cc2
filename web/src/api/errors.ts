/** The server cannot be reached, or something else answered in its place. */
export class ServerAway extends Error {
  override readonly name = 'ServerAway'
  readonly passing = true
  readonly remedy = 'Check that it is running and that you are connected.'

  constructor() {
    super('The server does not answer')
  }
}

/** No answer, and why: `remedy` says what would be right, `passing` that asking again may help. */
export class Refused extends Error {
  override readonly name = 'Refused'

  constructor(
    readonly code: string,
    message: string,
    readonly remedy: string,
    readonly passing = false,
  ) {
    super(message)
  }
}

export type ReadError = ServerAway | Refused
