import { useEffect, useEffectEvent } from 'react'

/** Keys in the form of `shortcutOf`, and what each does. */
export type Shortcuts = Readonly<Record<string, () => void>>

/** Runs what belongs to a key, unless a dialog is open or the key is meant for a field. */
export function useShortcuts(shortcuts: Shortcuts, single: boolean): void {
  const act = useEffectEvent((event: KeyboardEvent) => {
    const name = shortcutOf(event)
    const run = shortcuts[name]
    if (!run || dialogOpen()) return
    // A list has keys of its own.
    if (event.target instanceof HTMLSelectElement && !name.startsWith('Mod+')) return
    // A single character could be spoken by accident.
    if (name.length === 1 && !single) return
    event.preventDefault()
    run()
  })
  useEffect(() => {
    window.addEventListener('keydown', act)
    return () => { window.removeEventListener('keydown', act) }
  }, [])
}

/** Whether a dialog lies over the page, so that nothing is meant for the page itself. */
export function dialogOpen(): boolean {
  return document.querySelector('dialog[open]') !== null
}

/** `Mod+z`, `Mod+Shift+z`, `Delete`, `?`: Mod is Ctrl or Cmd, and a character says its Shift itself. */
function shortcutOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): string {
  if (altKey) return ''
  const modified = ctrlKey || metaKey
  const shift = shiftKey && (modified || key.length > 1)
  return `${modified ? 'Mod+' : ''}${shift ? 'Shift+' : ''}${key.length === 1 ? key.toLowerCase() : key}`
}
