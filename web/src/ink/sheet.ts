import type { Stroke } from './stroke'

/** What lies on the table: paper with ink on it, or a picture. `id` is never used twice. */
export type Sheet =
  | { readonly id: number; readonly kind: 'paper'; readonly strokes: readonly Stroke[] }
  | { readonly id: number; readonly kind: 'picture'; readonly file: File }

/** The sheet of now, and those before it, so that every step can be taken back. */
export interface Desk {
  readonly sheet: Sheet
  readonly past: readonly Sheet[]
  readonly used: number
}

export type Step =
  | { readonly type: 'draw'; readonly stroke: Stroke }
  | { readonly type: 'show'; readonly file: File }
  | { readonly type: 'clear' }
  | { readonly type: 'undo' }

export const emptyDesk: Desk = { sheet: { id: 0, kind: 'paper', strokes: [] }, past: [], used: 0 }

/** The desk after one step. */
export function step(desk: Desk, taken: Step): Desk {
  const { sheet } = desk
  const id = desk.used + 1
  switch (taken.type) {
    case 'draw': {
      const strokes = sheet.kind === 'paper' ? sheet.strokes : []
      return lay(desk, { id, kind: 'paper', strokes: [...strokes, taken.stroke] })
    }
    case 'show':
      return lay(desk, { id, kind: 'picture', file: taken.file })
    case 'clear':
      return isEmpty(sheet) ? desk : lay(desk, { id, kind: 'paper', strokes: [] })
    case 'undo':
      return takeBack(desk)
  }
}

/** Whether there is nothing to read on it. */
export function isEmpty(sheet: Sheet): boolean {
  return sheet.kind === 'paper' && sheet.strokes.length === 0
}

function lay(desk: Desk, sheet: Sheet): Desk {
  return { sheet, past: [...desk.past, desk.sheet], used: sheet.id }
}

function takeBack(desk: Desk): Desk {
  const sheet = desk.past.at(-1)
  return sheet ? { ...desk, sheet, past: desk.past.slice(0, -1) } : desk
}
