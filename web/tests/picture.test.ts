import { expect, test } from 'vitest'
import { asJson, asText } from '../src/picture/answers'
import { TILE, tilePixels } from '../src/picture/heat'
import { stem } from '../src/picture/save'

const reading = (text: string) => ({ text, confidence: 0.9, reason: null, turned: 0, digits: [] })

test('one answer is its text, several stand below their names', () => {
  expect(asText([{ name: 'a.png', reading: reading('4\n2') }])).toBe('4\n2')
  expect(asText([{ name: 'a.png', reading: reading('4') }, { name: 'b.png', reading: reading('2') }])).toBe('a.png\n4\n\nb.png\n2\n')
})

test('JSON is the reading, or the readings with their paths as the command line gives them', () => {
  expect(JSON.parse(asJson([{ name: null, reading: reading('4') }]))).toEqual(reading('4'))
  expect(JSON.parse(asJson([{ name: 'a.png', reading: reading('4') }, { name: 'b.png', reading: reading('2') }])))
    .toEqual([{ path: 'a.png', ...reading('4') }, { path: 'b.png', ...reading('2') }])
})

test('a name for a file holds nothing that a file system minds', () => {
  expect(stem('My photo: 1/2.jpeg')).toBe('My-photo-1-2')
  expect(stem('.png')).toBe('picture')
})

test('ink is black on white, and salient ink is red', () => {
  const tile = new Float32Array(TILE * TILE)
  tile[1] = 1
  expect([...tilePixels(tile, null).slice(0, 8)]).toEqual([255, 255, 255, 255, 0, 0, 0, 255])
  const [red = 0, green = 0] = tilePixels(tile, tile).slice(4)
  expect([red, green]).toEqual([189, 0])
})
