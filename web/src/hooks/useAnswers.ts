import { useMemo, useState } from 'react'
import type { Drawing, Picture, Sheet } from '../desk/desk'
import { entryOf, type Entry, type Where } from '../desk/history'
import { usePictureReadings } from './usePictureReadings'
import { useReading, type Live, type Outcome } from './useReading'

const blank: Drawing = { id: -1, kind: 'paper', strokes: [], begun: 0, at: 0 }
const none: readonly Picture[] = []

export interface Answers {
  /** One for each picture, or one for the drawing. */
  readonly outcomes: readonly Outcome[]
  /** That of the picture that is shown, or of the drawing. */
  readonly outcome: Outcome
  /** Which picture is shown, and which of its digits is chosen. */
  readonly picture: number
  readonly digit: number
  readonly show: (picture: number) => void
  readonly choose: (digit: number) => void
  /** What there is to remember. */
  readonly entries: readonly Entry[]
}

/** What is read on a sheet, pictures if they are for `sending` (which `send` makes them), and what of it is being looked at. */
export function useAnswers(sheet: Sheet, live: Live | null, where: Where, sending: boolean, send: () => void): Answers {
  const drawing = sheet.kind === 'paper' ? sheet : blank
  const pictures = sheet.kind === 'pictures' ? sheet.pictures : none
  const drawn = useReading(drawing, live, where)
  const read = usePictureReadings(pictures, sending, send)
  const [look, setLook] = useState({ sheet: 0, picture: 0, digit: 0 })
  const { picture, digit } = look.sheet === sheet.id ? look : { picture: 0, digit: 0 }

  const drawnReading = drawn.kind === 'read' && !drawn.provisional ? drawn.reading : null
  const entries = useMemo(() => [
    ...(drawnReading ? [entryOf(drawing.at, where, drawnReading, drawing)] : []),
    ...pictures.flatMap(({ at, file }, i) => {
      const outcome = read[i]
      return outcome?.kind === 'read' ? [entryOf(at, 'server', outcome.reading, file)] : []
    }),
  ], [drawing, drawnReading, where, pictures, read])

  const outcomes = sheet.kind === 'paper' ? [drawn] : read
  const outcome: Outcome = outcomes[picture] ?? { kind: 'pending' }
  // Another reading of it may have fewer.
  const last = outcome.kind === 'read' ? Math.max(outcome.reading.digits.length - 1, 0) : digit
  return {
    outcomes,
    outcome,
    picture,
    digit: Math.min(digit, last),
    show: (index) => { setLook({ sheet: sheet.id, picture: index, digit: 0 }) },
    choose: (index) => { setLook({ sheet: sheet.id, picture, digit: index }) },
    entries,
  }
}
