import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { isSame, keepHistory, remember, unpackHistory, type Entry } from '../desk/history'
import { keep, kept, whenKept } from '../desk/kept'
import { useSettled } from './useSettled'

/** A reading that stands this long is one, in milliseconds; what is still being drawn is none. */
const CALM = 900

/**
 * The readings made on this page, kept in this browser for all its tabs; `newest` is added once it has settled.
 *
 * What is cleared stays away, though it may still lie on the desk, until it is changed.
 */
export function useHistory(newest: readonly Entry[]) {
  const [history, setHistory] = useState(historyOfNow)
  const isKept = useRef(true)
  const added = useRef<readonly Entry[]>(null)
  const settled = useSettled(newest, CALM)

  const change = (next: readonly Entry[]) => {
    const left = keepHistory(next)
    isKept.current = left !== null
    setHistory(left ?? next)
  }
  const add = useEffectEvent((entries: readonly Entry[]) => {
    if (entries.length === 0) return
    const before = added.current ?? entries.filter(({ at }) => at <= clearedAt())
    const more = entries.filter((entry) => !before.some((old) => isSame(old, entry)))
    added.current = entries
    // Another tab may have written since.
    if (more.length > 0) change(more.reduce(remember, isKept.current ? historyOfNow() : history))
  })
  useEffect(() => { add(settled) }, [settled])
  useEffect(() => whenKept('history', () => { setHistory(historyOfNow()) }), [])
  const clear = () => {
    change([])
    // Now there is room for it.
    keep('cleared', Date.now())
  }
  return { history, clear }
}

function historyOfNow(): readonly Entry[] {
  return kept('history', unpackHistory) ?? []
}

function clearedAt(): number {
  return kept('cleared', (value) => (typeof value === 'number' ? value : null)) ?? 0
}
