import type { Stroke } from '../ink/stroke'

/**
 * Paper with ink on it. `begun` names the drawing while it lies here, from its first stroke until it is cleared away.
 *
 * `at` names its entry in the history: the one that it was found under, until it is changed.
 */
export interface Drawing {
  readonly id: number
  readonly kind: 'paper'
  readonly strokes: readonly Stroke[]
  readonly begun: number
  readonly at: number
}

/** `at` is when it was given, in milliseconds; no two pictures share it. */
export interface Picture {
  readonly id: number
  readonly file: File
  readonly at: number
}

/** What lies on the desk. `id` is never used twice. */
export type Sheet = Drawing | Pictures

/** Pictures given at once; `omitted` says that there were more than are taken. */
export interface Pictures {
  readonly id: number
  readonly kind: 'pictures'
  readonly pictures: readonly Picture[]
  readonly omitted: boolean
}

/** How many pictures are taken at once. */
export const MOST = 64

/** The sheet of now, those before it and those taken back, so that every step can be undone and redone. */
export interface Desk {
  readonly sheet: Sheet
  readonly past: readonly Sheet[]
  readonly future: readonly Sheet[]
  readonly used: number
}

/** `now` is the time in milliseconds, which names a drawing that begins; `at` names the entry that one is laid down from. */
export type Step =
  | { readonly type: 'draw'; readonly stroke: Stroke; readonly now: number }
  | { readonly type: 'lay'; readonly strokes: readonly Stroke[]; readonly now: number; readonly at: number }
  | { readonly type: 'erase'; readonly strokes: readonly Stroke[] }
  | { readonly type: 'show'; readonly files: readonly File[]; readonly now: number }
  | { readonly type: 'clear' | 'undo' | 'redo' }

export const emptyDesk: Desk = { sheet: { id: 0, kind: 'paper', strokes: [], begun: 0, at: 0 }, past: [], future: [], used: 0 }

/** A desk with a drawing on it that was kept before the page was opened `now`. */
export function deskWith(strokes: readonly Stroke[], now: number, at: number): Desk {
  return { ...emptyDesk, sheet: { id: 0, kind: 'paper', strokes, begun: now, at } }
}

/** The desk after one step. */
export function step(desk: Desk, taken: Step): Desk {
  const { sheet } = desk
  const id = desk.used + 1
  switch (taken.type) {
    case 'draw': {
      const before = sheet.kind === 'paper' ? sheet.strokes : []
      const begun = sheet.kind === 'paper' && before.length > 0 ? sheet.begun : taken.now
      return lay(desk, { id, kind: 'paper', strokes: [...before, taken.stroke], begun, at: begun })
    }
    case 'lay':
      return lay(desk, { id, kind: 'paper', strokes: taken.strokes, begun: taken.now, at: taken.at })
    case 'erase':
      return sheet.kind === 'paper' ? lay(desk, { ...sheet, id, strokes: taken.strokes, at: sheet.begun }) : desk
    case 'show': {
      const pictures = taken.files.slice(0, MOST).map((file, i) => ({ id: id + 1 + i, file, at: taken.now + i }))
      return pictures.length > 0 ? lay(desk, { id, kind: 'pictures', pictures, omitted: taken.files.length > MOST }) : desk
    }
    case 'clear':
      return isEmpty(sheet) ? desk : lay(desk, { id, kind: 'paper', strokes: [], begun: 0, at: 0 })
    case 'undo':
      return takeBack(desk)
    case 'redo':
      return takeAgain(desk)
  }
}

/** Whether there is nothing to read on it. */
export function isEmpty(sheet: Sheet): boolean {
  return sheet.kind === 'paper' && sheet.strokes.length === 0
}

function lay(desk: Desk, sheet: Sheet): Desk {
  const used = sheet.kind === 'pictures' ? sheet.id + sheet.pictures.length : sheet.id
  return { sheet, past: [...desk.past, desk.sheet], future: [], used }
}

function takeBack(desk: Desk): Desk {
  const sheet = desk.past.at(-1)
  return sheet ? { ...desk, sheet, past: desk.past.slice(0, -1), future: [desk.sheet, ...desk.future] } : desk
}

function takeAgain(desk: Desk): Desk {
  const [sheet, ...future] = desk.future
  return sheet ? { ...desk, sheet, past: [...desk.past, desk.sheet], future } : desk
}
