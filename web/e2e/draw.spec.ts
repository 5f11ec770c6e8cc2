import { expect, test } from '@playwright/test'
import { answerOf, barsOf, expectRead, open, readOnServer, sentFrom } from './answer'
import { draw, placed, shapes } from './pen'

test.beforeEach(async ({ page }) => {
  await open(page)
})

for (const [text, strokes] of [['0', shapes.zero], ['1', shapes.one], ['3', shapes.three], ['4', shapes.four], ['7', shapes.seven]] as const) {
  test(`a drawn ${text} is read, with its bars`, async ({ page }) => {
    await draw(page, strokes)
    await expectRead(page, text)
    await expect(answerOf(page).locator('p').first()).toHaveText(text)
    await expect(answerOf(page)).toContainText(/(Almost certain|Quite sure|Fairly sure), (> )?\d\d %/)
    await expect(barsOf(page)).toHaveCount(10)
    await expect(barsOf(page).nth(Number(text))).toContainText(/(> )?[5-9]\d %/)
    await expect(barsOf(page).nth(5)).toContainText(/^5\d %$/)
  })
}

test('nothing of a drawing leaves the device', async ({ page }) => {
  const sent = sentFrom(page)
  await expect(page.getByText('read on this device and does not leave it')).toBeVisible()
  await draw(page, shapes.seven)
  await expectRead(page, '7')
  expect(sent).toEqual([])
})

test('bars move while the pen is still down', async ({ page }) => {
  await draw(page, shapes.one)
  await expectRead(page, '1')
  await page.keyboard.press('Delete')
  await draw(page, shapes.seven, { lift: false })
  await expect(barsOf(page).nth(7)).toContainText(/[5-9]\d %/)
  await page.mouse.up()
  await expectRead(page, '7')
})

test('an answer that may still change is neither announced nor copied', async ({ page }) => {
  await page.addInitScript(() => {
    window.Worker = class extends Worker {
      override postMessage(asked: { kind: string }) {
        const go = () => { super.postMessage(asked) }
        if ('held' in window && asked.kind === 'read') addEventListener('go', go, { once: true })
        else go()
      }
    }
  })
  await page.reload()
  await draw(page, placed(shapes.one, 0.6, 0, 20))
  await expectRead(page, '1')
  const copy = page.getByRole('button', { name: 'Copy' })
  await expect(copy).toHaveAttribute('aria-disabled', 'false')
  await page.evaluate(() => { Object.assign(window, { held: true }) })
  await draw(page, placed(shapes.zero, 0.6, 40, 20))
  await expect(page.getByRole('status')).toBeEmpty()
  await page.waitForTimeout(1500)
  await expect(page.getByRole('status')).toBeEmpty()
  await expect(answerOf(page).locator('p, button').first()).toHaveText('1')
  await expect(copy).toHaveAttribute('aria-disabled', 'true')
  await page.evaluate(() => dispatchEvent(new Event('go')))
  await expectRead(page, '10')
  await expect(copy).toHaveAttribute('aria-disabled', 'false')
})

test('on the server only places are sent, in paper units to a tenth', async ({ page }) => {
  await readOnServer(page)
  const asked = page.waitForRequest('**/api/v1/read')
  await draw(page, [[[25, 50], [75, 50]]])
  const { strokes } = (await asked).postDataJSON() as { strokes: number[][][] }
  expect(strokes).toHaveLength(1)
  const points = strokes[0] ?? []
  expect(points[0]).toEqual([120, 240])
  expect(points.at(-1)).toEqual([360, 240])
  for (const value of points.flat()) expect(value).toBe(Math.round(value * 10) / 10)
})

test('several digits: each can be chosen, and its bars are shown', async ({ page }) => {
  await draw(page, [...placed(shapes.seven, 0.5, -10, 25), ...placed(shapes.three, 0.5, 50, 25)])
  await expectRead(page, '73')
  const digits = page.getByRole('group', { name: 'Digits' }).getByRole('button')
  await expect(digits).toHaveText(['7', '3'])
  await expect(digits.nth(0)).toHaveAttribute('aria-pressed', 'true')
  await expect(barsOf(page).nth(7)).toContainText(/[5-9]\d %/)
  await digits.nth(1).click()
  await expect(digits.nth(1)).toHaveAttribute('aria-pressed', 'true')
  await expect(barsOf(page).nth(3)).toContainText(/[5-9]\d %/)
})

test('undo takes back one stroke, redo brings it again, and clearing can be taken back', async ({ page }) => {
  const undo = page.getByRole('button', { name: 'Undo' })
  const clear = page.getByRole('button', { name: 'Clear' })
  await expect(undo).toHaveAttribute('aria-disabled', 'true')
  await draw(page, placed(shapes.one, 0.6, 0, 20))
  await expectRead(page, '1')
  await draw(page, placed(shapes.zero, 0.6, 40, 20))
  await expectRead(page, '10')
  await undo.click()
  await expectRead(page, '1')
  await page.getByRole('button', { name: 'Redo' }).click()
  await expectRead(page, '10')
  await undo.click()
  await clear.click()
  await expect(page.locator('canvas')).toHaveAccessibleName('Paper to draw on, empty')
  await expect(answerOf(page)).toContainText('The answer appears here.')
  await undo.click()
  await expectRead(page, '1')
})

test('an answer that comes late is never shown', async ({ page }) => {
  await readOnServer(page)
  let late: (() => void) | undefined
  await page.route('**/api/v1/read', async (route) => {
    if (!late) await new Promise<void>((answer) => { late = answer })
    await route.continue().catch(() => undefined)
  })
  const given = page.waitForEvent('requestfailed')
  await draw(page, placed(shapes.one, 0.6, 0, 20))
  await expect.poll(() => late).toBeDefined()
  await draw(page, placed(shapes.zero, 0.6, 40, 20))
  await expectRead(page, '10')
  expect((await given).failure()?.errorText).toBe('net::ERR_ABORTED')
  late?.()
  await page.waitForTimeout(1500)
  await expectRead(page, '10')
})

test('the pen width changes how ink looks and not what is sent', async ({ page }) => {
  const sent: (string | null)[] = []
  const inked: number[] = []
  page.on('request', (request) => { if (request.method() === 'POST') sent.push(request.postData()) })
  await readOnServer(page)
  for (const name of ['Fine pen', 'Broad pen']) {
    await page.getByText(name).locator('..').click()
    await expect(page.getByRole('radio', { name })).toBeChecked()
    await draw(page, shapes.seven)
    await expectRead(page, '7')
    inked.push(await page.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
      const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data
      return Array.from(pixels ?? []).filter((value, i) => i % 4 === 3 && value > 0).length
    }))
    await page.keyboard.press('Delete')
  }
  expect(sent[0]).toBe(sent[1])
  expect(inked[1]).toBeGreaterThan(1.7 * (inked[0] ?? Infinity))
})

test('the eraser cuts strokes, and is one step to take back', async ({ page }) => {
  const paper = page.locator('canvas')
  await draw(page, [[[50, 10], [50, 90]]])
  await page.getByText('Eraser').locator('..').click()
  await draw(page, [[[30, 50], [70, 50]]])
  await expect(paper).toHaveAccessibleName('Paper with 2 strokes')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(paper).toHaveAccessibleName('Paper with one stroke')
})

test('erasing where there is no ink is no step', async ({ page }) => {
  await page.keyboard.press('e')
  await expect(page.getByRole('radio', { name: 'Eraser' })).toBeChecked()
  await draw(page, [[[30, 50], [70, 50]]])
  await expect(page.getByRole('button', { name: 'Undo' })).toHaveAttribute('aria-disabled', 'true')
})

test('an example needs no drawing, and the next is another', async ({ page }) => {
  const button = page.getByRole('button', { name: 'Example' })
  for (const text of ['7', '42', '2026']) {
    await button.click()
    await expectRead(page, text)
  }
})
