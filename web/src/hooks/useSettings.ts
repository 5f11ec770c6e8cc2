import { useCallback, useState } from 'react'
import type { Where } from '../desk/history'
import { isTool, type Tool } from '../desk/tool'
import { useKept } from './useKept'

/**
 * What this browser keeps of its reader's wishes: the tool, where drawings are read, shortcuts of a single key.
 *
 * Pictures, which only the server reads, are for `sending` while drawings are sent too, or from `send` on until the
 * place is chosen anew or no `pictures` lie on the desk.
 */
export function useSettings(pictures: boolean) {
  const [tool, setTool] = useKept<Tool>('tool', parseTool, 'medium')
  const [where, keepWhere] = useKept<Where>('where', parseWhere, 'device')
  const [single, setSingle] = useKept('single', parseFlag, true)
  const [asked, setAsked] = useState(false)
  if (asked && !pictures) setAsked(false)
  const setWhere = (place: Where) => {
    keepWhere(place)
    setAsked(false)
  }
  const send = useCallback(() => { setAsked(true) }, [])
  return { tool, setTool, where, setWhere, sending: asked || where === 'server', send, single, setSingle }
}

const parseTool = (value: unknown) => (isTool(value) ? value : null)
const parseWhere = (value: unknown) => (value === 'device' || value === 'server' ? value : null)
const parseFlag = (value: unknown) => (typeof value === 'boolean' ? value : null)
