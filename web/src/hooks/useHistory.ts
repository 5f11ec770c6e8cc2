import { useCallback, useEffect, useEffectEvent } from 'react'
import { packHistory, remember, unpackHistory, type Entry } from '../desk/history'
import { useKept } from './useKept'
import { useSettled } from './useSettled'

const nothing: readonly Entry[] = []

/** A reading that stands this long is one, in milliseconds; what is still being drawn is none. */
const CALM = 900

/** The readings made on this page, kept in this browser; `newest` is added once it has settled. */
export function useHistory(newest: readonly Entry[]) {
  const [history, change] = useKept('history', unpackHistory, nothing, packHistory)
  const settled = useSettled(newest, CALM)
  const add = useEffectEvent((entries: readonly Entry[]) => {
    if (entries.length > 0) change(entries.reduce(remember, history))
  })
  useEffect(() => { add(settled) }, [settled])
  const clear = useCallback(() => { change(nothing) }, [change])
  return { history, clear }
}
