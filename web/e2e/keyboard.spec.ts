import { expect, test, type Page } from '@playwright/test'
import { expectRead } from './answer'
import { draw, placed, pngOf, shapes } from './pen'

test.beforeEach(async ({ page }) => {
  await page.goto('./')
})

/** Presses Tab until a control has the focus, and checks that the focus can be seen. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press('Tab')
    const focused = page.locator(':focus')
    if (name.test((await focused.getAttribute('aria-label')) ?? (await focused.textContent()) ?? '')) {
      expect(await focused.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid')
      return
    }
  }
  throw new Error(`Tab does not reach ${name}`)
}

test('a picture is uploaded, its digits chosen and cleared without a pointer', async ({ page }) => {
  const strokes = [...placed(shapes.seven, 0.8, 0, 10), ...placed(shapes.one, 0.8, 80, 10)]
  // Asked for early: a key can be quicker than the browser's being told to hand its dialog over.
  const choosing = page.waitForEvent('filechooser')
  const png = await pngOf(page, strokes, 500, 300)
  await tabTo(page, /^Upload$/)
  await page.keyboard.press('Enter')
  await (await choosing).setFiles({ name: 'number.png', mimeType: 'image/png', buffer: png })
  await expectRead(page, '71')
  await tabTo(page, /^1, digit 2 of 2/)
  await page.keyboard.press('Space')
  await expect(page.getByRole('button', { name: '1, digit 2 of 2' })).toHaveAttribute('aria-pressed', 'true')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('img', { name: 'Paper to draw on, empty' })).toBeVisible()
})

test('Ctrl+Z takes back, Delete and Escape clear', async ({ page }) => {
  const paper = page.locator('canvas')
  await draw(page, shapes.four)
  await expect(paper).toHaveAccessibleName('Paper with 2 strokes')
  await page.keyboard.press('Control+z')
  await expect(paper).toHaveAccessibleName('Paper with one stroke')
  await page.keyboard.press('Delete')
  await expect(paper).toHaveAccessibleName('Paper to draw on, empty')
  await page.keyboard.press('Control+z')
  await expect(paper).toHaveAccessibleName('Paper with one stroke')
  await page.keyboard.press('Escape')
  await expect(paper).toHaveAccessibleName('Paper to draw on, empty')
})

test('the pen width is chosen with the arrow keys', async ({ page }) => {
  await page.getByRole('radio', { name: 'Medium pen' }).focus()
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('radio', { name: 'Broad pen' })).toBeChecked()
})

test('a button keeps the focus when it has nothing left to do', async ({ page }) => {
  await draw(page, shapes.one)
  await tabTo(page, /^Clear$/)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Clear' })).toBeFocused()
  await expect(page.getByRole('button', { name: 'Clear' })).toHaveAttribute('aria-disabled', 'true')
})
