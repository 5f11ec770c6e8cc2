import { expect, test, type Page } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import { answerOf, expectRead, open, readOnServer, sentFrom } from './answer'
import { hand, number, upload, uploadAll } from './give'
import { draw, placed, pngOf, shapes } from './pen'

test.beforeEach(async ({ page }) => {
  await open(page)
  await readOnServer(page)
})

test('a picture is uploaded by the button, shown, and cleared away', async ({ page }) => {
  const asked = page.waitForRequest('**/api/v1/read')
  await upload(page, 'three.png', 'image/png', await pngOf(page, shapes.three))
  expect((await asked).headers()['content-type']).toBe('image/png')
  await expect(page.getByRole('img', { name: 'The picture three.png' })).toBeVisible()
  await expectRead(page, '3')
  await page.getByRole('button', { name: 'Clear' }).click()
  await expect(page.locator('canvas')).toHaveAccessibleName('Paper to draw on, empty')
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

for (const colorScheme of ['light', 'dark'] as const) {
  test(`boxes stand out from grey paper, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme })
    await upload(page, 'number.png', 'image/png', await pngOf(page, number, 750, 300, '#999'))
    await expectRead(page, '470')
    const second = page.locator('main svg rect').nth(1)
    await second.scrollIntoViewIfNeeded()
    const box = await second.boundingBox()
    if (!box) throw new Error('Not on the screen')
    const across = await page.screenshot({ clip: { x: box.x - 8, y: box.y + box.height / 2, width: 16, height: 1 } })
    expect(await contrast(page, across)).toBeGreaterThanOrEqual(3)
  })
}

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

test('a picture of more pixels than the server takes is sent once more, smaller', async ({ page }) => {
  const side = 4500
  await upload(page, 'scan.png', 'image/png', await pngOf(page, shapes.three, side, side))
  await expectRead(page, '3')
  const scan = page.locator('svg[viewBox="0 0 4500 4500"] rect')
  const { x, height } = await scan.evaluate((box: SVGRectElement) => ({ x: box.x.baseVal.value, height: box.height.baseVal.value }))
  expect(x).toBeGreaterThan(0.1 * side)
  expect(height).toBeGreaterThan(0.4 * side)
})

test('a picture over the limit of a proxy says so too', async ({ page }) => {
  await page.route('**/api/v1/read', (route) => route.fulfill({ status: 413, contentType: 'text/html', body: '<h1>413</h1>' }))
  await upload(page, 'large.png', 'image/png', await pngOf(page, shapes.three))
  await expect(answerOf(page)).toContainText('The file is too large.')
  await expect(page.getByRole('button', { name: 'Try again' })).toBeHidden()
})

test('an answer of another shape leaves the page as it is', async ({ page }) => {
  await page.route('**/api/v1/read', (route) => route.fulfill({ json: { text: '7', digits: [{}] } }))
  await upload(page, 'seven.png', 'image/png', await pngOf(page, shapes.seven))
  await expect(answerOf(page)).toContainText('The server does not answer.')
  await page.unroute('**/api/v1/read')
  await page.getByRole('button', { name: 'Try again' }).click()
  await expectRead(page, '7')
})

test('a picture of a type the browser does not know is read all the same', async ({ page }) => {
  const png = await pngOf(page, shapes.seven)
  await upload(page, 'seven.unknown', '', png)
  await expectRead(page, '7')
})

test('what the browser cannot show is read, and saved as text', async ({ page }) => {
  const pixels = Array.from({ length: 60 * 60 }, (_, i) => (i % 60 > 27 && i % 60 < 32 && i > 600 && i < 3000 ? 0 : 255))
  await upload(page, 'one.pgm', 'image/x-portable-graymap', Buffer.concat([Buffer.from('P5 60 60 255\n'), Buffer.from(pixels)]))
  await expectRead(page, '1')
  await page.getByRole('button', { name: 'PNG' }).click()
  await expect(page.getByText('The browser cannot draw this picture. Save the text or the JSON instead.')).toBeVisible()
})

test('blank paper is said kindly', async ({ page }) => {
  await upload(page, 'blank.png', 'image/png', await pngOf(page, []))
  await expect(answerOf(page)).toContainText('No digit found. The paper looks blank.')
  await expect(page.getByRole('status')).toHaveText('No digit found. The paper looks blank. A larger or darker digit will do.')
})

test('how often a guess would be right is seen and heard', async ({ page }) => {
  const unsure = { text: '', confidence: 0.3, reason: 'ambiguous', turned: 0, digits: [] }
  await page.route('**/api/v1/read', (route) => route.fulfill({ json: unsure }))
  await upload(page, 'unsure.png', 'image/png', await pngOf(page, shapes.seven))
  const said = 'A guess would be right with a probability of 30 %.'
  await expect(answerOf(page)).toContainText(said)
  await expect(page.getByRole('status')).toContainText(said)
})

test('several pictures are read at once, some at a time, each with its own answer or error', async ({ page }) => {
  let now = 0
  let most = 0
  await page.route('**/api/v1/read', async (route) => {
    most = Math.max(most, ++now)
    const response = await route.fetch()
    await new Promise((go) => { setTimeout(go, 300) }) // so that those asked for together meet
    now -= 1
    await route.fulfill({ response })
  })
  const threes = await pngOf(page, shapes.three)
  await uploadAll(page, [
    ...[1, 2, 3, 4].map((i) => ({ name: `three-${i}.png`, buffer: threes })),
    { name: 'number.png', buffer: await pngOf(page, number, 750, 300) },
    { name: 'blank.png', buffer: await pngOf(page, []) },
    { name: 'broken.png', buffer: Buffer.from('no picture') },
  ])
  await expect(page.getByRole('status')).toHaveText('6 of 7 pictures read, 1 could not be read')
  expect(most).toBeGreaterThan(1)
  expect(most).toBeLessThanOrEqual(3)
  const pictures = page.getByRole('group', { name: 'Pictures' })
  await expect(pictures.getByRole('button')).toHaveCount(7)
  await pictures.getByRole('button', { name: 'number.png, picture 5 of 7: 470' }).click()
  await expect(page.locator('main svg rect')).toHaveCount(3)
  expect((await saved(page, 'PNG: Save the picture with boxes')).name).toBe('number.png')
  await pictures.getByRole('button', { name: 'blank.png, picture 6 of 7: No digit found.' }).click()
  await expect(answerOf(page)).toContainText('The paper looks blank.')
  await pictures.getByRole('button', { name: 'broken.png, picture 7 of 7: not read' }).click()
  await expect(answerOf(page)).toContainText('Give a PNG, JPEG')
  const rows = JSON.parse((await saved(page, 'JSON: Save as JSON')).bytes.toString()) as { path: string }[]
  expect(rows.map(({ path }) => path)).toEqual(['three-1.png', 'three-2.png', 'three-3.png', 'three-4.png', 'number.png', 'blank.png', 'broken.png'])
  expect(rows.slice(4)).toMatchObject([{ text: '470' }, { text: '', reason: 'blank' }, { error: { code: 'not_an_image' } }])
  const text = (await saved(page, 'Text: Save the text')).bytes.toString()
  expect(text).toContain('number.png\n470\n\nblank.png\n(No digit found. ')
  expect(text).toMatch(/broken\.png\n\(This kind of file cannot be read\. .*\)\n$/)
})

test('Try again reads all the pictures that failed for a while, and no others', async ({ page }) => {
  const limited = { code: 'rate_limited', detail: 'Too many requests', remedy: 'Wait a little.' }
  await page.route('**/api/v1/read', (route) =>
    route.request().postData() === 'no picture' ? route.fallback() : route.fulfill({ status: 429, json: limited }))
  const sent = sentFrom(page)
  const buffer = await pngOf(page, shapes.three)
  await uploadAll(page, [{ name: 'broken.png', buffer: Buffer.from('no picture') }, ...[2, 3, 4, 5, 6].map((i) => ({ name: `${i}.png`, buffer }))])
  await expect(page.getByRole('status')).toHaveText('0 of 6 pictures read, 6 could not be read')
  await page.unroute('**/api/v1/read')
  await page.getByRole('button', { name: /^6.png/ }).click()
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('button', { name: 'Try again' })).toBeHidden()
  await expect(page.getByRole('status')).toHaveText('5 of 6 pictures read, 1 could not be read')
  expect(sent).toHaveLength(6 + 5)
})

test('what one of several pictures could not be read for is saved with its name, though only one was read', async ({ page }) => {
  await uploadAll(page, [{ name: 'three.png', buffer: await pngOf(page, shapes.three) }, { name: 'broken.png', buffer: Buffer.from('no picture') }])
  await expect(page.getByRole('status')).toHaveText('1 of 2 pictures read, 1 could not be read')
  const { name, bytes } = await saved(page, 'JSON: Save as JSON')
  expect(name).toBe('pictures.json')
  expect(JSON.parse(bytes.toString())).toMatchObject([{ path: 'three.png', text: '3' }, { path: 'broken.png', error: {} }])
})

test('pictures that were read are not sent again, however long they were put away', async ({ page }) => {
  await page.clock.install()
  await page.reload()
  const buffer = await pngOf(page, shapes.three)
  const sent = sentFrom(page)
  await uploadAll(page, [{ name: 'a.png', buffer }, { name: 'b.png', buffer }])
  await expect(page.getByRole('progressbar')).toHaveAccessibleName('2 of 2 pictures read')
  await page.getByRole('button', { name: 'Clear' }).click()
  await page.clock.fastForward('10:00')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('progressbar')).toHaveAccessibleName('2 of 2 pictures read')
  expect(sent).toHaveLength(2)
})

test('how many pictures are read is shown while they are', async ({ page }) => {
  const held: (() => void)[] = []
  await page.route('**/api/v1/read', async (route) => {
    await new Promise<void>((go) => held.push(go))
    await route.continue().catch(() => undefined)
  })
  const buffer = await pngOf(page, shapes.one)
  await uploadAll(page, [{ name: 'a.png', buffer }, { name: 'b.png', buffer }])
  const progress = page.getByRole('progressbar')
  await expect(progress).toHaveAccessibleName('0 of 2 pictures read')
  await expect.poll(() => held.length).toBe(2)
  held[0]?.()
  await expect(progress).toHaveAccessibleName('1 of 2 pictures read')
  held[1]?.()
  await expect(progress).toHaveAttribute('value', '2')
})

test('the text keeps the lines of the picture', async ({ page }) => {
  const lines = [...placed(shapes.four, 0.4, 10, 5), ...placed(shapes.seven, 0.4, 60, 5), ...placed(shapes.one, 0.4, 10, 55), ...placed(shapes.zero, 0.4, 60, 55)]
  await upload(page, 'lines.png', 'image/png', await pngOf(page, lines, 360, 300))
  const digits = page.getByRole('group', { name: 'Digits' })
  await expect(digits.getByRole('button')).toHaveText(['4', '7', '1', '0'])
  const top = async (i: number) => (await digits.getByRole('button').nth(i).boundingBox())?.y ?? 0
  expect(await top(2)).toBeGreaterThan((await top(1)) + 20)
  expect(await top(1)).toBe(await top(0))
})

test('the answer is saved as text, as JSON and as a picture with boxes', async ({ page }) => {
  await upload(page, 'my number.png', 'image/png', await pngOf(page, number, 750, 300))
  await expectRead(page, '470')
  const text = await saved(page, 'Text: Save the text')
  expect([text.name, text.bytes.toString()]).toEqual(['my-number.txt', '470'])
  const json = await saved(page, 'JSON: Save as JSON')
  expect(json.name).toBe('my-number.json')
  expect(JSON.parse(json.bytes.toString())).toMatchObject({ text: '470', reason: null, digits: [{ value: 4 }, { value: 7 }, { value: 0 }] })
  const png = await saved(page, 'PNG: Save the picture with boxes')
  expect(png.name).toBe('my-number.png')
  // Width and height stand in the header; red is nowhere in the picture itself.
  expect([png.bytes.readUInt32BE(16), png.bytes.readUInt32BE(20)]).toEqual([750, 300])
  expect(await reds(page, png.bytes)).toBeGreaterThan(1000)
  await expect(page.getByText('Saved as my-number.png.')).toBeVisible()
})

/** What a button saves. */
async function saved(page: Page, button: string): Promise<{ name: string; bytes: Buffer }> {
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: button }).click()
  const file = await download
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) }
}

/** How many pixels of a PNG are red. */
async function reds(page: Page, png: Buffer): Promise<number> {
  return (await pixelsOf(page, png)).filter(([red, green]) => red > 200 && green < 100).length
}

/** How much what is darkest or lightest in a grey PNG stands out from its first pixel, as WCAG measures it. */
async function contrast(page: Page, png: Buffer): Promise<number> {
  const [paper = 0, ...others] = (await pixelsOf(page, png)).map(([, green]) => ((green / 255 + 0.055) / 1.055) ** 2.4 + 0.05)
  return Math.max(...others.map((other) => Math.max(other, paper) / Math.min(other, paper)))
}

async function pixelsOf(page: Page, png: Buffer): Promise<(readonly [red: number, green: number, blue: number])[]> {
  return page.evaluate(async (bytes) => {
    const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)]))
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')
    context?.drawImage(bitmap, 0, 0)
    const { data = [] } = context?.getImageData(0, 0, bitmap.width, bitmap.height) ?? {}
    return Array.from({ length: data.length / 4 }, (_, i) => [data[4 * i] ?? 0, data[4 * i + 1] ?? 0, data[4 * i + 2] ?? 0] as const)
  }, [...png])
}
