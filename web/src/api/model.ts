import type { Cards } from './types'

/** The SHA-256 of the digit model that the server reads with. Rejects where it cannot be told. */
export async function serversModel(signal: AbortSignal, base: string = document.baseURI): Promise<string> {
  const response = await fetch(new URL('api/v1/model', base), { signal })
  const { digits } = await response.json() as Cards
  return digits.sha256
}
