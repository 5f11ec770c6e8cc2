import type { Point, Stroke } from '../ink/stroke'
import { pens } from './tool'

/** Each digit as a hand writes it, on paper of 100 by 100: strokes as x and y in turn. */
const shapes: Readonly<Record<string, readonly (readonly number[])[]>> = {
  0: [[52, 18, 40, 22, 32, 36, 30, 52, 34, 70, 44, 81, 55, 81, 66, 71, 70, 52, 67, 34, 60, 22, 51, 18]],
  2: [[33, 32, 38, 21, 50, 17, 62, 22, 65, 34, 59, 48, 46, 64, 32, 80, 45, 79, 58, 80, 70, 78]],
  4: [[44, 17, 39, 33, 32, 53, 45, 54, 58, 53, 70, 53], [60, 35, 59, 50, 58, 66, 57, 84]],
  6: [[60, 16, 49, 27, 39, 43, 34, 59, 37, 74, 47, 82, 59, 79, 65, 68, 61, 57, 50, 53, 40, 59, 35, 67]],
  7: [[30, 21, 40, 20, 52, 21, 68, 20, 62, 36, 55, 54, 49, 70, 45, 84]],
}

/** What the example button writes, one after the other: each with its size and its first digit's place. */
const examples = [
  { text: '7', size: 4.8, left: 0, top: 0, advance: 0 },
  { text: '42', size: 3.2, left: -20, top: 80, advance: 190 },
  { text: '2026', size: 2.2, left: -30, top: 130, advance: 108 },
] as const

/** The strokes of the example with this number; they begin anew after the last. */
export function example(number: number): readonly Stroke[] {
  const { text, size, left, top, advance } = examples[number % examples.length] ?? examples[0]
  return Array.from(text).flatMap((digit, place) =>
    (shapes[digit] ?? []).map((places) => strokeOf(places, size, left + place * advance, top)))
}

function strokeOf(places: readonly number[], size: number, right: number, down: number): Stroke {
  const points: Point[] = []
  for (let i = 0; i + 1 < places.length; i += 2) {
    points.push([(places[i] ?? 0) * size + right, (places[i + 1] ?? 0) * size + down, 0.5])
  }
  return { points, width: pens.medium, pressed: false }
}
