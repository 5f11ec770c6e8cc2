import { useMemo, useReducer } from 'react'
import { emptyDesk, step, type Sheet } from '../ink/sheet'
import type { Stroke } from '../ink/stroke'

export interface DeskSteps {
  readonly draw: (stroke: Stroke) => void
  readonly show: (file: File) => void
  readonly clear: () => void
  readonly undo: () => void
}

/** The sheet on the desk, whether a step can be taken back, and the steps themselves. */
export function useDesk(): { sheet: Sheet; undoable: boolean; steps: DeskSteps } {
  const [desk, take] = useReducer(step, emptyDesk)
  const steps = useMemo<DeskSteps>(() => ({
    draw: (stroke) => { take({ type: 'draw', stroke }) },
    show: (file) => { take({ type: 'show', file }) },
    clear: () => { take({ type: 'clear' }) },
    undo: () => { take({ type: 'undo' }) },
  }), [])
  return { sheet: desk.sheet, undoable: desk.past.length > 0, steps }
}
