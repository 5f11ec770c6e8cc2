/**
 * Discs and wide lines on a black and white canvas, to the pixel as Pillow draws them, so that a
 * drawing has the same ink here and in Python. Places are whole pixels.
 */
export interface Canvas {
  readonly height: number
  readonly width: number
  /** 1 where something is drawn. */
  readonly marks: Uint8Array
}

export function canvasOf(height: number, width: number): Canvas {
  return { height, width, marks: new Uint8Array(height * width) }
}

/** Fills the pixels of one row from `left` to `right`, both included, as far as they are on the canvas. */
function fillRow(canvas: Canvas, y: number, left: number, right: number): void {
  if (y < 0 || y >= canvas.height || right < 0) return
  const start = y * canvas.width
  canvas.marks.fill(1, start + Math.max(left, 0), start + Math.min(right, canvas.width - 1) + 1)
}

/** A filled ellipse that touches all four sides of the box from (x0, y0) to (x1, y1). */
export function fillEllipse(canvas: Canvas, x0: number, y0: number, x1: number, y1: number): void {
  const wide = x1 - x0
  const high = y1 - y0
  if (wide < 0 || high < 0) return
  for (const [reach, off] of rowsOfQuarter(wide, high)) {
    const left = x0 + (wide - reach) / 2
    const right = x0 + (wide + reach) / 2
    fillRow(canvas, y0 + (high + off) / 2, left, right)
    fillRow(canvas, y0 + (high - off) / 2, left, right)
  }
}

/**
 * For each row of an ellipse from its middle outwards, how far it reaches and how far off the row is.
 * Both are in half pixels. The edge goes from place to place, always to the one nearest to the curve.
 */
function* rowsOfQuarter(wide: number, high: number): Generator<readonly [reach: number, off: number]> {
  const away = (x: number, y: number) =>
    Math.abs(wide * wide * y * y + high * high * x * x - wide * wide * high * high)
  let [x, y] = [wide, high % 2]
  yield [x, y]
  while (x !== wide % 2 || y !== high) {
    let next: readonly [number, number] = [x, y + 2]
    if (x > 1)
      for (const other of [[x - 2, y + 2], [x - 2, y]] as const)
        if (away(...next) > away(...other)) next = other
    const above = next[1] > y
    ;[x, y] = next
    if (above) yield [x, y]
  }
}

/** One side of a polygon, with its slope in columns a row. */
interface Edge {
  readonly x0: number
  readonly y0: number
  readonly x1: number
  readonly top: number
  readonly bottom: number
  readonly slope: number
}

type Corner = readonly [x: number, y: number]

/** A line of even width with straight ends. */
export function fillLine(canvas: Canvas, [x0, y0]: Corner, [x1, y1]: Corner, width: number): void {
  const [across, down] = [x1 - x0, y1 - y0]
  if (across === 0 && down === 0) { fillRow(canvas, y0, x0, x0); return }
  const length = Math.hypot(across, down)
  const half = (width - 1) / 2
  const [more, less] = [awayFromZero(half) / length, towardsZero(half) / length]
  const [right, left] = [towardsZero(more * down), towardsZero(less * down)]
  const [below, above] = [towardsZero(more * across), towardsZero(less * across)]
  fillPolygon(canvas, [
    [x0 - left, y0 + below],
    [x1 - left, y1 + below],
    [x1 + right, y1 - above],
    [x0 + right, y0 - above],
  ])
}

function fillPolygon(canvas: Canvas, corners: readonly Corner[]): void {
  const all = corners.map((corner, i) => edge(corner, corners[(i + 1) % corners.length] ?? corner))
  for (const { x0, x1, top, bottom } of all)
    if (top === bottom) fillRow(canvas, top, Math.min(x0, x1), Math.max(x0, x1))
  const edges = all.filter(({ top, bottom }) => top < bottom)
  const last = Math.min(Math.max(...all.map(({ bottom }) => bottom)), canvas.height)
  for (let y = Math.max(Math.min(...all.map(({ top }) => top)), 0); y <= last; y++) {
    const places = crossings(edges, y, last)
    for (let i = 1; i < places.length; i += 2)
      fillRow(canvas, y, awayFromZero(places[i - 1] ?? 0), towardsZero(places[i] ?? 0))
  }
}

function edge([x0, y0]: Corner, [x1, y1]: Corner): Edge {
  const slope = y0 === y1 ? 0 : Math.fround((x1 - x0) / (y1 - y0))
  return { x0, y0, x1, top: Math.min(y0, y1), bottom: Math.max(y0, y1), slope }
}

/** Where the edges cross a row, from left to right; the end of an edge counts twice within the polygon. */
function crossings(edges: readonly Edge[], y: number, last: number): Float32Array {
  const places: number[] = []
  for (const [i, one] of edges.entries()) {
    if (y < one.top || y > one.bottom) continue
    const place = placeOn(one, y)
    if (y === one.bottom && y < last) places.push(place, place)
    else if (isEnd(one, y)) places.push(cornered(one, edges.slice(0, i), y))
    else places.push(place)
  }
  return Float32Array.from(places).sort()
}

/** Where an edge ends in a row; where it meets another in a sharp corner, next to what the row beside it fills. */
function cornered(one: Edge, others: readonly Edge[], y: number): number {
  const place = placeOn(one, y)
  const beside = y === one.bottom ? y - 1 : y + 1
  const other = others.find((other) =>
    isEnd(other, y) && rounded(placeOn(other, y)) === rounded(place) && beside >= other.top && beside <= other.bottom)
  if (!other) return place
  const near = [placeOn(one, beside), placeOn(other, beside)]
  if (near.every((next) => place > Math.fround(next + 1))) return rounded(Math.max(...near)) + 1
  if (near.every((next) => place < Math.fround(next - 1))) return rounded(Math.min(...near)) - 1
  return place
}

function isEnd({ top, bottom, slope }: Edge, y: number): boolean {
  return (y === top || y === bottom) && slope !== 0
}

function placeOn({ x0, y0, slope }: Edge, y: number): number {
  return Math.fround(Math.fround((y - y0) * slope) + x0)
}

/** To the nearest whole number, halves away from 0. */
function rounded(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value))
}

function awayFromZero(value: number): number {
  return Math.sign(value) * Math.floor(Math.abs(value) + 0.5)
}

/** To the nearest whole number, halves towards 0. */
function towardsZero(value: number): number {
  return Math.sign(value) * Math.ceil(Math.abs(value) - 0.5)
}
