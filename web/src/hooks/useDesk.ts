import { useEffect, useMemo, useReducer } from 'react'
import { deskWith, emptyDesk, step, type Desk, type Sheet } from '../desk/desk'
import { isRecord, keep, kept } from '../desk/kept'
import { pack, unpack } from '../desk/pack'
import type { Stroke } from '../ink/stroke'

export interface DeskSteps {
  readonly draw: (stroke: Stroke) => void
  /** Lays down a whole drawing; `at` names its entry in the history, if it has one. */
  readonly lay: (strokes: readonly Stroke[], at?: number) => void
  /** Takes away ink: what is left. */
  readonly erase: (strokes: readonly Stroke[]) => void
  readonly show: (files: readonly File[]) => void
  readonly clear: () => void
  readonly undo: () => void
  readonly redo: () => void
}

/** The sheet on the desk, whether a step can be taken back or again, the highest id in use, and the steps themselves. */
export function useDesk(): { sheet: Sheet; undoable: boolean; redoable: boolean; used: number; steps: DeskSteps } {
  const [desk, take] = useReducer(step, null, deskOfLastTime)
  const { sheet } = desk
  useEffect(() => {
    // Each tab has a paper of its own.
    if (sheet.kind === 'paper') keep('drawing', { at: sheet.at, strokes: pack(sheet.strokes) }, 'sessionStorage')
  }, [sheet])
  const steps = useMemo<DeskSteps>(() => ({
    draw: (stroke) => { take({ type: 'draw', stroke, now: Date.now() }) },
    lay: (strokes, at) => {
      const now = Date.now()
      take({ type: 'lay', strokes, now, at: at ?? now })
    },
    erase: (strokes) => { take({ type: 'erase', strokes }) },
    show: (files) => { take({ type: 'show', files, now: Date.now() }) },
    clear: () => { take({ type: 'clear' }) },
    undo: () => { take({ type: 'undo' }) },
    redo: () => { take({ type: 'redo' }) },
  }), [])
  return { sheet, undoable: desk.past.length > 0, redoable: desk.future.length > 0, used: desk.used, steps }
}

function deskOfLastTime(): Desk {
  return kept('drawing', unpackDesk, 'sessionStorage') ?? emptyDesk
}

function unpackDesk(value: unknown): Desk | null {
  if (!isRecord(value) || typeof value.at !== 'number') return null
  const strokes = unpack(value.strokes)
  return strokes?.length ? deskWith(strokes, Date.now(), value.at) : null
}
