import { expect, test } from 'vitest'
import { erase, eraseAlong } from '../src/desk/erase'
import { outline } from '../src/ink/outline'
import type { Point, Stroke } from '../src/ink/stroke'

const pen = { width: 20, pressed: true }
const line: Stroke = { ...pen, points: [[0, 100, 0.2], [200, 100, 0.8]] }

test('a stroke is cut where the eraser was, half its width beyond', () => {
  const left = erase([line], { x: 100, y: 100, radius: 15 })
  expect(left.map(({ points }) => points.map(([x]) => x))).toEqual([[0, 75], [125, 200]])
  expect(left[0]).toMatchObject(pen)
})

test('the ink that is left ends where the eraser begins', () => {
  for (const stroke of erase([line], { x: 100, y: 100, radius: 15 })) {
    const corners = outline(stroke, true).slice(1).split('Q').map((corner) => corner.split(' ').map(parseFloat))
    const gap = Math.min(...corners.map(([x = NaN, y = NaN]) => Math.hypot(x - 100, y - 100)))
    expect(Math.abs(gap - 15)).toBeLessThan(2)
  }
})

test('pressure at a cut lies between that of its neighbours', () => {
  const [first] = erase([line], { x: 100, y: 100, radius: 15 })
  expect(first?.points.at(-1)?.[2]).toBeCloseTo(0.425)
})

test('an end is shortened, and what is wholly covered is gone', () => {
  const [only, ...others] = erase([line], { x: 0, y: 100, radius: 15 })
  expect(only?.points.map(([x]) => x)).toEqual([25, 200])
  expect(others).toEqual([])
  const dot: Stroke = { ...pen, points: [[50, 50, 0.5]] }
  expect(erase([dot], { x: 55, y: 50, radius: 15 })).toEqual([])
})

test('what is not touched stays the very same', () => {
  const strokes = [line]
  expect(erase(strokes, { x: 100, y: 150, radius: 15 })).toBe(strokes)
  const other: Stroke = { ...pen, points: [[0, 300, 0.5], [200, 300, 0.5]] }
  expect(erase([line, other], { x: 100, y: 100, radius: 15 })[2]).toBe(other)
})

test('a quick eraser leaves no ink between two places', () => {
  const from: Point = [100, 0, 0.5]
  const to: Point = [100, 200, 0.5]
  const left = eraseAlong([line], from, to, 15)
  expect(left).toHaveLength(2)
  for (const { points } of left) for (const [x] of points) expect(Math.abs(x - 100)).toBeGreaterThan(24)
})
