import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { asOne, asSeveral } from '../src/local/agree'
import { cardOf } from '../src/local/card'
import { reasonOf, threshold } from '../src/local/decline'
import { gridOf, turned } from '../src/local/grid'
import { choose, type Candidate } from '../src/local/guidance'
import { inLines, wideGaps } from '../src/local/lines'
import { median, round } from '../src/local/numbers'
import { connected } from '../src/local/parts'
import { withoutSigns } from '../src/local/signs'
import { render } from '../src/local/strokes'

function drawn(...rows: string[]) {
  return gridOf(rows.length, rows[0]?.length ?? 0, (x, y) => (rows[y]?.[x] === '#' ? 1 : 0))
}

function candidate(exists: number, value: number, x = 0): Candidate {
  const probabilities = Float32Array.from({ length: 10 }, (_, digit) => (digit === value ? 0.91 : 0.01))
  return { box: { x, y: 10, width: 10, height: 20 }, exists, probabilities, ink: gridOf(1, 1, () => 1) }
}

test('one glyph is read by the rules, which count four fifths, and the finder', () => {
  const [ruled, found] = [candidate(0.6, 4), candidate(0.9, 9, 7)]
  const both = asOne(ruled, found)
  expect([both.box, both.exists]).toEqual([ruled.box, found.exists])
  expect((both.probabilities[4] ?? 0) / (both.probabilities[9] ?? 0)).toBeCloseTo(91 ** 0.6, 3)
  expect(both.probabilities.reduce((whole, share) => whole + share, 0)).toBeCloseTo(1, 5)
})

test('several glyphs are read by both, if they are the same places', () => {
  const ruled = [candidate(0.9, 7, 40), candidate(0.6, 4), candidate(0.9, 1, 20)]
  const found = [candidate(0.9, 9, 1), candidate(0.9, 1, 22), candidate(0.9, 7, 41)]
  const doubtful = candidate(0.4, 1, 33)
  const both = asSeveral(ruled, [], found, [[...found.slice(0, 2), doubtful], found.slice(2)])
  expect(both.map((line) => line.map(({ box, exists }) => [box.x, exists])))
    .toEqual([[[0, 0.9], [20, 0.9], [33, 0.4]], [[40, 0.9]]])
  const [four, nine] = [both[0]?.[0]?.probabilities[4] ?? 0, both[0]?.[0]?.probabilities[9] ?? 0]
  expect(nine / four).toBeCloseTo(91 ** 0.2, 3)
  for (const others of [[], [candidate(0.9, 7, 60)], [candidate(0.9, 7, 21)]]) {
    const differing = [...found.slice(0, 2), ...others]
    expect(asSeveral(ruled, [], differing, [differing])).toEqual([])
  }
  expect(asSeveral(ruled.slice(1, 2), [], found.slice(0, 1), [found])).toEqual([])
  const [more, beside] = [[...found, candidate(0.9, 7, 60)], [candidate(0.1, 7, 62), candidate(0.1, 1, 80)]]
  expect(asSeveral(ruled, beside, more, [more]).flat().map(({ box }) => box.x)).toEqual([0, 20, 40, 60])
  expect(asSeveral(ruled, beside.slice(1), more, [more])).toEqual([])
})

test('the slashes of a date, and one by itself, are hardly digits, leaning ones elsewhere are', () => {
  const bar = gridOf(44, 24, (x, y) => (Math.round((44 - y) * 24 / 44) === x ? 1 : 0))
  const line = (text: string) => Array.from(text, (letter, place) => letter === '/'
    ? { ...candidate(0.9, 1), box: { x: 30 * place, y: 7, width: 24, height: 46 }, ink: bar }
    : { ...candidate(0.9, Number(letter)), box: { x: 30 * place, y: 10, width: 24, height: 40 } })
  const told = (...texts: string[]) => withoutSigns(texts.map(line)).flat().filter(({ exists }) => exists > 0.5).length
  expect(['12/05/2026', '2026/7/31', '123/05/2026', '12/05/', '/205/2026', '3/4', '/34', '34/'].map((text) => told(text)))
    .toEqual([8, 7, 11, 6, 9, 2, 3, 3])
  expect([told('3/4', '5/6'), told('3/4', '/56')]).toEqual([4, 6])
})

test('brackets around digits, and one that closes, are hardly digits; one that opens may be a 1', () => {
  const bowed = (by: number) => gridOf(46, 24, (x, y) => {
    const down = 2 * y / 45 - 1
    return Math.abs(x - 6 - 46 * (Math.abs(by) + by * (down ** 2 - (by > 0 ? 1 : 0)))) <= 2 ? 1 : 0
  })
  const line = (text: string, top = 7, foot = 53) => Array.from(text, (letter, place) => '()'.includes(letter)
    ? { ...candidate(0.9, 1), box: { x: 30 * place, y: top, width: 20, height: foot - top }, ink: bowed(letter === '(' ? 0.2 : -0.2) }
    : { ...candidate(0.9, Number(letter)), box: { x: 30 * place, y: 10, width: 24, height: 40 } })
  const told = (...given: Parameters<typeof line>) => withoutSigns([line(...given)]).flat().map(({ exists }) => exists)
  const [digit, sign, either] = [0.9, 0.05, 0.55]
  expect(told('(12)34')).toEqual([sign, digit, digit, sign, digit, digit])
  expect(told('(7)(8)')).toEqual([sign, digit, sign, sign, digit, sign])
  expect(told('12)')).toEqual([digit, digit, sign])
  expect(told('12)', 9, 51)).toEqual([digit, digit, either])
  expect([told('(12'), told(')12')]).toEqual([[either, digit, digit], [either, digit, digit]])
  for (const text of ['()', ')(', '((12', '1)2)', '12']) expect(told(text)).toEqual(Array.from(text, () => digit))
  expect(told('(12)', 20)).toEqual([digit, digit, digit, digit])
})

function tick(legsBelow: boolean) {
  return gridOf(48, 40, (x, row) => {
    const y = legsBelow ? row : 47 - row
    return Math.abs(x - 14 - (47 - y) / 2) <= 2 || (Math.abs(x - 14 + 0.6 * (47 - y)) <= 2 && y >= 26) ? 1 : 0
  })
}

function dollar(stroke: boolean) {
  return gridOf(56, 36, (x, y) => {
    const own = y >= 4 && y < 52 && ((y - 4) % 15 < 4 || (x < 5 && y < 24) || (x > 30 && y >= 24))
    return own || (stroke && Math.abs(x - 17.5 - 10 * (0.5 - (y - 4) / 47)) <= 2) ? 1 : 0
  })
}

test.each([['a tick', 1, tick], ['a dollar sign', 5, dollar]] as const)('%s before or behind a number is hardly a digit', (_, value, shape) => {
  const told = (text: string, whole = true) => withoutSigns([Array.from(text, (letter, place) => letter === 's'
    ? { ...candidate(0.9, value, 30 * place), ink: shape(whole) } : candidate(0.9, Number(letter), 30 * place))])
    .flat().map(({ exists }) => exists)
  const [digit, sign] = [0.9, 0.05]
  expect([told('s12'), told('12s')]).toEqual([[sign, digit, digit], [digit, digit, sign]])
  expect([told('s'), told('1s2'), told('s12', false)]).toEqual([[digit], [digit, digit, digit], [digit, digit, digit]])
})

test('halves are rounded to the even number, as in Python', () => {
  expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.4999, 7].map(round)).toEqual([0, 2, 2, -0, -2, 2, 7])
})

test('the median of an even number of values is the mean of the middle two', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5])
})

test('the card is read from the model file itself', () => {
  const card = cardOf(readFileSync('../src/inkdigits/models/digits.onnx'))
  expect(card.get('labels')).toEqual(Array.from('0123456789'))
  expect(card.get('risk')).toBeGreaterThan(0)
})

test('ink that touches by a corner is one part', () => {
  const { parts } = connected(drawn('#..#', '.#..', '...#'))
  expect(parts.map(({ mass, left, top, right, bottom }) => [mass, left, top, right, bottom])).toEqual([
    [2, 0, 0, 2, 2],
    [1, 3, 0, 4, 1],
    [1, 3, 2, 4, 3],
  ])
})

test('a page is turned anticlockwise', () => {
  expect(turned(drawn('##', '.#', '..'), 1)).toEqual(drawn('##.', '#..'))
})

test('no strokes, and strokes without points, are one blank pixel', () => {
  for (const drawing of [[], [[]]]) expect(render(drawing).pixels).toEqual(drawn('.'))
})

test('a candidate is taken if it is more probably this digit than none', () => {
  const { lines, confidence } = choose([[candidate(0.9, 3), candidate(0.2, 4)], [candidate(0.3, 5)]])
  expect(lines.map((line) => line.map(({ probabilities }) => probabilities.indexOf(Math.max(...probabilities))))).toEqual([[3]])
  expect(confidence).toBeCloseTo(0.9 * 0.91 * 0.8 * 0.7, 6)
})

test('nothing to choose from is certain', () => {
  expect(choose([])).toEqual({ lines: [], confidence: 1 })
})

test('the threshold is that of the greatest known risk within the default', () => {
  const risks: [number, number][] = [[0.001, 0.99], [0.01, 0.8], [0.1, 0.5]]
  expect([0.0001, 0.001, 0.05, 0.5].map((risk) => threshold({ risks, risk }))).toEqual([Infinity, 0.99, 0.8, 0.5])
})

test('why there is no answer', () => {
  const [sure, unsure] = [candidate(0.99, 1), candidate(0.6, 1)]
  const why = (chosen: Candidate[], seen = chosen, confidence = 1) => reasonOf(chosen, seen, confidence, 0.8)
  expect([why([sure]), why([unsure]), why([]), why([], [unsure]), why([sure], [sure], 0.5)]).toEqual([
    null, 'ambiguous', 'not_a_digit', 'ambiguous', 'ambiguous',
  ])
})

test('boxes are read line by line, also where a line slopes, and turned back first', () => {
  const box = (x: number, y: number) => ({ x, y, width: 10, height: 20 })
  expect(inLines([box(40, 50), box(20, 8), box(0, 0), box(0, 48), box(40, 16)])).toEqual([[2, 1, 4], [3, 0]])
  expect(inLines([box(0, 0), box(0, 30)], 90)).toEqual([[0, 1]])
})

test('a gap is wide against the height and the other gaps', () => {
  const at = (x: number) => ({ x, y: 0, width: 10, height: 20 })
  expect(wideGaps([at(0), at(14), at(60), at(74)])).toEqual([false, false, true, false])
  expect(wideGaps([at(0)])).toEqual([false])
})
