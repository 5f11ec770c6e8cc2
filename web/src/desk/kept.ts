/** What is kept in the browser, under this name and in this form. */
const PREFIX = 'inkdigits.'
const VERSION = 1

/** Keeps a value in this browser; where storage is full or forbidden, it is simply not kept. */
export function keep(name: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify({ version: VERSION, value }))
  } catch {
    // The page works without.
  }
}

/** What was kept, as `parse` makes it of it; null where there is nothing or nothing usable. */
export function kept<T>(name: string, parse: (value: unknown) => T | null): T | null {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(PREFIX + name) ?? 'null')
    if (!isRecord(stored) || stored.version !== VERSION) return null
    return parse(stored.value)
  } catch {
    return null
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
