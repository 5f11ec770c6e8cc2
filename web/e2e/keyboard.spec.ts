import { expect, test, type Page } from '@playwright/test'
import { answerOf, expectRead, open, openInsecurely } from './answer'
import { draw, placed, pngOf, shapes } from './pen'

test.beforeEach(async ({ page }) => {
  await open(page)
})

/** Presses Tab until a control has the focus, and checks that the focus can be seen. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let i = 0; i < 25; i++) {
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
  await expect(page.getByRole('button', { name: 'Read on the server' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expectRead(page, '71')
  await tabTo(page, /^7, digit 1 of 2/)
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('button', { name: '1, digit 2 of 2' })).toBeFocused()
  await expect(page.getByRole('button', { name: '1, digit 2 of 2' })).toHaveAttribute('aria-pressed', 'true')
  await page.keyboard.press('Escape')
  await expect(page.locator('canvas')).toHaveAccessibleName('Paper to draw on, empty')
})

test('Ctrl+Z takes back, Ctrl+Y brings again, Delete and Escape clear', async ({ page }) => {
  const paper = page.locator('canvas')
  await draw(page, shapes.four)
  await expect(paper).toHaveAccessibleName('Paper with 2 strokes')
  await page.keyboard.press('Control+z')
  await expect(paper).toHaveAccessibleName('Paper with one stroke')
  for (const redo of ['Control+y', 'Control+Shift+z']) {
    await page.keyboard.press(redo)
    await expect(paper).toHaveAccessibleName('Paper with 2 strokes')
    await page.keyboard.press('Control+z')
  }
  await page.keyboard.press('Delete')
  await expect(paper).toHaveAccessibleName('Paper to draw on, empty')
  await page.keyboard.press('Control+z')
  await expect(paper).toHaveAccessibleName('Paper with one stroke')
  await page.keyboard.press('Escape')
  await expect(paper).toHaveAccessibleName('Paper to draw on, empty')
})

test('an answer in the same words as the last is announced again', async ({ page }) => {
  await draw(page, shapes.seven)
  await expectRead(page, '7')
  const heard = await page.getByRole('status').evaluateHandle((status) => {
    const texts: (string | null)[] = []
    new MutationObserver(() => texts.push(status.textContent)).observe(status, { childList: true, characterData: true, subtree: true })
    return texts
  })
  await page.keyboard.press('Control+z')
  await page.waitForTimeout(100)
  await page.keyboard.press('Control+y')
  await expect.poll(() => heard.jsonValue()).toEqual(['', expect.stringContaining('Read 7.')])
})

test('the pen width is chosen with the arrow keys', async ({ page }) => {
  await page.getByRole('radio', { name: 'Medium pen' }).focus()
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('radio', { name: 'Broad pen' })).toBeChecked()
})

test('a button keeps the focus when it has nothing left to do', async ({ page }) => {
  await draw(page, shapes.one)
  await page.getByRole('radio', { name: 'Medium pen' }).focus()
  await tabTo(page, /^Clear$/)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Clear' })).toBeFocused()
  await expect(page.getByRole('button', { name: 'Clear' })).toHaveAttribute('aria-disabled', 'true')
})

test('a digit is drawn with the arrow keys', async ({ page }) => {
  const paper = page.locator('canvas')
  await paper.focus()
  for (let i = 0; i < 7; i++) await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Space')
  await expect(paper).toHaveAccessibleName(/The pen is down/)
  for (let i = 0; i < 14; i++) await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Space')
  await expect(paper).toHaveAccessibleName('Paper with one stroke')
  await expectRead(page, '1')
  await page.keyboard.press('Space')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Escape')
  await expect(paper).toHaveAccessibleName('Paper with one stroke')
})

test('a key that is held puts the pen down once', async ({ page }) => {
  const paper = page.locator('canvas')
  await paper.focus()
  for (let i = 0; i < 6; i++) await page.keyboard.down('Space')
  await expect(paper).toHaveAccessibleName('Paper to draw on, empty. The pen is down.')
  await page.keyboard.up('Space')
  await page.keyboard.press('Escape')
  await expect(paper).toHaveAccessibleName('Paper to draw on, empty')
})

test('what is cleared while pen or eraser is down stays cleared, and is seen to be', async ({ page }) => {
  const paper = page.locator('canvas')
  const inked = () => paper.evaluate((canvas: HTMLCanvasElement) =>
    canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height / 3).data.some((value, i) => i % 4 === 3 && value > 0))
  for (const tool of ['e', '2']) {
    await draw(page, [[[20, 10], [80, 10]]])
    await page.keyboard.press(tool)
    await paper.focus()
    await page.keyboard.press('Space')
    await expect(paper).toHaveAccessibleName(/The pen is down/)
    expect(await inked()).toBe(true)
    await page.keyboard.press('Delete')
    await expect.poll(inked).toBe(false)
    await page.keyboard.press('Space')
    await expect(paper).toHaveAccessibleName(tool === 'e' ? 'Paper to draw on, empty' : 'Paper with one stroke')
    await page.keyboard.press('1')
  }
})

test('Escape while a stroke is drawn or rubbed out takes back only that', async ({ page }) => {
  const paper = page.locator('canvas')
  await draw(page, placed(shapes.one, 0.6, 0, 20))
  await draw(page, placed(shapes.zero, 0.6, 40, 20), { lift: false })
  await page.keyboard.press('Escape')
  await draw(page, [[[80, 90], [20, 90]]])
  await expect(paper).toHaveAccessibleName('Paper with 2 strokes')
  await page.keyboard.press('Control+z')
  await expectRead(page, '1')
  await page.keyboard.press('e')
  await draw(page, [[[10, 50], [90, 50]]], { lift: false })
  await page.keyboard.press('Escape')
  await page.mouse.up()
  await expect(paper).toHaveAccessibleName('Paper with one stroke')
  await page.keyboard.press('Escape')
  await expect(paper).toHaveAccessibleName('Paper to draw on, empty')
})

test('keys and mouse take turns: what the one has drawn stays when the other begins', async ({ page }) => {
  const paper = page.locator('canvas')
  await paper.focus()
  await page.keyboard.press('Space')
  for (let i = 0; i < 6; i++) await page.keyboard.press('ArrowDown')
  await draw(page, [[[20, 20], [20, 80]]], { lift: false })
  await expect(paper).toHaveAccessibleName('Paper with one stroke')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Space')
  await expect(paper).toHaveAccessibleName('Paper with 2 strokes. The pen is down.')
  await page.mouse.move(0, 0)
  await page.mouse.up()
  await expect(paper).toHaveAccessibleName('Paper with 2 strokes. The pen is down.')
  await page.keyboard.press('Space')
  await expect(paper).toHaveAccessibleName('Paper with 3 strokes')
})

test('? shows the shortcuts, Escape closes them and clears nothing, and the focus returns', async ({ page }) => {
  await draw(page, shapes.one)
  await page.getByRole('button', { name: 'Undo' }).focus()
  await page.keyboard.press('?')
  const help = page.getByRole('dialog', { name: 'Help' })
  await expect(help).toBeVisible()
  await page.keyboard.press('Control+z')
  await page.keyboard.press('Escape')
  await expect(help).toBeHidden()
  await expect(page.locator('canvas')).toHaveAccessibleName('Paper with one stroke')
  await expect(page.getByRole('button', { name: 'Undo' })).toBeFocused()
})

test('shortcuts of a single key can be switched off, and stay off', async ({ page }) => {
  await page.keyboard.press('3')
  await expect(page.getByRole('radio', { name: 'Broad pen' })).toBeChecked()
  await page.keyboard.press('?')
  await page.getByRole('checkbox', { name: 'Shortcuts of a single key' }).uncheck()
  await page.keyboard.press('Escape')
  await page.keyboard.press('1')
  await expect(page.getByRole('radio', { name: 'Broad pen' })).toBeChecked()
  await page.reload()
  await expect(page.locator('canvas')).toBeVisible()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.getByRole('button', { name: 'Help and shortcuts' }).click()
  await expect(page.getByRole('checkbox')).not.toBeChecked()
})

test('the whole way by keyboard: an example, its steps, the history, copying', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await tabTo(page, /^Example$/)
  await page.keyboard.press('Enter')
  await expectRead(page, '7')
  await tabTo(page, /^Copy$/)
  await page.keyboard.press('Enter')
  await expect(page.getByText('Copied.')).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('7')
  await tabTo(page, /^What the network saw/)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('img', { name: 'The ink that decided for the 7' })).toBeVisible()
  await tabTo(page, /^History/)
  await page.keyboard.press('Space')
  await expect(page.getByRole('button', { name: 'Clear the history' })).toBeVisible()
  await tabTo(page, /^Clear the history$/)
  await page.keyboard.press('Enter')
  await expect(page.getByText('What is read on this page is listed here.')).toBeVisible()
  await expect(answerOf(page)).toContainText('7')
})

test('copying anew is said anew, in the same words', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-write'])
  await page.getByRole('button', { name: 'Example' }).click()
  await expectRead(page, '7')
  const copy = page.getByRole('button', { name: 'Copy' })
  await copy.click()
  await expect(page.getByText('Copied.')).toBeVisible()
  const heard = await page.getByText('Copied.').evaluateHandle((note) => {
    const texts: (string | null)[] = []
    new MutationObserver(() => texts.push(note.textContent)).observe(note, { childList: true, characterData: true, subtree: true })
    return texts
  })
  await copy.click()
  await expect.poll(() => heard.jsonValue()).toEqual(['', 'Copied.'])
})

test('without HTTPS that is said to be why nothing is copied', async ({ page, baseURL }) => {
  await openInsecurely(page, baseURL)
  await page.getByRole('button', { name: 'Example' }).click()
  await expectRead(page, '7')
  await page.getByRole('button', { name: 'Copy' }).click()
  await expect(page.getByText('The browser copies over HTTPS only. Save the text instead.')).toBeVisible()
})

test('Escape and Delete on a list of choices clear nothing', async ({ page }) => {
  await draw(page, shapes.one)
  await page.getByLabel('Language').focus()
  for (const key of ['Escape', 'Delete']) await page.keyboard.press(key)
  await expect(page.locator('canvas')).toHaveAccessibleName('Paper with one stroke')
})
