import { expect, test } from 'vitest'
import { deskWith, emptyDesk, isEmpty, step, type Desk, type Step } from '../src/desk/desk'
import type { Stroke } from '../src/ink/stroke'

const stroke: Stroke = { points: [[1, 2, 0.5]], width: 15, pressed: false }
const draw: Step = { type: 'draw', stroke, now: 1000 }
const show: Step = { type: 'show', files: ['seven.png', 'one.png'].map((name) => new File(['x'], name)), now: 2000 }
const clear: Step = { type: 'clear' }
const undo: Step = { type: 'undo' }
const redo: Step = { type: 'redo' }

const after = (...steps: Step[]): Desk => steps.reduce(step, emptyDesk)

function ink({ sheet }: Desk): number | string {
  return sheet.kind === 'paper' ? sheet.strokes.length : sheet.pictures.map(({ file }) => file.name).join()
}

test('strokes add up, are taken back one by one, and come again', () => {
  expect(ink(after(draw, draw, draw))).toBe(3)
  expect(ink(after(draw, draw, undo))).toBe(1)
  expect(ink(after(draw, undo, undo))).toBe(0)
  expect(ink(after(draw, draw, undo, undo, redo))).toBe(1)
  expect(ink(after(draw, draw, undo, redo, redo))).toBe(2)
})

test('a new step forgets what was taken back', () => {
  const desk = after(draw, draw, undo, draw)
  expect(ink(desk)).toBe(2)
  expect(desk.future).toEqual([])
})

test('clearing, erasing and laying down pictures can be taken back', () => {
  expect(ink(after(draw, draw, clear))).toBe(0)
  expect(ink(after(draw, draw, clear, undo))).toBe(2)
  expect(ink(after(draw, draw, { type: 'erase', strokes: [stroke] }))).toBe(1)
  expect(ink(after(draw, draw, { type: 'erase', strokes: [stroke] }, undo))).toBe(2)
  expect(ink(after(draw, show))).toBe('seven.png,one.png')
  expect(ink(after(draw, show, undo))).toBe(1)
  expect(ink(after(show, draw))).toBe(1)
})

test('clearing an empty sheet and showing no picture are no steps', () => {
  expect(after(clear)).toBe(emptyDesk)
  expect(after(draw, clear, clear).past).toHaveLength(2)
  expect(step(emptyDesk, { type: 'show', files: [], now: 0 })).toBe(emptyDesk)
})

test('no more pictures are taken than can be looked through, and that is told', () => {
  const files = Array.from({ length: 65 }, (_, i) => new File([], `${i}.png`))
  const { sheet } = step(emptyDesk, { type: 'show', files, now: 0 })
  expect(sheet).toMatchObject({ kind: 'pictures', omitted: true })
  expect(sheet.kind === 'pictures' && sheet.pictures.length).toBe(64)
  expect(after(show).sheet).toMatchObject({ omitted: false })
})

test('no two sheets or pictures share an id, and a sheet taken back keeps its own', () => {
  expect(after(draw, draw).sheet.id).not.toBe(after(draw).sheet.id)
  expect(after(draw, draw, undo).sheet.id).toBe(after(draw).sheet.id)
  expect(after(draw, draw, undo, draw).sheet.id).not.toBe(after(draw, draw).sheet.id)
  const { past, sheet } = after(show, show, draw)
  const ids = [...past, sheet].flatMap((each) => [each.id, ...(each.kind === 'pictures' ? each.pictures.map(({ id }) => id) : [])])
  expect(new Set(ids).size).toBe(ids.length)
})

test('a drawing keeps its name until it is cleared away', () => {
  const name = ({ sheet }: Desk) => (sheet.kind === 'paper' ? sheet.begun : null)
  expect(name(after(draw, { ...draw, now: 3000 }))).toBe(1000)
  expect(name(after(draw, clear, { ...draw, now: 3000 }))).toBe(3000)
})

test.each([
  ['kept from before', deskWith([stroke], 1000, 7)],
  ['of the history', after({ type: 'lay', strokes: [stroke], now: 1000, at: 7 })],
])('a drawing %s keeps its entry there until it is changed', (_, desk) => {
  const entry = ({ sheet }: Desk) => (sheet.kind === 'paper' ? sheet.at : null)
  expect(entry(desk)).toBe(7)
  for (const change of [{ ...draw, now: 3000 }, { type: 'erase', strokes: [] } as const]) {
    expect(entry(step(desk, change))).toBe(1000)
    expect(entry(step(step(desk, change), undo))).toBe(7)
  }
  expect(entry(step(step(desk, clear), { ...draw, now: 3000 }))).toBe(3000)
})

test('only paper without ink is empty', () => {
  expect(isEmpty(emptyDesk.sheet)).toBe(true)
  expect(isEmpty(after(draw).sheet)).toBe(false)
  expect(isEmpty(after(show).sheet)).toBe(false)
})
