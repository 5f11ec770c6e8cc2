import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'
import { answerOf, expectRead } from './answer'
import { draw, placed, pngOf, shapes } from './pen'

async function expectNoViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in any state, ${colorScheme}`, async ({ page }) => {
    // Without motion, colours are measured at rest.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.goto('./')
    await expectNoViolations(page)
    await draw(page, shapes.seven)
    await expectRead(page, '7')
    await expectNoViolations(page)
    await draw(page, placed(shapes.one, 0.4, 65, 30))
    await expect(page.getByRole('group', { name: 'Digits' })).toBeVisible()
    await expectNoViolations(page)
    const input = page.locator('input[type=file]')
    await input.setInputFiles({ name: '3.png', mimeType: 'image/png', buffer: await pngOf(page, shapes.three) })
    await expectRead(page, '3')
    await expectNoViolations(page)
    await input.setInputFiles({ name: 'blank.png', mimeType: 'image/png', buffer: await pngOf(page, []) })
    await expect(answerOf(page)).toContainText('No digit found.')
    await expectNoViolations(page)
    await page.route('**/api/v1/read', (route) => route.abort())
    await input.setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('text') })
    await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible()
    await expectNoViolations(page)
  })
}

test('the page asks no other host, holds no inline style or script, and logs no error', async ({ page, baseURL }) => {
  const asked: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  page.on('console', (message) => { if (message.type() !== 'log') complaints.push(message.text()) })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto('./')
  await expect(page).toHaveTitle('inkdigits')
  await draw(page, shapes.seven)
  await expectRead(page, '7')
  expect(asked.length).toBeGreaterThan(3)
  expect(asked.filter((url) => !url.startsWith(baseURL ?? 'none'))).toEqual([])
  expect(complaints).toEqual([])
  await expect(page.locator('style, script:not([src])')).toHaveCount(0)
})

test('every target is large enough', async ({ page, hasTouch }) => {
  await page.goto('./')
  await draw(page, [...placed(shapes.seven, 0.5, -10, 25), ...placed(shapes.three, 0.5, 50, 25)])
  await expectRead(page, '73')
  const targets = await page.locator('button, label').all()
  expect(targets).toHaveLength(8)
  for (const target of targets) {
    const box = await target.boundingBox()
    expect(box?.height).toBeGreaterThanOrEqual(42)
    expect(box?.width).toBeGreaterThanOrEqual(hasTouch ? 44 : 28)
  }
})

test('the answer and all bars are on the first screen', async ({ page }) => {
  await page.goto('./')
  await draw(page, shapes.seven)
  await expectRead(page, '7')
  await expect(answerOf(page)).toBeInViewport({ ratio: 1 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
})

test('bars move only where motion is welcome', async ({ page }) => {
  await page.goto('./')
  const bar = answerOf(page).locator('li [style]').first()
  const duration = () => bar.evaluate((element) => getComputedStyle(element).transitionDuration)
  expect(await duration()).toBe('0.25s')
  await page.emulateMedia({ reducedMotion: 'reduce' })
  expect(await duration()).toBe('0s')
})
