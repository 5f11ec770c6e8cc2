import { expect, test, type Page } from '@playwright/test'
import { answerOf, expectRead } from './answer'
import { draw, placed, pngOf, shapes } from './pen'

test.beforeEach(async ({ page }) => {
  await page.goto('./')
})

const number = [...placed(shapes.four, 0.8, 0, 10), ...placed(shapes.seven, 0.8, 80, 10), ...placed(shapes.zero, 0.8, 160, 10)]

async function upload(page: Page, name: string, mimeType: string, buffer: Buffer): Promise<void> {
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Upload' }).click()
  await (await choosing).setFiles({ name, mimeType, buffer })
}

/** Hands a file to the page as the system does when it is held over it, dropped or pasted. */
async function hand(page: Page, event: 'dragover' | 'drop' | 'paste', png: Buffer): Promise<void> {
  await page.evaluate(({ event, bytes }) => {
    const carried = new DataTransfer()
    carried.items.add(new File([new Uint8Array(bytes)], 'handed.png', { type: 'image/png' }))
    const init = { bubbles: true, cancelable: true }
    document.body.dispatchEvent(event === 'paste'
      ? new ClipboardEvent(event, { ...init, clipboardData: carried })
      : new DragEvent(event, { ...init, dataTransfer: carried }))
  }, { event, bytes: [...png] })
}

test('a picture is uploaded by the button, shown, and cleared away', async ({ page }) => {
  const asked = page.waitForRequest('**/api/v1/read')
  await upload(page, 'three.png', 'image/png', await pngOf(page, shapes.three))
  expect((await asked).headers()['content-type']).toBe('image/png')
  await expect(page.getByRole('img', { name: 'The picture three.png' })).toBeVisible()
  await expectRead(page, '3')
  await page.getByRole('button', { name: 'Clear' }).click()
  await expect(page.getByRole('img', { name: 'Paper to draw on, empty' })).toBeVisible()
  await draw(page, shapes.one)
  await expectRead(page, '1')
})

test('the same file can be uploaded twice', async ({ page }) => {
  const png = await pngOf(page, shapes.three)
  for (let i = 0; i < 2; i++) {
    await upload(page, 'three.png', 'image/png', png)
    await expectRead(page, '3')
    await page.getByRole('button', { name: 'Clear' }).click()
    await expect(page.getByRole('status')).toBeEmpty()
  }
})

for (const way of ['drop', 'paste'] as const) {
  test(`a picture is taken by ${way}`, async ({ page }) => {
    if (way === 'drop') {
      await hand(page, 'dragover', Buffer.from(''))
      await expect(page.getByText('Drop it to read it')).toBeVisible()
      await expect(page.getByText('Write here')).toBeHidden()
    }
    await hand(page, way, await pngOf(page, shapes.seven))
    await expect(page.getByRole('img', { name: 'The picture handed.png' })).toBeVisible()
    await expectRead(page, '7')
    await expect(page.getByText('Drop it to read it')).toBeHidden()
  })
}

test('several digits in a picture have boxes that choose', async ({ page }) => {
  await upload(page, 'number.png', 'image/png', await pngOf(page, number, 750, 300))
  await expectRead(page, '470')
  const boxes = page.locator('main svg rect')
  await expect(boxes).toHaveCount(3)
  const picture = await page.getByRole('img', { name: 'The picture number.png' }).boundingBox()
  const second = await boxes.nth(1).boundingBox()
  if (!picture || !second) throw new Error('Not on the screen')
  // The 7 is drawn from 0.42 to 0.54 of the picture's width.
  const middle = (second.x + second.width / 2 - picture.x) / picture.width
  expect(Math.abs(middle - 0.477)).toBeLessThan(0.02)
  await boxes.nth(1).click()
  await expect(page.getByRole('button', { name: '7, digit 2 of 3' })).toHaveAttribute('aria-pressed', 'true')
})

test('a file that is no picture says what would be right, and undo goes back', async ({ page }) => {
  await draw(page, shapes.one)
  await expectRead(page, '1')
  await upload(page, 'notes.txt', 'text/plain', Buffer.from('no picture at all'))
  await expect(answerOf(page)).toContainText('Give a PNG, JPEG')
  await expect(page.getByText('cannot be shown here')).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expectRead(page, '1')
})

test('a broken picture says what would be right', async ({ page }) => {
  const png = await pngOf(page, shapes.three)
  await upload(page, 'broken.png', 'image/png', png.subarray(0, png.length / 2))
  await expect(answerOf(page)).toContainText('Save or send the whole file again.')
})

test('a picture over the limit says so', async ({ page }) => {
  await upload(page, 'huge.png', 'image/png', Buffer.alloc(11_000_000, 1))
  await expect(answerOf(page)).toContainText('Save the picture smaller')
})

test('a picture of a type the browser does not know is read all the same', async ({ page }) => {
  const png = await pngOf(page, shapes.seven)
  await upload(page, 'seven.unknown', '', png)
  await expectRead(page, '7')
})

test('blank paper is said kindly', async ({ page }) => {
  await upload(page, 'blank.png', 'image/png', await pngOf(page, []))
  await expect(answerOf(page)).toContainText('No digit found. The paper looks blank.')
  await expect(page.getByRole('status')).toHaveText('No digit found.')
})
