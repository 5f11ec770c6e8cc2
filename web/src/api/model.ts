import type { Cards } from './types'

/** The SHA-256 of the digit model that the server reads with; null if it cannot be told. */
export async function serversModel(signal: AbortSignal, base: string = document.baseURI): Promise<string | null> {
  const response = await fetch(new URL('api/v1/model', base), { signal }).catch(() => null)
  if (!response?.ok) return null
  const cards = await response.json().catch(() => null) as Partial<Cards> | null
  return cards?.digits?.sha256 ?? null
}
