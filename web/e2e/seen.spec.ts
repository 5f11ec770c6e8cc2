import { expect, test } from '@playwright/test'
import { expectRead, open, readOnDevice, readOnServer, send, sentFrom, unfold } from './answer'
import { number, upload } from './give'
import { draw, placed, pngOf, scribble, shapes } from './pen'

test.beforeEach(async ({ page }) => {
  await open(page)
})

test('what the network saw of a picture is shown step by step', async ({ page }) => {
  await readOnServer(page)
  await upload(page, 'number.png', 'image/png', await pngOf(page, number, 750, 300))
  await expectRead(page, '470')
  await unfold(page, 'What the network saw')
  await expect(page.getByText('What it took for ink')).toBeVisible()
  const deciding = page.getByRole('img', { name: 'The ink that decided for the 7' })
  await expect(deciding).toBeVisible()
  expect(await deciding.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(224)
})

test('what the network saw of a drawing is worked out on the device', async ({ page }) => {
  await draw(page, shapes.seven)
  await expectRead(page, '7')
  const sent = sentFrom(page)
  await unfold(page, 'What the network saw')
  const tile = page.getByRole('img', { name: 'The ink that decided for the 7' })
  await expect(tile).toBeVisible()
  const colours = await tile.evaluate((canvas: HTMLCanvasElement) => {
    const pixels = canvas.getContext('2d')?.getImageData(0, 0, 28, 28).data ?? []
    return new Set(Array.from({ length: 28 * 28 }, (_, i) => `${pixels[4 * i]} ${pixels[4 * i + 1]}`)).size
  })
  expect(colours).toBeGreaterThan(10)
  await expect(page.getByText('What it took for ink')).toBeVisible()
  const box = await page.locator('figure rect').first().boundingBox()
  expect((box?.height ?? 0) / (box?.width ?? 1)).toBeGreaterThan(1.2)
  await draw(page, placed(shapes.one, 0.4, 65, 30))
  await expect(page.getByRole('img', { name: 'The ink that decided for the 1' })).toBeVisible()
  await expect(page.getByRole('img', { name: /^The ink that decided/ })).toHaveCount(2)
  await expect(page.locator('figure text')).toHaveText(['7', '1'])
  expect(sent).toEqual([])
})

test('who goes on writing does not wait for the steps of what was there before', async ({ page }) => {
  await page.addInitScript(() => {
    const post = Object.getOwnPropertyDescriptor(Worker.prototype, 'postMessage')?.value as typeof Worker.prototype.postMessage
    Worker.prototype.postMessage = function (this: Worker, question: { kind: string }) {
      document.body.dataset.asked = `${document.body.dataset.asked ?? ''} ${question.kind}`
      // As on a slow device: else all may be weighed before anybody can write.
      setTimeout(() => { post.call(this, question) }, question.kind === 'weigh' ? 50 : 0)
    }
  })
  await open(page)
  const asked = () => page.evaluate(() => (document.body.dataset.asked ?? '').split(' '))
  for (const text of ['7', '42', '2026']) {
    await page.getByRole('button', { name: 'Example' }).click()
    await expectRead(page, text)
  }
  await unfold(page, 'What the network saw')
  await expect.poll(asked).toContain('weigh')
  await draw(page, placed(shapes.seven, 0.3, 35, -2))
  await expectRead(page, '7\n2026')
  const kinds = (await asked()).join(' ')
  expect(kinds).toMatch(/see weigh .*glance .*read/)
  // Each digit has 14 rows of places to be weighed.
  expect(kinds.split('see')[1]?.match(/weigh/g)?.length).toBeLessThan(4 * 14)
  await expect(page.getByRole('img', { name: /^The ink that decided/ })).toHaveCount(5)
})

test('of a declined drawing it is shown where the network looked, and what it took for ink', async ({ page }) => {
  await unfold(page, 'What the network saw')
  await draw(page, scribble)
  await expect(page.getByRole('status')).toContainText(/(No digit found|Too unsure to say)\. \S/)
  await expect(page.getByText('No digit was sure enough to be told.')).toBeVisible()
  await expect(page.locator('figure rect')).not.toHaveCount(0)
  await expect(page.locator('figure text')).toHaveCount(0)
  const dark = await page.locator('figure canvas').evaluate((canvas: HTMLCanvasElement) => {
    const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
    return Array.from(pixels).filter((value, i) => i % 4 === 0 && value < 50).length
  })
  expect(dark).toBeGreaterThan(100)
})

test('of a picture that is not sent there is nothing to see, nor is it sent for that', async ({ page }) => {
  const sent = sentFrom(page)
  await unfold(page, 'What the network saw')
  await upload(page, '7.png', 'image/png', await pngOf(page, shapes.seven))
  await expect(page.getByText('The steps of a picture come from the server, once it may read it.')).toBeVisible()
  await page.waitForTimeout(1000)
  expect(sent).toEqual([])
})

test('why the steps are not to be had is said, and they come once asked for again or online again', async ({ page, context }) => {
  await readOnServer(page)
  await draw(page, shapes.seven)
  await expectRead(page, '7')
  await page.route('**/api/v1/read?explain=true', (route) => route.abort('connectionrefused'))
  await unfold(page, 'What the network saw')
  const steps = page.getByRole('group').filter({ has: page.getByRole('heading', { name: 'What the network saw' }) })
  const away = steps.getByText('The server does not answer.')
  await expect(away).toBeVisible()
  await steps.getByRole('button', { name: 'Try again' }).press('Enter')
  await expect(steps.locator(':focus')).toBeVisible()
  await expect(away).toBeVisible()
  await page.unroute('**/api/v1/read?explain=true')
  await steps.getByRole('button', { name: 'Try again' }).click()
  const deciding = page.getByRole('img', { name: /^The ink that decided for the 7/ })
  await expect(deciding).toBeVisible()
  await context.setOffline(true)
  await page.keyboard.press('Delete')
  await draw(page, shapes.one)
  await expect(away).toBeVisible()
  await context.setOffline(false)
  await expect(page.getByRole('img', { name: 'The ink that decided for the 1' })).toBeVisible()
})

test('the steps of a picture are no longer asked for once it shall be read on this device', async ({ page }) => {
  await page.route('**/api/v1/read?explain=true', () => undefined)
  await upload(page, '7.png', 'image/png', await pngOf(page, shapes.seven))
  await send(page)
  await expectRead(page, '7')
  const asked = page.waitForRequest('**/api/v1/read?explain=true')
  const given = page.waitForEvent('requestfailed', { timeout: 15_000 })
  await unfold(page, 'What the network saw')
  await asked
  await readOnDevice(page)
  expect((await given).failure()?.errorText).toBe('net::ERR_ABORTED')
})
