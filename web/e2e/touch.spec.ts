import { expect, test } from '@playwright/test'
import { expectRead } from './answer'
import { drawByTouch, shapes } from './pen'

test.beforeEach(async ({ page }) => {
  await page.goto('./')
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
  const asked = page.waitForRequest('**/api/v1/read')
  await drawByTouch(page, shapes.seven, [90, 90])
  const { strokes } = (await asked).postDataJSON() as { strokes: number[][][] }
  expect(strokes).toHaveLength(1)
  for (const [x] of strokes[0] ?? []) expect(x).toBeLessThan(0.8 * 480)
  await expectRead(page, '7')
})
