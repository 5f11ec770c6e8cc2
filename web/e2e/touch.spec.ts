import { expect, test } from '@playwright/test'
import { expectRead, open, readOnServer } from './answer'
import { drawByPen, drawByTouch, shapes } from './pen'

test.beforeEach(async ({ page }) => {
  await open(page)
})

test('drawing does not scroll the page, and swiping elsewhere does', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 480 })
  await drawByTouch(page, shapes.one.map((stroke) => [...stroke].reverse()))
  await expectRead(page, '1')
  expect(await page.evaluate(() => scrollY)).toBe(0)
  await drawByTouch(page, [[[95, 118], [95, 100], [95, 70], [95, 40]]])
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(20)
})

test('a second finger adds no ink', async ({ page }) => {
  await readOnServer(page)
  const asked = page.waitForRequest('**/api/v1/read')
  await drawByTouch(page, shapes.seven, [90, 90])
  const { strokes } = (await asked).postDataJSON() as { strokes: number[][][] }
  expect(strokes).toHaveLength(1)
  for (const [x] of strokes[0] ?? []) expect(x).toBeLessThan(0.8 * 480)
  await expectRead(page, '7')
})

test('a pen keeps the palm from drawing', async ({ page }) => {
  const paper = page.locator('canvas')
  await drawByTouch(page, shapes.one)
  await expect(paper).toHaveAccessibleName('Paper with one stroke')
  await drawByPen(page, shapes.seven, 0.7)
  await expect(paper).toHaveAccessibleName('Paper with 2 strokes')
  await drawByTouch(page, shapes.one)
  await expect(paper).toHaveAccessibleName('Paper with 2 strokes')
})

test('a pen that is pressed harder draws broader', async ({ page }) => {
  const inked = () => page.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data
    return Array.from(pixels ?? []).filter((value, i) => i % 4 === 3 && value > 0).length
  })
  await drawByPen(page, shapes.seven, 0.15)
  const light = await inked()
  await page.getByRole('button', { name: 'Clear' }).click()
  await drawByPen(page, shapes.seven, 0.9)
  expect(await inked()).toBeGreaterThan(1.4 * light)
})

test('a phone opens its own camera', async ({ page }) => {
  await expect(page.locator('input[capture=environment]')).toHaveAttribute('accept', 'image/*')
})
