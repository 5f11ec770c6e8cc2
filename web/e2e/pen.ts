import type { Page } from '@playwright/test'

export type Shape = readonly (readonly [x: number, y: number])[]

/** Digits as a hand writes them, one stroke after the other, on paper of 100 by 100. */
export const shapes = {
  zero: [[[52, 18], [40, 22], [32, 36], [30, 52], [34, 70], [44, 81], [55, 81], [66, 71], [70, 52], [67, 34], [60, 22], [51, 18]]],
  one: [[[52, 17], [51, 30], [50, 46], [50, 62], [49, 83]]],
  three: [[[34, 24], [44, 18], [56, 19], [63, 27], [60, 38], [48, 46], [59, 50], [66, 60], [63, 74], [51, 82], [39, 80], [32, 73]]],
  four: [[[44, 17], [39, 33], [32, 53], [45, 54], [58, 53], [70, 53]], [[60, 35], [59, 50], [58, 66], [57, 84]]],
  seven: [[[30, 21], [40, 20], [52, 21], [68, 20], [62, 36], [55, 54], [49, 70], [45, 84]]],
} satisfies Record<string, readonly Shape[]>

/** No digit: a crossed square. */
export const scribble: readonly Shape[] = [[[20, 20], [80, 20], [80, 80], [20, 80], [20, 20], [80, 80]], [[80, 20], [20, 80]]]

/** The same strokes, smaller and elsewhere on the paper. */
export function placed(strokes: readonly Shape[], scale: number, right: number, down: number): Shape[] {
  return strokes.map((stroke) => stroke.map(([x, y]) => [x * scale + right, y * scale + down] as const))
}

/** Draws with the mouse; without `lift` the pen stays down after the last stroke. */
export async function draw(page: Page, strokes: readonly Shape[], { lift = true } = {}): Promise<void> {
  const at = await paperOf(page)
  for (const stroke of strokes) {
    const [start, ...rest] = stroke
    if (!start) continue
    await page.mouse.move(...at(start))
    await page.mouse.down()
    for (const point of rest) await page.mouse.move(...at(point), { steps: 4 })
    if (lift || stroke !== strokes.at(-1)) await page.mouse.up()
  }
}

/** Draws with a finger, as the screen reports it; `second` is another finger that rests meanwhile. */
export async function drawByTouch(page: Page, strokes: readonly Shape[], second?: Shape[number]): Promise<void> {
  const at = await paperOf(page)
  const screen = await page.context().newCDPSession(page)
  const finger = (point: Shape[number], id: number) => ({ x: at(point)[0], y: at(point)[1], id })
  const others = second ? [finger(second, 1)] : []
  for (const stroke of strokes) {
    for (const [i, point] of stroke.entries()) {
      const touchPoints = i === 0 ? [finger(point, 0)] : [finger(point, 0), ...others]
      const type = i === 0 || (i === 1 && second) ? 'touchStart' : 'touchMove'
      await screen.send('Input.dispatchTouchEvent', { type, touchPoints })
    }
    await screen.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  }
  await screen.detach()
}

/** Draws with a pen of the given pressure, 0 to 1. */
export async function drawByPen(page: Page, strokes: readonly Shape[], force: number): Promise<void> {
  const at = await paperOf(page)
  const screen = await page.context().newCDPSession(page)
  const send = (type: 'mousePressed' | 'mouseMoved' | 'mouseReleased', point: Shape[number]) =>
    screen.send('Input.dispatchMouseEvent', {
      type, x: at(point)[0], y: at(point)[1], button: 'left', buttons: 1, force, pointerType: 'pen', clickCount: 1,
    })
  for (const stroke of strokes) {
    for (const [i, point] of stroke.entries()) await send(i === 0 ? 'mousePressed' : 'mouseMoved', point)
    await send('mouseReleased', stroke.at(-1) ?? [0, 0])
  }
  await screen.detach()
}

/** Where a point of the paper is on the screen. */
export async function paperOf(page: Page): Promise<(point: Shape[number]) => [number, number]> {
  const paper = page.locator('canvas').first()
  await paper.scrollIntoViewIfNeeded()
  const box = await paper.boundingBox()
  if (!box) throw new Error('The paper is not on the screen')
  return ([x, y]) => [box.x + (x / 100) * box.width, box.y + (y / 100) * box.height]
}

/** A PNG of strokes, black on white or other paper, drawn by the browser. */
export async function pngOf(page: Page, strokes: readonly Shape[], width = 300, height = 300, paper = 'white'): Promise<Buffer> {
  const bytes = await page.evaluate(async ({ strokes, width, height, paper }) => {
    const canvas = new OffscreenCanvas(width, height)
    const context = canvas.getContext('2d')
    if (!context) return []
    context.fillStyle = paper
    context.fillRect(0, 0, width, height)
    context.lineWidth = height / 18
    context.lineCap = context.lineJoin = 'round'
    for (const stroke of strokes) {
      context.beginPath()
      for (const [x, y] of stroke) context.lineTo((x * height) / 100, (y * height) / 100)
      context.stroke()
    }
    const png = await canvas.convertToBlob({ type: 'image/png' })
    return [...new Uint8Array(await png.arrayBuffer())]
  }, { strokes, width, height, paper })
  return Buffer.from(bytes)
}
