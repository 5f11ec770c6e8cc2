import { turned, type Area, type Grid } from './grid'
import { median, round, sum } from './numbers'
import { partHeights, segment, type Glyph } from './segment'
import type { Ink } from './strokes'

// The constants of `page.py`, where they are explained.
const COVERED = 0.85
const STRAY = 0.3
const FILLS = 0.6
const MARGIN = 0.6
const SMALL = 64
const LOWEST = 5
const LEAST = 0.01

/** What is read: grey `pixels`, 0 = black … 1 = white, their ink, and the `glyphs` that the rules make of it. */
export interface Page {
  readonly pixels: Grid
  readonly ink: Ink
  readonly glyphs: readonly Glyph[]
}

/** The page with its glyphs, but for those too low to be digits, and lines from edge to edge. */
export function pageOf(ink: Ink): Page {
  const { height, width, values } = ink.pixels
  const small = Math.min(height, width) < SMALL
  const glyphs = segment(ink).filter(({ box }) =>
    box.height >= lowest(ink.pixels) * ink.scale
    && (small || (box.height < height * ink.scale - 1 && box.width < width * ink.scale - 1)))
  return { pixels: { height, width, values: values.map((value) => 1 - value) }, ink, glyphs }
}

/** Whether the glyphs hold nearly all of the ink, and what is left can be no digit beside them. */
export function isCovered({ ink, glyphs }: Page): boolean {
  const [whole, told] = [sum(ink.pixels.values), sum(glyphs.map((glyph) => sum(glyph.ink.values)))]
  return told >= COVERED * whole && (whole - told) * glyphs.length <= STRAY * told
}

/** How high (pixels of the page) a digit is at least; what is lower is grain. */
export function lowest({ height, width }: Grid): number {
  return Math.max(LOWEST, Math.trunc(LEAST * Math.max(height, width)))
}

/** How high a digit may be, in pixels of the page: as the glyphs are, as all ink is, or as a line that fills it. */
export function heightsOf({ pixels, ink, glyphs }: Page): number[] {
  const parts = [glyphs.map(({ box }) => box.height / ink.scale), partHeights(ink, lowest(pixels))]
  const guesses = parts.filter((some) => some.length > 0).map(median)
  return [...guesses, FILLS * Math.min(pixels.height, pixels.width)]
}

/** Bands of the page that hold ink, with room around it for digits so high; all of it if there is none. */
export function areasOf({ ink }: Page, height: number): Area[] {
  const { values, width, height: high } = ink.pixels
  const margin = Math.max(2, round(MARGIN * height))
  const rows = inked(high, (y) => values.subarray(y * width, (y + 1) * width).some((value) => value > 0))
  const areas = runs(rows, high, margin).map(([top, bottom]) => {
    const columns = inked(width, (x) => {
      for (let y = top; y < bottom; y++) if ((values[y * width + x] ?? 0) > 0) return true
      return false
    })
    const across = runs(columns, width, margin)
    return { top, bottom, left: across[0]?.[0] ?? 0, right: across.at(-1)?.[1] ?? width }
  })
  return areas.length > 0 ? areas : [{ top: 0, bottom: high, left: 0, right: width }]
}

/** The page turned anticlockwise, its corner left where it was; without glyphs. */
export function turnedPage(page: Page, quarters: number): Page {
  if (quarters === 0) return page
  const ink = { ...page.ink, pixels: turned(page.ink.pixels, quarters) }
  return { pixels: turned(page.pixels, quarters), ink, glyphs: [] }
}

function inked(side: number, hasInk: (place: number) => boolean): number[] {
  return Array.from({ length: side }, (_, place) => place).filter(hasInk)
}

/** Where ink is, `margin` added at both ends; runs that meet are one. */
function runs(places: readonly number[], side: number, margin: number): [start: number, end: number][] {
  const made: [number, number][] = []
  for (const place of places) {
    const last = made.at(-1)
    if (last && place - last[1] <= 2 * margin) last[1] = place
    else made.push([place, place])
  }
  return made.map(([start, end]) => [Math.max(0, start - margin), Math.min(side, end + 1 + margin)])
}
