import { useCallback, useState } from 'react'
import type { Sheet } from '../desk/desk'
import type { Where } from '../desk/history'
import { isTool, type Tool } from '../desk/tool'
import { useKept } from './useKept'

/** From which sheet on pictures may be sent: the one it was said of, and those with an `id` above `used`. */
interface Asked {
  readonly id: number
  readonly used: number
}

/**
 * What this browser keeps of its reader's wishes: the tool, where drawings are read, shortcuts of a single key.
 *
 * Pictures, which only the server reads, are for `sending` while drawings are sent too, or where `send` was said of their
 * sheet or before they were given, until the place is chosen anew or no pictures lie on the desk. `used` is the desk's.
 */
export function useSettings(sheet: Sheet, used: number) {
  const [tool, setTool] = useKept<Tool>('tool', parseTool, 'medium')
  const [where, keepWhere] = useKept<Where>('where', parseWhere, 'device')
  const [single, setSingle] = useKept('single', parseFlag, true)
  const [asked, setAsked] = useState<Asked | null>(null)
  if (asked && sheet.kind !== 'pictures') setAsked(null)
  const setWhere = (place: Where) => {
    keepWhere(place)
    setAsked(null)
  }
  const send = useCallback(() => { setAsked({ id: sheet.id, used }) }, [sheet.id, used])
  const sending = where === 'server' || (asked !== null && (sheet.id === asked.id || sheet.id > asked.used))
  return { tool, setTool, where, setWhere, sending, send, single, setSingle }
}

const parseTool = (value: unknown) => (isTool(value) ? value : null)
const parseWhere = (value: unknown) => (value === 'device' || value === 'server' ? value : null)
const parseFlag = (value: unknown) => (typeof value === 'boolean' ? value : null)
