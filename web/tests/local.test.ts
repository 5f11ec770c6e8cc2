import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import type { Reading } from '../src/api/types'
import { explain, saliency, weigh } from '../src/local/explain'
import { Network, runtimeFrom } from '../src/local/network'
import { read, type Shelf } from '../src/local/reader'
import type { Drawing } from '../src/local/types'
import goldens from './goldens.json'

/** What readings may differ by, here and in Python. */
const CLOSE = 1e-4
/** What maps of the ink that decided may: they are in shares of the most, which enlarges the last places. */
const CLOSE_MAP = 1e-3

interface Golden {
  readonly name: string
  readonly strokes: Drawing
  readonly reading: Reading
  readonly seen?: readonly { readonly tile: readonly number[]; readonly saliency: readonly number[] }[]
}
const drawings = goldens.drawings as unknown as readonly Golden[]
const files = ['digits', 'finder', 'refiner'].map((name) => readFileSync(`../src/inkdigits/models/${name}.onnx`))

let shelf: Shelf
beforeAll(async () => {
  runtimeFrom(readFileSync('node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm'))
  const [digits, finder, refiner] = await Promise.all(files.map((file) => Network.load(file)))
  if (!digits || !finder || !refiner) throw new Error('There are three models')
  shelf = { digits: () => Promise.resolve(digits), seekers: () => Promise.resolve({ finder, refiner }) }
})

function expectClose(own: readonly number[], golden: readonly number[], by = CLOSE): void {
  expect(own).toHaveLength(golden.length)
  for (const [i, value] of own.entries()) expect(Math.abs(value - (golden[i] ?? NaN)), `number ${i}`).toBeLessThan(by)
}

test('the golden drawings are of these very models; `make goldens` makes them anew', () => {
  expect(files.map((file) => createHash('sha256').update(file).digest('hex'))).toEqual(goldens.models)
})

for (const { name, strokes, reading } of drawings) {
  test(`${name} is read as in Python`, async () => {
    const { reading: own } = await read(shelf, strokes)
    const { digits, confidence, ...rest } = reading
    expect(own).toMatchObject(rest)
    expectClose([own.confidence], [confidence])
    expect(own.digits.map(({ value, box }) => ({ value, box }))).toEqual(digits.map(({ value, box }) => ({ value, box })))
    for (const [i, digit] of digits.entries()) {
      expectClose([own.digits[i]?.confidence ?? NaN], [digit.confidence])
      expectClose(own.digits[i]?.probabilities ?? [], digit.probabilities)
    }
  })
}

for (const { name, strokes, seen } of drawings.filter(({ seen }) => seen)) {
  test(`the network sees of ${name} what it sees in Python, and hangs on the same ink`, async () => {
    const digits = await shelf.digits()
    const { digits: own } = await explain(digits, await read(shelf, strokes))
    expect(own).toHaveLength(seen?.length ?? NaN)
    for (const [i, { tile, value }] of own.entries()) {
      expectClose(Array.from(tile), seen?.[i]?.tile ?? [])
      const salient = await saliency((row) => weigh(digits, { tile, value, row }))
      expectClose(Array.from(salient), seen?.[i]?.saliency ?? [], CLOSE_MAP)
    }
  }, 60_000)
}
