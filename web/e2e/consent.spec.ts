import { expect, test, type Page } from '@playwright/test'
import { answerOf, expectRead, open, readOnDevice, readOnServer, send, sentFrom } from './answer'
import { hand, upload, uploadAll } from './give'
import { draw, placed, pngOf, shapes } from './pen'

const asking = 'Only the server reads pictures. They are not sent until you say so.'

const ways: readonly (readonly [way: string, give: (page: Page, png: Buffer) => Promise<void>])[] = [
  ['uploaded', (page, png) => upload(page, 'handed.png', 'image/png', png)],
  ['dropped', (page, png) => hand(page, 'drop', png)],
  ['pasted', (page, png) => hand(page, 'paste', png)],
]

/** A picture is pasted, and not sent before that is asked for. */
async function expectAsked(page: Page, png: Buffer): Promise<void> {
  const sent = sentFrom(page)
  await hand(page, 'paste', png)
  await expect(page.getByRole('status')).toHaveText(asking)
  expect(sent).toEqual([])
}

test.beforeEach(async ({ page }) => {
  await open(page)
})

for (const [way, give] of ways) {
  test(`a picture that is ${way} is shown, and sent once that is asked for; the next is sent at once`, async ({ page }) => {
    const sent = sentFrom(page)
    await give(page, await pngOf(page, shapes.seven))
    await expect(page.getByRole('img', { name: 'The picture handed.png' })).toBeVisible()
    await expect(page.getByRole('status')).toHaveText(asking)
    await expect(page.getByText('Your pictures are still on this device only.')).toBeVisible()
    await expect(page.getByRole('radio', { name: 'On this device' })).toBeChecked()
    await expect(page.getByRole('button', { name: 'Read on the server' })).toBeFocused()
    expect(sent).toEqual([])
    await page.keyboard.press('Enter')
    await expectRead(page, '7')
    await expect(answerOf(page)).toBeFocused()
    await expect(page.getByText('Pictures are sent to the server')).toBeVisible()
    await expect(page.getByRole('radio', { name: 'On the server' })).toBeChecked()
    await give(page, await pngOf(page, shapes.three))
    await expectRead(page, '3')
    expect(sent).toHaveLength(2)
  })
}

test('that pictures may be sent holds until they are cleared away, and not for drawings', async ({ page }) => {
  const png = await pngOf(page, shapes.seven)
  await hand(page, 'paste', png)
  await send(page)
  await expectRead(page, '7')
  await page.getByRole('button', { name: 'Clear' }).click()
  await expect(page.getByRole('radio', { name: 'On this device' })).toBeChecked()
  await expectAsked(page, png)
})

test('one press sends all the pictures of a sheet', async ({ page }) => {
  const sent = sentFrom(page)
  const buffer = await pngOf(page, shapes.one)
  await uploadAll(page, ['a.png', 'b.png', 'c.png', 'd.png'].map((name) => ({ name, buffer })))
  const pictures = page.getByRole('group', { name: 'Pictures' }).getByRole('button')
  await expect(pictures.nth(1)).toHaveAccessibleName('b.png, picture 2 of 4: not sent')
  await expect(page.getByRole('button', { name: 'Copy all' })).toHaveAttribute('aria-disabled', 'true')
  await pictures.nth(1).click()
  await expect(page.getByRole('status')).toHaveText(asking)
  expect(sent).toEqual([])
  await send(page)
  await expect(page.getByRole('status')).toHaveText('4 of 4 pictures read')
  expect(sent).toHaveLength(4)
})

test('the switch lets pictures be sent, and no more of them', async ({ page }) => {
  const png = await pngOf(page, shapes.seven)
  await hand(page, 'paste', png)
  await readOnServer(page)
  await expectRead(page, '7')
  await readOnDevice(page)
  await expect(page.getByText('The server was asked to read your pictures')).toBeVisible()
  await expect(page.getByText('still on this device only')).toBeHidden()
  await expectRead(page, '7')
  await expectAsked(page, png)
  await expect(page.getByText('still on this device only')).toBeVisible()
})

for (const [how, stop] of [
  ['the switch', readOnDevice],
  ['clearing', async (page: Page) => {
    await page.getByRole('button', { name: 'Clear' }).click()
    await page.getByRole('button', { name: 'Undo' }).click()
  }],
] as const) {
  test(`${how} stops what is being sent, which is told from what was not`, async ({ page }) => {
    await page.route('**/api/v1/read', () => undefined)
    const sent = sentFrom(page)
    const failures: (string | undefined)[] = []
    page.on('requestfailed', (request) => {
      if (request.method() === 'POST') failures.push(request.failure()?.errorText)
    })
    const buffer = await pngOf(page, shapes.one)
    await uploadAll(page, ['a.png', 'b.png', 'c.png', 'd.png'].map((name) => ({ name, buffer })))
    await send(page)
    await expect.poll(() => sent.length).toBe(3)
    await stop(page)
    await expect.poll(() => failures).toEqual(Array(3).fill('net::ERR_ABORTED'))
    await expect(page.getByText('The server was asked to read your pictures')).toBeVisible()
    await expect(page.getByRole('radio', { name: 'On this device' })).toBeChecked()
    await expect(answerOf(page)).toContainText('The picture may have reached the server.')
    await expect(page.getByRole('button', { name: 'd.png, picture 4 of 4: not sent' })).toBeVisible()
    expect(sent).toHaveLength(3)
    await page.unroute('**/api/v1/read')
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(page.getByRole('radio', { name: 'On the server' })).toBeChecked()
    await expect(page.getByRole('status')).toHaveText('4 of 4 pictures read')
  })
}

test('a picture that is brought back asks again, and leaves the focus where it is', async ({ page }) => {
  await hand(page, 'paste', await pngOf(page, shapes.seven))
  await expect(page.getByRole('button', { name: 'Read on the server' })).toBeFocused()
  await page.getByRole('button', { name: 'Clear' }).click()
  const undo = page.getByRole('button', { name: 'Undo' })
  await undo.focus()
  await page.keyboard.press('Enter')
  await expect(answerOf(page)).toContainText(asking)
  await expect(undo).toBeFocused()
})

test('of two sheets of pictures given unsent, only the one that it was said of is sent', async ({ page }) => {
  const sent = sentFrom(page)
  await hand(page, 'paste', await pngOf(page, shapes.seven))
  await hand(page, 'paste', await pngOf(page, shapes.three))
  await send(page)
  await expectRead(page, '3')
  await page.keyboard.press('Control+z')
  await expect(answerOf(page)).toContainText(asking)
  await send(page)
  await expectRead(page, '7')
  expect(sent).toHaveLength(2)
})

test('what is pasted behind a dialog is left alone', async ({ page }) => {
  await page.getByRole('button', { name: 'Help and shortcuts' }).click()
  await hand(page, 'paste', await pngOf(page, shapes.seven))
  await page.keyboard.press('Escape')
  await expect(page.locator('canvas')).toBeVisible()
})

test('the answer stays within reach of the keyboard where another reading has fewer digits', async ({ page }) => {
  await draw(page, placed(shapes.one, 0.6, 0, 20))
  await draw(page, placed(shapes.seven, 0.6, 40, 20))
  await expectRead(page, '17')
  await answerOf(page).getByRole('button').last().click()
  const box = { x: 0, y: 0, width: 9, height: 9 }
  const digits = [{ value: 7, confidence: 0.9, probabilities: Array(10).fill(0.1), box }]
  await page.route('**/api/v1/read', (route) => route.fulfill({ json: { text: '7-', confidence: 0.9, reason: null, turned: 0, digits } }))
  await readOnServer(page)
  await expect(answerOf(page).getByRole('button', { pressed: true })).toHaveAttribute('tabindex', '0')
})
