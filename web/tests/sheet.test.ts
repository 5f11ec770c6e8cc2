import { expect, test } from 'vitest'
import { emptyDesk, isEmpty, step, type Desk, type Step } from '../src/ink/sheet'
import type { Stroke } from '../src/ink/stroke'

const stroke: Stroke = { points: [[1, 2, 0.5]], width: 15, pressed: false }
const draw: Step = { type: 'draw', stroke }
const show: Step = { type: 'show', file: new File(['x'], 'seven.png', { type: 'image/png' }) }
const clear: Step = { type: 'clear' }
const undo: Step = { type: 'undo' }

const after = (...steps: Step[]): Desk => steps.reduce(step, emptyDesk)

function ink({ sheet }: Desk): number | string {
  return sheet.kind === 'paper' ? sheet.strokes.length : sheet.file.name
}

test('strokes add up and are taken back one by one', () => {
  expect(ink(after(draw, draw, draw))).toBe(3)
  expect(ink(after(draw, draw, undo))).toBe(1)
  expect(ink(after(draw, undo, undo))).toBe(0)
})

test('clearing and laying down a picture can be taken back', () => {
  expect(ink(after(draw, draw, clear))).toBe(0)
  expect(ink(after(draw, draw, clear, undo))).toBe(2)
  expect(ink(after(draw, show))).toBe('seven.png')
  expect(ink(after(draw, show, undo))).toBe(1)
  expect(ink(after(show, draw))).toBe(1)
})

test('clearing an empty sheet is no step', () => {
  expect(after(clear)).toBe(emptyDesk)
  expect(after(draw, clear, clear).past).toHaveLength(2)
})

test('two different sheets never share an id, and a sheet taken back keeps its own', () => {
  expect(after(draw, draw).sheet.id).not.toBe(after(draw).sheet.id)
  expect(after(draw, draw, undo).sheet.id).toBe(after(draw).sheet.id)
  expect(after(draw, draw, undo, draw).sheet.id).not.toBe(after(draw, draw).sheet.id)
})

test('only paper without ink is empty', () => {
  expect(isEmpty(emptyDesk.sheet)).toBe(true)
  expect(isEmpty(after(draw).sheet)).toBe(false)
  expect(isEmpty(after(show).sheet)).toBe(false)
})
