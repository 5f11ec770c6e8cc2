import type { Where } from '../desk/history'
import { isTool, type Tool } from '../desk/tool'
import { useKept } from './useKept'

/** What this browser keeps of its reader's wishes: the tool, where drawings are read, shortcuts of a single key. */
export function useSettings() {
  const [tool, setTool] = useKept<Tool>('tool', parseTool, 'medium')
  const [where, setWhere] = useKept<Where>('where', parseWhere, 'device')
  const [single, setSingle] = useKept('single', parseFlag, true)
  return { tool, setTool, where, setWhere, single, setSingle }
}

const parseTool = (value: unknown) => (isTool(value) ? value : null)
const parseWhere = (value: unknown) => (value === 'device' || value === 'server' ? value : null)
const parseFlag = (value: unknown) => (typeof value === 'boolean' ? value : null)
