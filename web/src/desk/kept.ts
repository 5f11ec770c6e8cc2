/** What is kept in the browser, under this name and in this form. */
const PREFIX = 'inkdigits.'
const VERSION = 1

/** Where it is kept: for all tabs and visits, or for this tab until it is closed. */
type Store = 'localStorage' | 'sessionStorage'

/** Keeps a value in this browser, and says whether it could: where storage is full or forbidden, the page works without. */
export function keep(name: string, value: unknown, store: Store = 'localStorage'): boolean {
  try {
    window[store].setItem(PREFIX + name, JSON.stringify({ version: VERSION, value }))
    return true
  } catch {
    return false
  }
}

/** What was kept, as `parse` makes it of it; null where there is nothing or nothing usable. */
export function kept<T>(name: string, parse: (value: unknown) => T | null, store: Store = 'localStorage'): T | null {
  try {
    const stored: unknown = JSON.parse(window[store].getItem(PREFIX + name) ?? 'null')
    if (!isRecord(stored) || stored.version !== VERSION) return null
    return parse(stored.value)
  } catch {
    return null
  }
}

/** Calls back when another tab keeps something else under the name; returns what ends that. */
export function whenKept(name: string, changed: () => void): () => void {
  const listen = ({ key }: StorageEvent) => { if (key === null || key === PREFIX + name) changed() }
  window.addEventListener('storage', listen)
  return () => { window.removeEventListener('storage', listen) }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
