import type { Candidate } from './guidance'
import type { Grid } from './grid'
import { greatest, median, sum } from './numbers'

// The constants of `slashes.py`, where they are explained.
const DATE = ['1,1', '1,2', '2,1', '2,2'].flatMap((days) => [`${days},2`, `${days},4`, `4,${days}`])
const HIGHER = 1.03
const SIDE = 2
const ALIGNED = -0.7
const INKED = 0.5
const STILL = 0.05

/** The candidates of a line from left to right, the slashes of a date hardly digits any more. */
export function withoutSlashes(line: readonly Candidate[]): readonly Candidate[] {
  const probable = line.filter(({ exists }) => exists > 0.5)
  const places = [...probable.keys()].slice(1, -1).filter((place) => mayBeSlash(place, probable))
  const groups = [...places, probable.length].map((place, i) => place - (places[i - 1] ?? -1) - 1)
  if (!DATE.includes(groups.join())) return line
  const slashes = places.map((place) => probable[place])
  return line.map((one) => (slashes.includes(one) ? { ...one, exists: STILL } : one))
}

/** Whether the candidate at a place within a line is shaped and stands like a slash. */
function mayBeSlash(place: number, line: readonly Candidate[]): boolean {
  const [before, own, after] = [line.slice(0, place), line[place], line.slice(place + 1)]
  if (own?.probabilities[1] !== greatest(own?.probabilities ?? [])) return false
  const near = [...before.slice(-SIDE), ...after.slice(0, SIDE)]
  const high = median([...before, ...after].map(({ box }) => box.height))
  const foot = median(near.map(({ box }) => box.y + box.height))
  return own.box.height >= HIGHER * high && own.box.y + own.box.height >= foot && lean(own.ink) <= ALIGNED
}

/** The correlation of the ink's rows and columns; 0 where there is no more than a point. */
function lean({ values, width }: Grid): number {
  const inked = Array.from(values.keys()).filter((place) => (values[place] ?? 0) > INKED)
  const off = (of: (place: number) => number): number[] => {
    const middle = sum(inked.map(of)) / Math.max(inked.length, 1)
    return inked.map((place) => of(place) - middle)
  }
  const [down, across] = [off((place) => Math.trunc(place / width)), off((place) => place % width)]
  const product = (some: number[], others: number[]): number => sum(some.map((value, i) => value * (others[i] ?? NaN)))
  return product(down, across) / Math.max(Math.sqrt(product(down, down) * product(across, across)), 1)
}
