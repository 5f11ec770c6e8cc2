import { expect, test, type Page } from '@playwright/test'
import { expectRead, open, readOnServer, send, unfold } from './answer'
import { uploadAll } from './give'
import { draw, placed, pngOf, scribble, shapes } from './pen'

const entriesOf = (page: Page) => page.locator('details li:has(time)')

/** After this a reading would be listed, in milliseconds. */
const SETTLED = 1500

const paperOf = (page: Page) => page.locator('canvas').first()

/** What is drawn, as a picture of few pixels, whatever the size on the screen. */
async function inkOf(page: Page): Promise<number[]> {
  return paperOf(page).evaluate((canvas: HTMLCanvasElement) => {
    const context = new OffscreenCanvas(24, 24).getContext('2d')
    context?.drawImage(canvas, 0, 0, 24, 24)
    const pixels = context?.getImageData(0, 0, 24, 24).data ?? []
    return Array.from({ length: 24 * 24 }, (_, i) => ((pixels[4 * i + 3] ?? 0) > 15 ? 1 : 0))
  })
}

async function expectSameInk(page: Page, before: readonly number[]): Promise<void> {
  expect(before.reduce((sum, ink) => sum + ink)).toBeGreaterThan(13)
  await expect.poll(async () => (await inkOf(page)).filter((ink, i) => ink !== before[i]).length).toBeLessThan(12)
}

test('strokes survive a reload, and are read again', async ({ page }) => {
  await open(page)
  await draw(page, shapes.four)
  await expectRead(page, '4')
  const before = await inkOf(page)
  await page.reload()
  await expectRead(page, '4')
  await expect(paperOf(page)).toHaveAccessibleName('Paper with 2 strokes')
  await expectSameInk(page, before)
})

test('strokes survive another size of the window and a turned device', async ({ page }) => {
  await open(page)
  await draw(page, [...shapes.four, ...shapes.zero, ...shapes.seven])
  const before = await inkOf(page)
  for (const size of [{ width: 780, height: 360 }, { width: 360, height: 780 }, { width: 1200, height: 800 }]) {
    await page.setViewportSize(size)
    await expectSameInk(page, before)
  }
})

for (const [what, value] of [
  ['garbage', '{"version":1,"value":{"at":1,"strokes":[{"width":15,"pressed":false,"places":[1,null,3]}]}}'],
  ['no JSON', '\u0000'],
  ['another version', '{"version":99,"value":[]}'],
] as const) {
  test(`what was kept is ${what}: the page begins empty`, async ({ page }) => {
    await page.addInitScript((text) => {
      for (const name of ['drawing', 'tool', 'where', 'history', 'language', 'single'])
        for (const store of [localStorage, sessionStorage]) store.setItem(`inkdigits.${name}`, text)
    }, value)
    await open(page)
    await expect(paperOf(page)).toHaveAccessibleName('Paper to draw on, empty')
    await draw(page, shapes.one)
    await expectRead(page, '1')
  })
}

for (const [what, spoil] of [
  ['full', () => { Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') } }],
  ['forbidden', () => {
    for (const store of ['localStorage', 'sessionStorage'])
      Object.defineProperty(window, store, { get: () => { throw new DOMException('', 'SecurityError') } })
  }],
] as const) {
  test(`the page works where storage is ${what}`, async ({ page }) => {
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    await page.addInitScript(spoil)
    await open(page)
    await page.keyboard.press('3')
    await draw(page, shapes.seven)
    await expectRead(page, '7')
    await page.getByLabel('Appearance').selectOption('dark')
    await page.getByLabel('Language').selectOption('de')
    await expect(page.getByRole('region', { name: 'Antwort' })).toBeVisible()
    expect(faults).toEqual([])
  })
}

test('readings are listed, come back after a reload, can be shown again and be cleared', async ({ page }) => {
  await open(page)
  await unfold(page, 'History')
  await expect(page.getByText('Kept in this browser only.')).toBeVisible()
  const entries = entriesOf(page)
  await draw(page, placed(shapes.one, 0.6, 0, 20))
  await expectRead(page, '1')
  await draw(page, placed(shapes.zero, 0.6, 40, 20))
  await expectRead(page, '10')
  await expect(entries).toHaveCount(1)
  await expect(entries.first()).toContainText('10')
  await page.keyboard.press('Delete')
  const buffer = await pngOf(page, shapes.three)
  await page.locator('input[type=file]').first().setInputFiles({ name: 'three.png', mimeType: 'image/png', buffer })
  await send(page)
  await expect(entries).toHaveCount(2)
  await expect(entries.first()).toContainText('three.png, on the server')
  await page.reload()
  await unfold(page, 'History')
  await expect(entries).toHaveCount(2)
  await page.getByRole('button', { name: 'Show 10 again' }).click()
  await expectRead(page, '10')
  await expect(entries).toHaveCount(2)
  await page.getByRole('button', { name: 'Clear the history' }).click()
  await expect(entries).toHaveCount(0)
  await page.reload()
  await unfold(page, 'History')
  await expectRead(page, '10')
  await page.waitForTimeout(SETTLED)
  await expect(entries).toHaveCount(0)
  await draw(page, placed(shapes.zero, 0.4, 60, 60))
  await expect(entries).toHaveCount(1)
})

test('a drawing shown again keeps its place in the history, and changed it has one of its own', async ({ page }) => {
  await open(page)
  await unfold(page, 'History')
  await draw(page, placed(shapes.one, 0.6, 0, 20))
  await expect(entriesOf(page)).toHaveCount(1)
  await page.keyboard.press('Delete')
  await page.getByRole('button', { name: 'Show 1 again' }).click()
  await expectRead(page, '1')
  await page.waitForTimeout(SETTLED)
  await expect(entriesOf(page)).toHaveCount(1)
  await draw(page, placed(shapes.zero, 0.6, 40, 20))
  await expectRead(page, '10')
  await expect(page.getByRole('button', { name: /^Show \d+ again$/ })).toHaveCount(2)
  await expect(page.getByRole('button', { name: 'Show 10 again' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Show 1 again' })).toBeVisible()
})

test('a drawing without an answer can be shown again, too', async ({ page }) => {
  await open(page)
  await unfold(page, 'History')
  await draw(page, scribble)
  const again = page.getByRole('button', { name: 'Show this drawing again' })
  await expect(again).toBeVisible()
  await page.keyboard.press('Delete')
  await again.click()
  await expect(paperOf(page)).toHaveAccessibleName('Paper with 2 strokes')
})

test('where there is no room for more, the oldest answers make way, and what is listed is kept', async ({ page }) => {
  const history = Array.from({ length: 50 }, (_, at) =>
    ({ at, where: 'server', text: '8'.repeat(90_000), confidence: 0.9, reason: null, name: `${at}.png`, strokes: [] }))
  await open(page)
  await page.evaluate((value) => {
    localStorage.setItem('inkdigits.history', JSON.stringify({ version: 1, value }))
    let room = 2 ** 22
    while (room >= 1) {
      const filled = localStorage.getItem('of another page') ?? ''
      try {
        localStorage.setItem('of another page', filled + '.'.repeat(room))
      } catch {
        room /= 2
      }
    }
  }, history)
  await page.reload()
  await draw(page, shapes.seven)
  await expectRead(page, '7')
  await expect(page.getByRole('heading', { name: 'History' }).locator('..')).toContainText('45')
  await page.reload()
  await expectRead(page, '7')
  await unfold(page, 'History')
  await expect(entriesOf(page)).toHaveCount(45)
  await expect(entriesOf(page).first()).toContainText('7')
})

test('a long answer of several lines is listed whole', async ({ page }) => {
  const text = `${'1234567890'.repeat(8)}\n42`
  const entry = { at: 1, where: 'server', text, confidence: 0.9, reason: null, name: 'page.png', strokes: [] }
  await page.addInitScript((value) => { localStorage.setItem('inkdigits.history', JSON.stringify({ version: 1, value })) }, [entry])
  await open(page)
  await unfold(page, 'History')
  const listed = entriesOf(page).getByText('42')
  expect(await listed.innerText()).toBe(text)
  expect(await listed.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0)
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
})

test('what is cleared does not come back by itself, also beside a picture that cannot be read', async ({ page }) => {
  await open(page)
  await readOnServer(page)
  await unfold(page, 'History')
  await uploadAll(page, [{ name: 'three.png', buffer: await pngOf(page, shapes.three) }, { name: 'broken.png', buffer: Buffer.from('no picture') }])
  await expect(entriesOf(page)).toHaveCount(1)
  await page.getByRole('button', { name: 'Clear the history' }).click()
  await expect(entriesOf(page)).toHaveCount(0)
  await page.getByRole('button', { name: /^broken.png/ }).click()
  await page.waitForTimeout(SETTLED)
  await expect(entriesOf(page)).toHaveCount(0)
})

test('each tab has a paper of its own, and a new one begins empty', async ({ page, context }) => {
  await open(page)
  await draw(page, shapes.seven)
  await expectRead(page, '7')
  const other = await context.newPage()
  await open(other)
  await expect(paperOf(other)).toHaveAccessibleName('Paper to draw on, empty')
  await other.bringToFront()
  await draw(other, shapes.four)
  await other.keyboard.press('Delete')
  await page.bringToFront()
  await page.reload()
  await expectRead(page, '7')
})

test('a tab that was opened from another goes on with its drawing, and leaves the answer of the other alone', async ({ page }) => {
  await open(page)
  await draw(page, placed(shapes.one, 0.6, 0, 20))
  await expectRead(page, '1')
  await unfold(page, 'History')
  await expect(entriesOf(page)).toHaveCount(1)
  const opened = page.waitForEvent('popup')
  // It is given what the first has kept for its session.
  await page.evaluate(() => { window.open(location.href) })
  const other = await opened
  await expectRead(other, '1')
  await draw(other, placed(shapes.zero, 0.6, 40, 20))
  await expectRead(other, '10')
  await page.bringToFront()
  await expect(entriesOf(page)).toHaveCount(2)
  await draw(page, placed(shapes.one, 0.6, 50, 20))
  await expectRead(page, '11')
  await expect(entriesOf(page)).toHaveCount(2)
  await expect(entriesOf(page).filter({ hasText: '10' })).toHaveCount(1)
})

test('two tabs have one history', async ({ page, context }) => {
  const other = await context.newPage()
  for (const tab of [page, other]) {
    await open(tab)
    await unfold(tab, 'History')
  }
  await draw(page, shapes.one)
  await expect(entriesOf(other)).toHaveCount(1)
  await other.bringToFront()
  await draw(other, shapes.seven)
  for (const tab of [page, other]) await expect(entriesOf(tab)).toHaveCount(2)
  await other.getByRole('button', { name: 'Clear the history' }).click()
  await page.bringToFront()
  await expect(entriesOf(page)).toHaveCount(0)
  await page.keyboard.press('Delete')
  await draw(page, shapes.three)
  for (const tab of [page, other]) {
    await expect(entriesOf(tab)).toHaveCount(1)
    await expect(entriesOf(tab).first()).toContainText('3')
  }
})
