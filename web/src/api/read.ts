import { toWire } from '../ink/stroke'
import type { Sheet } from '../ink/sheet'
import { Refused, ServerAway } from './errors'
import type { ErrorBody, Reading } from './types'

/** Longest wait for an answer, in milliseconds. */
const PATIENCE = 30_000

/**
 * Asks the server what is written on a sheet.
 *
 * Throws `ServerAway` when it cannot be reached, `Refused` when it will not read this.
 */
export async function read(
  sheet: Sheet,
  signal: AbortSignal,
  base: string = document.baseURI,
  patience = PATIENCE,
): Promise<Reading> {
  const request = await requestFor(sheet)
  const limited = AbortSignal.any([signal, AbortSignal.timeout(patience)])
  try {
    const response = await fetch(new URL('api/v1/read', base), { ...request, method: 'POST', signal: limited })
    return await readingFrom(response)
  } catch (error) {
    if (signal.aborted || error instanceof Refused || error instanceof ServerAway) throw error
    throw new ServerAway()
  }
}

async function requestFor(sheet: Sheet): Promise<RequestInit> {
  if (sheet.kind === 'paper') {
    const body = JSON.stringify({ strokes: toWire(sheet.strokes) })
    return { body, headers: { 'Content-Type': 'application/json' } }
  }
  const { file } = sheet
  const bytes = await bytesOf(file)
  if (file.type.startsWith('image/')) return { body: bytes, headers: { 'Content-Type': file.type } }
  const form = new FormData()
  form.append('image', new Blob([bytes], { type: 'application/octet-stream' }), file.name)
  return { body: form }
}

async function bytesOf(file: File): Promise<ArrayBuffer> {
  try {
    return await file.arrayBuffer()
  } catch {
    throw new Refused('file_unreadable', `${file.name} could not be opened`, 'Choose one picture file.')
  }
}

async function readingFrom(response: Response): Promise<Reading> {
  const body: unknown = await response.json().catch(() => null)
  if (response.ok && isReading(body)) return body
  if (isErrorBody(body)) {
    const { code, message, remedy } = body.error
    throw new Refused(code, message, remedy, response.status >= 500)
  }
  throw new ServerAway()
}

function isReading(body: unknown): body is Reading {
  return typeof body === 'object' && body !== null && 'text' in body && 'digits' in body
}

function isErrorBody(body: unknown): body is ErrorBody {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false
  const { error } = body
  return typeof error === 'object' && error !== null && 'message' in error && 'remedy' in error
}
