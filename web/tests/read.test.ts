import { createServer, type IncomingMessage, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { Refused, ServerAway } from '../src/api/errors'
import { explain, read, type Given } from '../src/api/read'

const paper: Given = {
  kind: 'paper',
  strokes: [{ points: [[1.23, 4, 0.5], [5, 6, 0.5]], width: 15, pressed: false }],
}
const seven = { text: '7', confidence: 0.99, reason: null, turned: 0, digits: [] }
const calm = new AbortController().signal

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

interface Heard {
  path: string | undefined
  type: string | undefined
  body: string
}

/** A server that gives every request the same answer; returns its address and what it heard. */
async function answering(status: number, body: string | null): Promise<{ base: string; heard: Heard[] }> {
  const heard: Heard[] = []
  server = createServer((request, response) => {
    void textOf(request).then((text) => {
      heard.push({ path: request.url, type: request.headers['content-type'], body: text })
      if (body !== null) response.writeHead(status, { 'Content-Type': 'application/json' }).end(body)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/below/`, heard }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

const picture = (name: string, type: string): Given => ({ kind: 'picture', file: new File(['bytes'], name, { type }) })

test('ink is sent as strokes, below the path of the page', async () => {
  const { base, heard } = await answering(200, JSON.stringify(seven))
  expect(await read(paper, calm, base)).toEqual(seven)
  expect(heard).toEqual([
    { path: '/below/api/v1/read', type: 'application/json', body: '{"strokes":[[[1.2,4],[5,6]]]}' },
  ])
})

test('a picture is sent as its bytes with its type', async () => {
  const { base, heard } = await answering(200, JSON.stringify(seven))
  await read(picture('7.webp', 'image/webp'), calm, base)
  expect(heard).toEqual([{ path: '/below/api/v1/read', type: 'image/webp', body: 'bytes' }])
})

test.each(['', 'application/pdf'])('a file of type "%s" is sent as a form, with its name', async (type) => {
  const { base, heard } = await answering(200, JSON.stringify(seven))
  await read(picture('seven.pgm', type), calm, base)
  expect(heard[0]?.type).toMatch(/^multipart\/form-data; boundary=/)
  expect(heard[0]?.body).toContain('name="image"; filename="seven.pgm"')
  expect(heard[0]?.body).toContain('Content-Type: application/octet-stream')
})

test.each([
  [415, false],
  [408, true],
  [429, true],
  [503, true],
])('a refusal with %i carries its code, message and remedy; asking again may help: %s', async (status, passing) => {
  const problem = { status, code: 'not_an_image', detail: 'This is no picture', remedy: 'Give a PNG.' }
  const { base } = await answering(status, JSON.stringify(problem))
  const failure = await read(paper, calm, base).catch((thrown: unknown) => thrown)
  expect(failure).toBeInstanceOf(Refused)
  expect(failure).toMatchObject({ code: problem.code, message: problem.detail, remedy: problem.remedy, passing })
})

test.each([
  [502, '<html>Bad gateway</html>'],
  [503, ''],
  [504, '{}'],
  [404, 'Not found'],
  [200, '<html>Sign in to this network</html>'],
  [200, '{"hello": "world"}'],
  [200, '{"text": "7", "confidence": 0.99, "reason": null, "turned": 0, "digits": null}'],
  [200, '{"text": "7", "confidence": 0.99, "reason": null, "turned": 0, "digits": [{}]}'],
])('an answer %i that is none of ours (%s) means the server is away', async (status, body) => {
  const { base } = await answering(status, body)
  await expect(read(paper, calm, base)).rejects.toBeInstanceOf(ServerAway)
})

test.each([
  [401, 'forbidden', false],
  [403, 'forbidden', false],
  [413, 'too_many_bytes', false],
  [429, 'rate_limited', true],
])('a proxy that refuses with %i is not said to be silence (%s); asking again may help: %s', async (status, code, passing) => {
  const { base } = await answering(status, '<html>nginx</html>')
  await expect(read(paper, calm, base)).rejects.toMatchObject({ name: 'Refused', code, passing })
})

test('steps of another shape are none of ours', async () => {
  const { base } = await answering(200, JSON.stringify({ ...seven, explanation: { ink: 'data:', boxes: 'data:', digits: [null] } }))
  await expect(explain(paper, calm, base)).rejects.toBeInstanceOf(ServerAway)
})

test('a closed port means the server is away', async () => {
  const { base } = await answering(200, '{}')
  server?.close()
  await expect(read(paper, calm, base)).rejects.toBeInstanceOf(ServerAway)
})

test('a server that stays silent is away', async () => {
  const { base } = await answering(200, null)
  await expect(read(paper, calm, base, 50)).rejects.toBeInstanceOf(ServerAway)
})

test('a picture that takes too long is not said to have met no server, and asking again may help', async () => {
  const { base } = await answering(200, null)
  await expect(read(picture('7.webp', 'image/webp'), calm, base, 50)).rejects.toMatchObject({ code: 'too_slow', passing: true })
})

test('a request that was given up is no failure of the server', async () => {
  const { base, heard } = await answering(200, null)
  const given = new AbortController()
  const asked = read(paper, given.signal, base)
  await expect.poll(() => heard.length).toBe(1)
  given.abort()
  await expect(asked).rejects.toHaveProperty('name', 'AbortError')
})
