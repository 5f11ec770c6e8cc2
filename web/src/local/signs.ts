import type { Candidate } from './guidance'
import { greatest, median, round, sum } from './numbers'
import { straightness } from './straight'

// The constants of `signs.py`, where they are explained.
const DATE = ['1,1', '1,2', '2,1', '2,2'].flatMap((days) => [`${days},2`, `${days},4`, `4,${days}`])
const [SLIM, LEANING] = [5, 6]
const INKED = 0.5
const SIDE = 2
const [HIGHER, BEYOND, ALIKE] = [1.03, 0.06, 0.9]
const [BOWED, BOWED_ALONE, SMOOTH, NARROW] = [0.08, 0.12, 0.03, 0.25]
const [ROWS, ONCE, HIGH, SLENDER] = [8, 0.85, 0.95, 0.6]
const [THROUGH, ASIDE, OFF, ENDS] = [0.95, 0.12, 0.06, 1 / 20]
const [LEGS, MEETING, ONE_LEG] = [0.15, 0.3, 0.35]
const [STILL, EITHER] = [0.05, 0.55]

type Line = readonly Candidate[]

/** The candidates of a page in lines from left to right, the signs among them hardly digits any more; the very same lines where there are none. */
export function withoutSigns(lines: readonly Line[]): readonly Line[] {
  if (lines.every((line) => line.length < 2)) return lines
  const told = new Map(lines.flatMap(bracketsOf))
  const likely = lines.map((line) => line.filter((one) => one.exists > 0.5 && !told.has(one)))
  for (const sign of [...slashesOf(likely), ...endsOf(likely)]) told.set(sign, STILL)
  if (told.size === 0) return lines
  return lines.map((line) => line.map((one) => {
    const exists = told.get(one)
    return exists === undefined ? one : { ...one, exists: Math.min(exists, one.exists) }
  }))
}

/** The dollar signs and ticks before or behind the numbers of a page. */
function endsOf(lines: readonly Line[]): Candidate[] {
  const ends = lines.filter((line) => line.length > 1).flatMap((line) => [...line.slice(0, 1), ...line.slice(-1)])
  return ends.filter((one) => (isRead(one, 1) && isTick(inkedRows(one))) || (isRead(one, 5) && isCrossed(inkedRows(one))))
}

function isRead({ probabilities }: Candidate, value: number): boolean {
  return probabilities[value] === greatest(probabilities)
}

/** Whether ink has two legs below that meet, and one above. */
function isTick(rows: readonly (readonly number[])[]): boolean {
  const legs = rows.map((columns) => columns.filter((x) => !columns.includes(x - 1)).length)
  const two = [...legs.keys()].filter((y) => legs[y] === 2)
  const [first = 0, last = 0] = [two[0], two.at(-1)]
  if (rows.length < ROWS || two.length < LEGS * rows.length || first < ONE_LEG * rows.length) return false
  const [apart, together] = [first, last].map((y) => (rows[y]?.at(-1) ?? NaN) - (rows[y]?.[0] ?? NaN))
  const meet = (apart ?? NaN) - (together ?? NaN) >= MEETING * (last - first)
  return meet && legs[0] === 1 && legs.at(-1) === 1
}

/** Whether a straight stroke goes through all of the ink from top to foot, with ink on both sides. */
function isCrossed(rows: readonly (readonly number[])[]): boolean {
  const height = rows.length
  if (height < ROWS) return false
  const ends = Math.ceil(ENDS * height)
  const middle = (some: readonly (readonly number[])[]): number => mean(some.flat())
  const [top, foot] = [middle(rows.slice(0, ends)), middle(rows.slice(-ends))]
  const off = rows.map((columns, y) => {
    const stroke = top + (foot - top) * y / (height - 1)
    return { through: columns.includes(round(stroke)), aside: columns.map((x) => x - stroke) }
  })
  const aside = off.flatMap((row) => row.aside)
  const least = Math.min(...[1, -1].map((side) => aside.filter((x) => side * x > OFF * height).length))
  return off.filter(({ through }) => through).length >= THROUGH * height && least >= ASIDE * aside.length
}

/** The columns of each row that has ink. */
function inkedRows({ ink: { height, values, width } }: Candidate): number[][] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => x).filter((x) => (values[y * width + x] ?? 0) > INKED),
  ).filter((columns) => columns.length > 0)
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length
}

/** The slashes of a page: in twos as in a date, or one by itself that is higher than all ones. */
function slashesOf(lines: readonly Line[]): Candidate[] {
  const told = lines.map((line) => {
    const leans = line.map(lean)
    const slashes = leaning(leans, line).flatMap((place) => line[place] ?? [])
    return { slashes, ones: line.filter((one, place) => leans[place] !== undefined && !slashes.includes(one)) }
  })
  const highest = Math.max(0, ...told.flatMap(({ ones }) => ones.map(({ box }) => box.height)))
  return told.flatMap(({ slashes }) =>
    slashes.filter(({ box }) => slashes.length === 2 || box.height * ALIKE > highest))
}

/** The places in a line of bars that stand as the two slashes of a date do, or as a single one. */
function leaning(leans: readonly (number | undefined)[], line: Line): number[] {
  const inner = [...line.keys()].slice(1, -1).filter((place) => (leans[place] ?? 0) >= LEANING)
  const stands = inner.map((place) => ({ place, ...stand(line, place) }))
  const dated = stands.filter(({ high, below }) => high >= HIGHER && below >= 0).map(({ place }) => place)
  const digits = [...dated, line.length].map((place, i) => place - (dated[i - 1] ?? -1) - 1)
  if (DATE.includes(digits.join())) return dated
  const alone = stands.filter(({ above, below }) => Math.min(above, below) > BEYOND).map(({ place }) => place)
  return alone.length === 1 ? alone : []
}

/** By how many degrees to the right a candidate leans that is read as a 1 and is a bar. */
function lean(candidate: Candidate): number | undefined {
  if (!isRead(candidate, 1)) return undefined
  const { ink: { values, width } } = candidate
  const inked = Array.from(values.keys()).filter((place) => (values[place] ?? 0) > INKED)
  const { times, lean } = straightness(inked.map((place) => [place % width, Math.trunc(place / width)]))
  return times >= SLIM ? lean : undefined
}

/** The brackets of a line, each with how probably it is a digit: those that open and close around digits, or a single one that closes. */
function bracketsOf(line: Line): [Candidate, number][] {
  const bows = line.map(bowOf)
  const bowed = line.flatMap((one, place) => Math.abs(bows[place] ?? 0) >= BOWED ? [{ one, place, bow: bows[place] ?? 0 }] : [])
  const digits = line.filter((one, place) => Math.abs(bows[place] ?? 0) < BOWED && one.exists > 0.5)
  if (bowed.length === 0 || digits.length === 0) return []
  const high = HIGH * median(digits.map(({ box }) => box.height))
  const pairs = pairsOf(line.map(({ box }, place) => box.height >= high ? bows[place] ?? 0 : 0))
  if (pairs.length > 0) return pairs.flat().flatMap((place) => line[place] ?? []).map((one) => [one, STILL])
  const alone = bowed.flatMap(({ one, place, bow }): [Candidate, number][] => {
    const reach = reachOf(line, place)
    const closes = place > 0 && bow < 0 && reach > BEYOND
    return reach > 0 && Math.abs(bow) >= BOWED_ALONE ? [[one, closes ? STILL : EITHER]] : []
  })
  return alone.length === 1 ? alone : []
}

/** The places of brackets that open, and of those that close next, with something between. */
function pairsOf(bows: readonly number[]): [number, number][] {
  const pairs: [number, number][] = []
  let opened: number | undefined
  for (const [place, bow] of bows.entries()) {
    if (bow >= BOWED) opened = place
    else if (bow <= -BOWED) {
      if (opened !== undefined && place - opened > 1) pairs.push([opened, place])
      opened = undefined
    }
  }
  return pairs
}

/** How far what is read as a 1 reaches above as well as below those on either side, in heights. */
function reachOf(line: Line, place: number): number {
  const own = line[place]
  if (!own || !isRead(own, 1)) return 0
  const { above, below } = stand(line, place)
  return Math.min(above, below)
}

/** How far the middle of a smooth bar is to the left of the line between its ends, in its heights; 0 where it is none. */
function bowOf(candidate: Candidate): number {
  if (candidate.ink.width > SLENDER * candidate.ink.height) return 0
  const rows = inkedRows(candidate).map((columns) =>
    ({ first: columns[0] ?? NaN, last: (columns.at(-1) ?? NaN) + 1, wide: columns.length }))
  const many = rows.length
  if (many < ROWS || median(rows.map(({ wide }) => wide)) > NARROW * many) return 0
  if (rows.filter(({ first, last, wide }) => last - first === wide).length < ONCE * many) return 0
  const even = (some: readonly number[]): number[] => some.map((value) => value - mean(some))
  const product = (some: readonly number[], others: readonly number[]): number =>
    sum(some.map((value, i) => value * (others[i] ?? NaN)))
  const down = rows.map((_, y) => 2 * y / (many - 1) - 1)
  const square = even(down.map((y) => y * y))
  const middles = even(rows.map(({ first, last }) => (first + last) / 2))
  const [lean, bow] = [down, square].map((form) => product(middles, form) / product(form, form))
  const off = middles.map((x, i) => x - (lean ?? NaN) * (down[i] ?? NaN) - (bow ?? NaN) * (square[i] ?? NaN))
  return Math.sqrt(product(off, off) / many) <= SMOOTH * many ? (bow ?? NaN) / many : 0
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
