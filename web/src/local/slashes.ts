import type { Candidate } from './guidance'
import { greatest, median, sum } from './numbers'

// The constants of `slashes.py`, where they are explained.
const DATE = ['1,1', '1,2', '2,1', '2,2'].flatMap((days) => [`${days},2`, `${days},4`, `4,${days}`])
const [SLIM, LEANING] = [5, 6]
const INKED = 0.5
const SIDE = 2
const [HIGHER, BEYOND, ALIKE] = [1.03, 0.06, 0.9]
const STILL = 0.05

type Line = readonly Candidate[]

/** The candidates of a page in lines from left to right, the slashes among them hardly digits any more; the very same lines where there are none. */
export function withoutSlashes(lines: readonly Line[]): readonly Line[] {
  const likely = lines.map((line) => line.filter(({ exists }) => exists > 0.5))
  if (likely.every((line) => line.length < 3)) return lines
  const told = likely.map((line) => {
    const leans = line.map(lean)
    const slashes = slashesOf(leans, line).map((place) => line[place])
    return { slashes, ones: line.filter((one, place) => leans[place] !== undefined && !slashes.includes(one)) }
  })
  const highest = Math.max(0, ...told.flatMap(({ ones }) => ones.map(({ box }) => box.height)))
  const taken = told.flatMap(({ slashes }) =>
    slashes.filter((one) => slashes.length === 2 || (one?.box.height ?? 0) * ALIKE > highest))
  if (taken.length === 0) return lines
  return lines.map((line) => line.map((one) => (taken.includes(one) ? { ...one, exists: STILL } : one)))
}

/** The places in a line of bars that stand as the two slashes of a date do, or as a single one. */
function slashesOf(leans: readonly (number | undefined)[], line: Line): number[] {
  const inner = [...line.keys()].slice(1, -1).filter((place) => (leans[place] ?? 0) >= LEANING)
  const stands = inner.map((place) => ({ place, ...stand(line, place) }))
  const dated = stands.filter(({ high, below }) => high >= HIGHER && below >= 0).map(({ place }) => place)
  const digits = [...dated, line.length].map((place, i) => place - (dated[i - 1] ?? -1) - 1)
  if (DATE.includes(digits.join())) return dated
  const alone = stands.filter(({ above, below }) => Math.min(above, below) > BEYOND).map(({ place }) => place)
  return alone.length === 1 ? alone : []
}

/** By how many degrees to the right a candidate leans that is read as a 1 and is a bar. */
function lean({ probabilities, ink: { values, width } }: Candidate): number | undefined {
  const inked = Array.from(values.keys()).filter((place) => (values[place] ?? 0) > INKED)
  if (probabilities[1] !== greatest(probabilities) || inked.length < 2) return undefined
  const off = (of: (place: number) => number): number[] => {
    const middle = sum(inked.map(of)) / inked.length
    return inked.map((place) => of(place) - middle)
  }
  const [rows, columns] = [off((place) => Math.trunc(place / width)), off((place) => place % width)]
  const product = (some: number[], others: number[]): number => sum(some.map((value, i) => value * (others[i] ?? NaN)))
  const [down, across, both] = [product(rows, rows), product(columns, columns), product(rows, columns)]
  const [middle, apart] = [(down + across) / 2, Math.hypot((down - across) / 2, both)]
  if (middle + apart < SLIM ** 2 * (middle - apart)) return undefined
  return (Math.atan2(-2 * both, down - across) / 2) * (180 / Math.PI)
}

/** How high the candidate at a place is, and how far it reaches beyond those on either side, in heights of the others. */
function stand(line: Line, place: number): { readonly high: number; readonly above: number; readonly below: number } {
  const [before, [own], after] = [line.slice(0, place), line.slice(place), line.slice(place + 1)]
  const { y: upper = 0, height = 0 } = own?.box ?? {}
  const usual = median([...before, ...after].map((one) => one.box.height))
  const beside = [...before.slice(-SIDE), ...after.slice(0, SIDE)].map((one) => one.box)
  const [top, foot] = [median(beside.map(({ y }) => y)), median(beside.map((box) => box.y + box.height))]
  return { high: height / usual, above: (top - upper) / usual, below: (upper + height - foot) / usual }
}
