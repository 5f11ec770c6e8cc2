import { describe, expect, test } from 'vitest'
import { closedCurve, outline } from '../src/ink/outline'
import { extend, PAPER, toPoint, toWire, type Stroke } from '../src/ink/stroke'

const line: Stroke = { points: [[100, 50, 0.5], [100, 200, 0.5], [100, 400, 0.5]], width: 15, pressed: false }

describe('a place on the paper', () => {
  const frame = { left: 10, top: 20, width: 240, height: 240 }

  test('is in paper units, whatever the size on screen', () => {
    expect(toPoint({ clientX: 130, clientY: 140, pressure: 0.7 }, frame)).toEqual([PAPER / 2, PAPER / 2, 0.7])
  })

  test('stays on the paper when the pen leaves it', () => {
    expect(toPoint({ clientX: -50, clientY: 999, pressure: 0.5 }, frame)).toEqual([0, PAPER, 0.5])
  })
})

describe('a stroke', () => {
  test('grows by new points and not by a resting pen', () => {
    const longer = extend(line, [[100, 400, 0.9], [120, 410, 0.5], [120, 410, 0.6]])
    expect(longer.points.slice(3)).toEqual([[120, 410, 0.5]])
    expect(line.points).toHaveLength(3)
  })

  test('is sent as x and y to a tenth, without pressure and width', () => {
    const stroke: Stroke = { points: [[1.2345, 479.96, 0.9], [3, 4, 0.1]], width: 24, pressed: true }
    expect(toWire([stroke, line])).toEqual([[[1.2, 480], [3, 4]], [[100, 50], [100, 200], [100, 400]]])
  })
})

describe('an outline', () => {
  test('is a closed path as wide as the pen', () => {
    const path = outline(line, true)
    expect(path).toMatch(/^M[\d. -]+(Q[\d. -]+)+Z$/)
    const across = xsOf(path)
    const width = Math.max(...across) - Math.min(...across)
    expect(width).toBeGreaterThan(8)
    expect(width).toBeLessThan(20)
  })

  test('of one point is a dot', () => {
    const across = xsOf(outline({ ...line, points: [[50, 60, 0.5]] }, true))
    expect(Math.min(...across)).toBeGreaterThan(30)
    expect(Math.max(...across)).toBeLessThan(70)
    expect(new Set(across).size).toBeGreaterThan(4)
  })

  test('follows the pressure of a real pen', () => {
    const span = (pressure: number) => {
      const points = line.points.map(([x, y]) => [x, y, pressure] as const)
      const across = xsOf(outline({ points, width: 20, pressed: true }, true))
      return Math.max(...across) - Math.min(...across)
    }
    expect(span(0.9)).toBeGreaterThan(span(0.1) + 4)
  })

  test('of nothing is nothing', () => {
    expect(outline({ ...line, points: [] }, true)).toBe('')
    expect(closedCurve([[1, 2], [3, 4]])).toBe('')
  })
})

function xsOf(path: string): number[] {
  const numbers = path.match(/-?\d+(\.\d+)?/g) ?? []
  return numbers.filter((_, i) => i % 2 === 0).map(Number)
}
