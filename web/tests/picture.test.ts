import { expect, test } from 'vitest'
import { asJson, asText, type Answered } from '../src/picture/answers'
import { inkPixels, TILE, tilePixels } from '../src/picture/heat'
import { stem } from '../src/picture/save'

const reading = (text: string) => ({ text, confidence: 0.9, reason: null, turned: 0, digits: [] })

const problem = { code: 'not_an_image', message: 'c.txt is no picture', remedy: 'Give a PNG.' }
const several: readonly Answered[] = [
  { name: 'a.png', reading: reading('4') },
  { name: 'b.png', reading: { ...reading(''), reason: 'blank' } },
  { name: 'c.txt', error: { ...problem, passing: false } as typeof problem },
]
const why = (answer: Answered) => ('reading' in answer ? String(answer.reading.reason) : answer.error.code)

test('one answer is its text, several stand below their names, with why there is none', () => {
  expect(asText([{ name: 'a.png', reading: reading('4\n2') }], why)).toBe('4\n2')
  expect(asText(several, why)).toBe('a.png\n4\n\nb.png\nblank\n\nc.txt\nnot_an_image\n')
})

test('JSON is the reading, or the readings with their paths as the command line gives them', () => {
  expect(JSON.parse(asJson([{ name: null, reading: reading('4') }]))).toEqual(reading('4'))
  expect(JSON.parse(asJson(several)))
    .toEqual([{ path: 'a.png', ...reading('4') }, { path: 'b.png', ...reading(''), reason: 'blank' }, { path: 'c.txt', error: problem }])
})

test('a name for a file holds nothing that a file system minds', () => {
  expect(stem('My photo: 1/2.jpeg')).toBe('My-photo-1-2')
  expect(stem('.png')).toBe('picture')
})

test('ink of any size is dark on white', () => {
  expect([...inkPixels([0, 1, 0.5])]).toEqual([255, 255, 255, 255, 0, 0, 0, 255, 128, 128, 128, 255])
})

test('ink is black on white, and salient ink is red', () => {
  const tile = new Float32Array(TILE * TILE)
  tile[1] = 1
  expect([...tilePixels(tile, null).slice(0, 8)]).toEqual([255, 255, 255, 255, 0, 0, 0, 255])
  const [red = 0, green = 0] = tilePixels(tile, tile).slice(4)
  expect([red, green]).toEqual([189, 0])
})
