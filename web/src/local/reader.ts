import type { Digit, Reading } from '../api/types'
import { asOne, asSeveral } from './agree'
import { reasonOf, sureness, threshold, type Risks } from './decline'
import { choose, type Candidate, type Choice } from './guidance'
import { wideGaps } from './lines'
import { classify } from './model'
import type { Network } from './network'
import { greatest, sum } from './numbers'
import { isCovered, pageOf, turnedPage, type Page } from './page'
import { byFinder, byRules, isSure, type Seekers, type Sight } from './seek'
import { withoutSigns } from './signs'
import { render, type Ink } from './strokes'
import type { Drawing } from './types'

/** The finder is believed rather than the rules if it reads so much more: of 1 for a sure digit. */
const MORE = 0.3

/** The networks, each had once it is needed. */
export interface Shelf {
  readonly digits: () => Promise<Network>
  readonly seekers: () => Promise<Seekers>
}

/** A reading, the candidate of each of its digits and those that were not told, and the ink. */
export interface Answered {
  readonly reading: Reading
  readonly chosen: readonly Candidate[]
  readonly others: readonly Candidate[]
  readonly ink: Ink
}

/** Reads a drawing: by the rules if they are sure or it is but a glance, else by both, or where they see different digits by which reads more. */
export async function read(shelf: Shelf, drawing: Drawing, glance = false): Promise<Answered> {
  const page = pageOf(render(drawing))
  const digits = await shelf.digits()
  const least = threshold(Object.fromEntries(digits.card) as unknown as Risks)
  const rules = await ruledOn(digits, page)
  const [seen, first] = glance ? [rules, choose(rules.lines)] as const : await believed(shelf, page, rules)
  // Signs count while the two are compared: else who reads them as ones would seem to read more.
  const lines = seen.turned ? seen.lines : withoutSigns(seen.lines)
  const [sight, choice] = lines === seen.lines ? [seen, first] : [{ ...seen, lines }, choose(lines)]
  const reason = reasonOf(choice.lines.flat(), sight.lines.flat(), choice.confidence, least)
  return { ...answer(sight, choice, reason && isBare(page) ? 'blank' : reason), ink: page.ink }
}

/** What the rules see on a page, which may have been turned back. */
async function ruledOn(digits: Network, page: Page, turned = 0): Promise<Sight> {
  return byRules(page, await classify(digits, page.glyphs.map(({ ink }) => ink)), turned)
}

/** What is to be believed of a page, and the choice of its candidates. */
async function believed(shelf: Shelf, page: Page, rules: Sight): Promise<readonly [Sight, Choice]> {
  const first = choose(rules.lines)
  if (isBare(page) || (first.lines.length > 0 && isSure(rules) && isCovered(page))) return [rules, first]
  const digits = await shelf.digits()
  const found = await byFinder(digits, await shelf.seekers(), page)
  const upright = found.turned ? pageOf(turnedPage(page, found.turned / 90).ink) : page
  const ruled = found.turned ? await ruledOn(digits, upright, found.turned) : rules
  const [choice, other] = [choose(ruled.lines), choose(found.lines)]
  const alone = isCovered(upright) && upright.glyphs.length === 1
  const both = ofBoth(ruled, choice, found, other, alone)
  if (both.length > 0) return [{ lines: both, turned: found.turned }, choose(both)]
  return found.lines.length > 0 && !believesRules(choice, other, alone) ? [found, other] : [ruled, choice]
}

/** Lines of what both saw; none if that differs. */
function ofBoth(rules: Sight, choice: Choice, found: Sight, other: Choice, alone: boolean): Candidate[][] {
  const [chosen, others] = [choice.lines.flat(), other.lines.flat()]
  const [[own, ...more], [seen, ...beside]] = [chosen, others]
  if (alone && own && seen && more.length === 0 && beside.length === 0) return [[asOne(own, seen)]]
  const left = rules.lines.flat().filter((one) => !chosen.includes(one))
  return asSeveral(chosen, left, others, found.lines)
}

/** Whether the rules' choice is taken: the finder's reads hardly more, or, where all ink is one glyph, is less probable. */
function believesRules(rules: Choice, finder: Choice, alone: boolean): boolean {
  if (rules.lines.length === 0) return false
  const more = readable(finder) > readable(rules) + MORE
  return !more || (alone && rules.confidence > finder.confidence)
}

/** Whether there is no ink at all. */
function isBare({ ink }: Page): boolean {
  return ink.pixels.values.every((value) => value === 0)
}

/** How many digits are told, each counted -1 to 1 by how sure it is. */
function readable({ lines }: Choice): number {
  return sum(lines.flat().map((candidate) => 2 * sureness(candidate) - 1))
}

function answer(sight: Sight, { lines, confidence }: Choice, reason: Reading['reason']): Omit<Answered, 'ink'> {
  const told = reason === null ? lines : []
  const chosen = told.flat()
  const reading = {
    text: told.map((line) => textOf(line, sight.turned)).join('\n'),
    confidence: lines.length > 0 ? confidence : greatest(sight.lines.flat().map(sureness)),
    reason,
    turned: sight.turned,
    digits: chosen.map(digit),
  }
  return { reading, chosen, others: sight.lines.flat().filter((candidate) => !chosen.includes(candidate)) }
}

function digit(candidate: Candidate): Digit {
  const probabilities = Array.from(candidate.probabilities)
  return { value: valueOf(candidate), confidence: sureness(candidate), probabilities, box: candidate.box }
}

/** The digits of one line, with a space for each wide gap. */
function textOf(line: readonly Candidate[], turned: number): string {
  const gaps = wideGaps(line.map(({ box }) => box), turned)
  return line.map((candidate, i) => `${gaps[i] ? ' ' : ''}${valueOf(candidate)}`).join('')
}

function valueOf({ probabilities }: Candidate): number {
  return probabilities.indexOf(greatest(probabilities))
}
