import { expect, test } from '@playwright/test'
import { answerOf, expectRead, open, readOnServer, send } from './answer'
import { draw, pngOf, shapes } from './pen'

test('a server that is away is said so, and Try again recovers', async ({ page }) => {
  await open(page)
  await readOnServer(page)
  await page.route('**/api/v1/read', (route) => route.abort('connectionrefused'))
  await draw(page, shapes.seven)
  await expect(answerOf(page)).toContainText('The server does not answer.')
  await expect(page.getByRole('status')).toContainText('The server does not answer.')
  const again = page.getByRole('button', { name: 'Try again' })
  await again.focus()
  await page.keyboard.press('Enter')
  await expect(answerOf(page)).toBeFocused()
  await expect(again).toBeVisible()
  await page.unroute('**/api/v1/read')
  await again.click()
  await expectRead(page, '7')
  await expect(again).toBeHidden()
})

test('a gateway without a server is the same', async ({ page }) => {
  await open(page)
  await readOnServer(page)
  await page.route('**/api/v1/read', (route) => route.fulfill({ status: 502, body: 'Bad gateway' }))
  await draw(page, shapes.one)
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible()
})

test.describe('without a network', () => {
  test.use({ serviceWorkers: 'allow' })

  test('offline, drawings are read all the same, and pictures once there is a network again', async ({ page, context }) => {
    await open(page)
    await draw(page, shapes.seven)
    await expectRead(page, '7')
    await page.evaluate(async () => { await navigator.serviceWorker.ready })
    await context.setOffline(true)
    await expect(page.getByText('You are offline. Your drawing is read on this device all the same.')).toBeVisible()
    await page.keyboard.press('Delete')
    await draw(page, shapes.one)
    await expectRead(page, '1')
    const buffer = await pngOf(page, shapes.three)
    await page.locator('input[type=file]').first().setInputFiles({ name: '3.png', mimeType: 'image/png', buffer })
    await expect(page.getByText('You are offline. Your pictures are still on this device only')).toBeVisible()
    await send(page)
    await expect(answerOf(page)).toContainText('The server does not answer.')
    await expect(page.getByText('You are offline. Your pictures are sent once the server can be reached.')).toBeVisible()
    await context.setOffline(false)
    await expectRead(page, '3')
  })

  test('offline, the page opens under any address that it has', async ({ page, context }) => {
    await open(page)
    await page.evaluate(async () => { await navigator.serviceWorker.ready })
    await context.setOffline(true)
    for (const address of ['./', './?source=pwa', './?utm_medium=mail&from=2']) {
      await page.goto(address)
      await draw(page, shapes.seven)
      await expectRead(page, '7')
      await page.keyboard.press('Delete')
    }
  })

  for (const since of ['the page is open', 'before it was opened']) {
    test(`offline since ${since}, a drawing for the server waits for a network`, async ({ page, context }) => {
      await open(page)
      await page.evaluate(async () => { await navigator.serviceWorker.ready })
      await readOnServer(page)
      await context.setOffline(true)
      if (since.startsWith('before')) await page.reload()
      await draw(page, shapes.seven)
      await expect(answerOf(page)).toContainText('The server does not answer.')
      await expect(page.getByText('You are offline. Your drawing is sent once the server can be reached')).toBeVisible()
      await context.setOffline(false)
      await expectRead(page, '7')
    })
  }
})

test('where this device cannot read, the server is offered', async ({ page }) => {
  await page.route('**/*.wasm', (route) => route.abort())
  await open(page)
  await draw(page, shapes.seven)
  await expect(answerOf(page)).toContainText('could not be started on this device')
  await page.getByRole('button', { name: 'Read on the server' }).click()
  await expect(page.getByRole('radio', { name: 'On the server' })).toBeChecked()
  await expectRead(page, '7')
})
