import { expect, test } from 'vitest'
import { MOST } from '../src/desk/desk'
import { entryOf, isSame, packHistory, remember, unpackHistory } from '../src/desk/history'
import { keep, kept } from '../src/desk/kept'
import { pack, unpack } from '../src/desk/pack'
import type { Stroke } from '../src/ink/stroke'

const strokes: readonly Stroke[] = [{ points: [[1, 2.3, 0.5], [480, 0, 1]], width: 15, pressed: true }]

test('strokes come back as they were kept', () => {
  expect(unpack(JSON.parse(JSON.stringify(pack(strokes))))).toEqual(strokes)
})

test('places are kept to a tenth, pressure to a hundredth', () => {
  expect(pack([{ points: [[1.2345, 6.789, 0.12345]], width: 15, pressed: false }])[0]?.places).toEqual([1.2, 6.8, 0.12])
})

const packed = { width: 15, pressed: false, places: [1, 2, 0.5] }
test.each([
  ['nothing', null],
  ['no list', { 0: packed }],
  ['text', ['M0 0L1 1']],
  ['no places', [{ ...packed, places: [] }]],
  ['half a point', [{ ...packed, places: [1, 2] }]],
  ['a place beside the paper', [{ ...packed, places: [1, 481, 0.5] }]],
  ['no number', [{ ...packed, places: [1, null, 0.5] }]],
  ['no width', [{ places: [1, 2, 0.5], pressed: false }]],
  ['a giant pen', [{ ...packed, width: 1e9 }]],
])('garbage is no drawing: %s', (_, value) => {
  expect(unpack(value)).toBeNull()
})

const reading = { text: '42', confidence: 0.9, reason: null, turned: 0, digits: [] }

test('what is still being drawn takes its own place in the history', () => {
  const first = entryOf(1, 'device', reading, { strokes })
  const second = entryOf(2, 'server', { ...reading, text: '7' }, { name: 'seven.png' })
  const history = remember(remember(remember([], first), second), { ...first, text: '43' })
  expect(history.map(({ text }) => text)).toEqual(['7', '43'])
})

test('a reading is the same while its ink, its picture and its place are', () => {
  const drawn = entryOf(1, 'device', reading, { strokes })
  const given = entryOf(2, 'server', reading, { name: 'seven.png' })
  expect(isSame(drawn, entryOf(1, 'device', reading, { strokes }))).toBe(true)
  expect(isSame(given, entryOf(2, 'server', reading, { name: 'seven.png' }))).toBe(true)
  for (const other of [{ ...drawn, at: 3 }, { ...drawn, where: 'server' as const }, { ...drawn, strokes: [...strokes] }])
    expect(isSame(drawn, other)).toBe(false)
})

test('the history does not grow for ever', () => {
  const entries = Array.from({ length: 150 }, (_, at) => entryOf(at, 'device', reading, { strokes }))
  const history = entries.reduce(remember, [])
  expect(history).toHaveLength(100)
  expect(history[0]?.at).toBe(149)
})

test('pictures given at once leave room in the history for what was read before', () => {
  const entries = Array.from({ length: 1 + MOST }, (_, at) => entryOf(at, 'server', reading, { name: `${at}.png` }))
  expect(entries.reduce(remember, [])).toHaveLength(1 + MOST)
})

test('the history comes back without what is none of it', () => {
  const history = [entryOf(1, 'device', reading, { strokes }), entryOf(0, 'server', reading, { name: 'a.png' })]
  const stored = JSON.parse(JSON.stringify(packHistory(history))) as unknown[]
  expect(unpackHistory([...stored, { at: 'noon' }, null, 3])).toEqual(history)
  expect(unpackHistory('garbage')).toBeNull()
})

test('without storage nothing is kept, and nothing fails', () => {
  expect(keep('drawing', 1)).toBe(false)
  expect(kept('drawing', (value) => value)).toBeNull()
})
