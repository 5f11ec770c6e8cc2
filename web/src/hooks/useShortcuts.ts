import { useEffect } from 'react'

/** Ctrl+Z (or Cmd+Z) takes back; Delete and Escape clear. */
export function useShortcuts(undo: () => void, clear: () => void): void {
  useEffect(() => {
    function act(event: KeyboardEvent) {
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey
      if (plain && (event.key === 'Delete' || event.key === 'Escape')) clear()
      else if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'z') undo()
      else return
      event.preventDefault()
    }
    window.addEventListener('keydown', act)
    return () => { window.removeEventListener('keydown', act) }
  }, [undo, clear])
}
