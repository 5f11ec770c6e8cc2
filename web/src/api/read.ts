import { toWire, type Stroke } from '../ink/stroke'
import { shrunk } from '../picture/shrink'
import { Refused, ServerAway } from './errors'
import { isExplanation, isProblem, isReading } from './shape'
import type { Box, Explanation, Reading } from './types'

/** What there is to read: ink, or a picture file. */
export type Given =
  | { readonly kind: 'paper'; readonly strokes: readonly Stroke[] }
  | { readonly kind: 'picture'; readonly file: File }

/** Statuses of refusals that hold only for a while, besides those from 500 on: sent too slowly, asked too often. */
const PASSING = [408, 429]

/** What a refusal by a proxy in front of the server means, by its status. */
const BY_PROXY: Readonly<Record<number, readonly [code: string, message: string, remedy: string]>> = {
  401: ['forbidden', 'Access to the server is refused', 'Ask whoever runs it.'],
  403: ['forbidden', 'Access to the server is refused', 'Ask whoever runs it.'],
  413: ['too_many_bytes', 'The file is too large', 'Save the picture smaller, or as JPEG.'],
  429: ['rate_limited', 'Too many pictures in a short time', 'Wait a little, then try again.'],
}

/** Refusals that a smaller picture need not meet. */
const TOO_LARGE = ['too_many_bytes', 'too_many_pixels']

/** Longest wait for an answer, in milliseconds: longer than the server waits for a request, so that its own word comes. */
const PATIENCE = 60_000

/**
 * Asks the server what is written there; a picture that it finds too large is sent once more, smaller.
 *
 * Throws `ServerAway` when it cannot be reached, `Refused` when it, or a proxy before it, will not read this, or a
 * picture takes too long.
 */
export async function read(given: Given, signal: AbortSignal, base?: string, patience?: number): Promise<Reading> {
  return ask('api/v1/read', given, signal, base, patience)
}

/** Asks the server for the steps to its answer, as pictures; throws as `read`. */
export async function explain(given: Given, signal: AbortSignal, base?: string): Promise<Explanation> {
  const { explanation } = await ask('api/v1/read?explain=true', given, signal, base)
  if (!isExplanation(explanation)) throw new ServerAway()
  return explanation
}

async function ask(route: string, given: Given, ...how: How): Promise<Reading> {
  try {
    return await askOnce(route, given, ...how)
  } catch (error) {
    if (given.kind === 'paper' || !(error instanceof Refused && TOO_LARGE.includes(error.code))) throw error
    const smaller = await shrunk(given.file)
    if (!smaller) throw error
    const reading = await askOnce(route, { kind: 'picture', file: smaller.file }, ...how)
    return { ...reading, digits: reading.digits.map((digit) => ({ ...digit, box: enlarged(digit.box, smaller.times) })) }
  }
}

function enlarged({ x, y, width, height }: Box, times: number): Box {
  const [left, top, right, bottom] = [x, y, x + width, y + height].map((place) => Math.round(place * times)) as [number, number, number, number]
  return { x: left, y: top, width: right - left, height: bottom - top }
}

type How = [signal: AbortSignal, base?: string, patience?: number]

async function askOnce(
  route: string,
  given: Given,
  ...[signal, base = document.baseURI, patience = PATIENCE]: How
): Promise<Reading> {
  const request = await requestFor(given)
  const late = AbortSignal.timeout(patience)
  try {
    const response = await fetch(new URL(route, base), { ...request, method: 'POST', signal: AbortSignal.any([signal, late]) })
    return await readingFrom(response)
  } catch (error) {
    if (signal.aborted || error instanceof Refused || error instanceof ServerAway) throw error
    // A drawing is sent in no time.
    if (late.aborted && given.kind === 'picture') throw new Refused('too_slow', 'It took too long', 'Save the picture smaller.', true)
    throw new ServerAway()
  }
}

async function requestFor(given: Given): Promise<RequestInit> {
  if (given.kind === 'paper') {
    const body = JSON.stringify({ strokes: toWire(given.strokes) })
    return { body, headers: { 'Content-Type': 'application/json' } }
  }
  const { file } = given
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
  const passing = response.status >= 500 || PASSING.includes(response.status)
  if (isProblem(body)) throw new Refused(body.code, body.detail, body.remedy, passing)
  const proxys = BY_PROXY[response.status]
  throw proxys ? new Refused(...proxys, passing) : new ServerAway()
}
