import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Locator, type Page } from '@playwright/test'
import { open, openInsecurely, readOnServer, sentFrom } from './answer'

/** Opens the camera and waits until it is on; the button that takes the picture. */
async function watch(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Camera' }).click()
  const take = page.getByRole('button', { name: 'Take the picture' })
  await expect(take).toHaveAttribute('aria-disabled', 'false')
  return take
}

test('a picture is taken with the camera, which is off afterwards', async ({ page, context }) => {
  await context.grantPermissions(['camera'])
  await open(page)
  const sent = sentFrom(page)
  const take = await watch(page)
  await take.click()
  await expect(page.getByRole('img', { name: 'The picture camera.jpg' })).toBeVisible()
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page.getByRole('button', { name: 'Read on the server' })).toBeFocused()
  expect(sent).toEqual([])
  const asked = page.waitForRequest('**/api/v1/read')
  await page.keyboard.press('Enter')
  expect((await asked).headers()['content-type']).toBe('image/jpeg')
})

test('two quick clicks take one picture', async ({ page, context }) => {
  await context.grantPermissions(['camera'])
  await open(page)
  await readOnServer(page)
  const sent = sentFrom(page)
  const take = await watch(page)
  const answered = page.waitForResponse('**/api/v1/read')
  await take.dblclick()
  await expect(page.getByRole('img', { name: 'The picture camera.jpg' })).toBeVisible()
  await answered
  expect(sent).toHaveLength(1)
})

test('a camera that is not on yet takes nothing, and stays open', async ({ page, context }) => {
  await context.grantPermissions(['camera'])
  await page.addInitScript(() => {
    const { mediaDevices } = navigator
    const start = mediaDevices.getUserMedia.bind(mediaDevices)
    mediaDevices.getUserMedia = async (asked) => {
      await new Promise((go) => { addEventListener('allowed', go) })
      return start(asked)
    }
  })
  await open(page)
  await page.getByRole('button', { name: 'Camera' }).click()
  const take = page.getByRole('button', { name: 'Take the picture' })
  await take.click({ force: true })
  await page.evaluate(() => dispatchEvent(new Event('allowed')))
  await expect(take).toHaveAttribute('aria-disabled', 'false')
})

test('a camera that is forbidden is said so', async ({ page }) => {
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))
  })
  await open(page)
  await page.getByRole('button', { name: 'Camera' }).click()
  await expect(page.getByRole('dialog')).toContainText('The camera cannot be used.')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page.getByRole('button', { name: 'Camera' })).toBeFocused()
})

test('a camera that is lost while it is on is said so', async ({ page, context }) => {
  await context.grantPermissions(['camera'])
  await open(page)
  await watch(page)
  await page.locator('video').evaluate((video: HTMLVideoElement) => {
    const [track] = (video.srcObject as MediaStream).getTracks()
    track?.stop()
    // As the browser does when it is unplugged.
    track?.dispatchEvent(new Event('ended'))
  })
  await expect(page.getByRole('dialog')).toContainText('The camera cannot be used.')
  await expect(page.getByRole('button', { name: 'Take the picture' })).toBeHidden()
})

test('a picture that cannot be made can be taken again', async ({ page, context }) => {
  await context.grantPermissions(['camera'])
  await open(page)
  const failures: string[] = []
  page.on('pageerror', ({ message }) => failures.push(message))
  const take = await watch(page)
  await page.evaluate(() => {
    const convert = Object.getOwnPropertyDescriptor(OffscreenCanvas.prototype, 'convertToBlob') ?? {}
    OffscreenCanvas.prototype.convertToBlob = () => {
      Object.defineProperty(OffscreenCanvas.prototype, 'convertToBlob', convert)
      return Promise.reject(new DOMException('', 'EncodingError'))
    }
  })
  await take.click()
  await expect(take).toHaveAttribute('aria-disabled', 'false')
  await take.click()
  await expect(page.getByRole('img', { name: 'The picture camera.jpg' })).toBeVisible()
  expect(failures).toEqual([])
})

test('without HTTPS that is said to be why there is no camera', async ({ page, baseURL }) => {
  await openInsecurely(page, baseURL)
  await page.getByRole('button', { name: 'Camera' }).click()
  await expect(page.getByRole('dialog')).toContainText('The browser gives the camera over HTTPS only.')
})

test('the camera is without violations', async ({ page, context }) => {
  await context.grantPermissions(['camera'])
  await open(page)
  await watch(page)
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id }) => id)).toEqual([])
})
