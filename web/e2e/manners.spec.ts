import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'
import { gzipSync } from 'node:zlib'
import { answerOf, barsOf, expectRead, open, readOnServer, send, unfold } from './answer'
import { draw, placed, pngOf, scribble, shapes } from './pen'

async function expectNoViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
}

/** Gives pictures to the page. */
async function give(page: Page, ...pictures: readonly { name: string; buffer: Buffer }[]): Promise<void> {
  const files = pictures.map((each) => ({ ...each, mimeType: each.name.endsWith('.png') ? 'image/png' : 'text/plain' }))
  await page.locator('input[type=file]').first().setInputFiles(files)
}

/** The states of the page, and the way from each to the next. */
const states: readonly (readonly [state: string, reach: (page: Page) => Promise<void>])[] = [
  ['empty', async (page) => { await expect(page.getByRole('button', { name: 'Example' })).toBeVisible() }],
  ['the pen down', (page) => draw(page, shapes.seven, { lift: false })],
  ['read', async (page) => {
    await page.mouse.up()
    await expectRead(page, '7')
  }],
  ['several digits', async (page) => {
    await draw(page, placed(shapes.one, 0.4, 65, 30))
    await expect(page.getByRole('group', { name: 'Digits' })).toBeVisible()
  }],
  ['the keyboard\'s pen', async (page) => {
    await page.locator('canvas').first().focus()
    await page.keyboard.press('ArrowRight')
  }],
  ['the history and what the network saw, of a drawing', async (page) => {
    await unfold(page, 'History')
    await expect(page.locator('details li:has(time)')).toHaveCount(1)
    await unfold(page, 'What the network saw')
    await expect(page.getByRole('img', { name: 'The ink that decided for the 7' })).toBeVisible()
  }],
  ['declined drawing', async (page) => {
    await page.keyboard.press('Delete')
    await draw(page, scribble)
    await expect(answerOf(page)).toContainText(/(No digit found|Too unsure to say)\./)
    await expect(page.getByText('No digit was sure enough to be told.')).toBeVisible()
  }],
  ['several pictures that are not sent', async (page) => {
    const buffer = await pngOf(page, shapes.three)
    await give(page, { name: '3.png', buffer }, { name: '3-again.png', buffer })
    await expect(page.getByRole('button', { name: 'Read on the server' })).toBeFocused()
  }],
  ['a picture that is not sent', async (page) => {
    await give(page, { name: '3.png', buffer: await pngOf(page, shapes.three) })
    await expect(page.getByRole('button', { name: 'Read on the server' })).toBeFocused()
  }],
  ['a picture, and what the network saw of it', async (page) => {
    await send(page)
    await expectRead(page, '3')
    await expect(page.getByText('What it took for ink')).toBeVisible()
  }],
  ['the history with a picture, and copied', async (page) => {
    await expect(page.locator('details li:has(time)').first()).toContainText('3.png, on the server')
    await page.getByRole('button', { name: 'Text: Save the text' }).click()
    await expect(page.getByText('Saved as 3.txt.')).toBeVisible()
  }],
  ['blank', async (page) => {
    await give(page, { name: 'blank.png', buffer: await pngOf(page, []) })
    await expect(answerOf(page)).toContainText('No digit found.')
  }],
  ['several pictures', async (page) => {
    await give(page, { name: '3.png', buffer: await pngOf(page, shapes.three) }, { name: 'notes.txt', buffer: Buffer.from('text') })
    await expect(page.getByRole('status')).toHaveText('1 of 2 pictures read, 1 could not be read')
  }],
  ['one of them not read', async (page) => {
    await page.getByRole('button', { name: /^notes.txt/ }).click()
    await expect(answerOf(page)).toContainText('Give a PNG')
  }],
  ['help', async (page) => {
    await page.getByRole('button', { name: 'Help and shortcuts' }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
  }],
  ['the history cleared', async (page) => {
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Clear the history' }).click()
    await expect(page.locator('details li:has(time)')).toHaveCount(0)
  }],
  ['offline', async (page) => {
    await page.context().setOffline(true)
    await expect(page.getByText('You are offline.')).toBeVisible()
  }],
  ['the server away', async (page) => {
    await page.keyboard.press('Delete')
    await readOnServer(page)
    await draw(page, shapes.one)
    await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible()
  }],
]

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in any state, ${colorScheme}`, async ({ page }) => {
    test.setTimeout(120_000)
    // Without motion, colours are measured at rest.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await open(page)
    for (const [state, reach] of states) {
      await test.step(state, async () => {
        await reach(page)
        await expectNoViolations(page)
      })
    }
  })

  test(`axe finds nothing in any language, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await open(page)
    await page.getByLabel('Appearance').selectOption(colorScheme)
    await page.getByRole('button', { name: 'Example' }).click()
    for (const language of ['de', 'es', 'en']) {
      await page.locator('footer select').first().selectOption(language)
      await expect(page.locator('html')).toHaveAttribute('lang', language)
      await expectNoViolations(page)
    }
  })
}

test('light and dark are chosen against the system, and stay', async ({ page }) => {
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  await page.emulateMedia({ colorScheme: 'light' })
  await open(page)
  expect(await background()).toBe('rgb(246, 244, 238)')
  await page.getByLabel('Appearance').selectOption('Dark')
  await expect.poll(background).toBe('rgb(23, 24, 27)')
  await page.reload()
  await expect.poll(background).toBe('rgb(23, 24, 27)')
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.getByLabel('Appearance').selectOption('Light')
  await expect.poll(background).toBe('rgb(246, 244, 238)')
  await page.getByLabel('Appearance').selectOption('As the system')
  await expect.poll(background).toBe('rgb(23, 24, 27)')
})

test('what is printed in the dark is dark on light', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' })
  await open(page)
  await page.getByLabel('Appearance').selectOption('Dark')
  await page.getByRole('button', { name: 'Example' }).click()
  const canvas = page.locator('canvas')
  const brightest = () => canvas.evaluate((paper: HTMLCanvasElement) =>
    paper.getContext('2d')?.getImageData(0, 0, paper.width, paper.height).data.reduce((most, value, i) => (i % 4 === 0 ? Math.max(most, value) : most), 0))
  await expect.poll(brightest).toBeGreaterThan(200)
  await page.emulateMedia({ media: 'print' })
  await expect.poll(brightest).toBeLessThan(100)
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(246, 244, 238)')
})

test('with the reader\'s own colours, ink, bars and choices are still seen', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' })
  await open(page)
  await page.getByRole('button', { name: 'Example' }).click()
  await expectRead(page, '7')
  const bar = barsOf(page).nth(7).locator('[style]')
  const colours = await bar.evaluate((element) => [element, element.parentElement ?? element].map((each) => getComputedStyle(each).backgroundColor))
  expect(colours[0]).not.toBe(colours[1])
  const checked = page.locator('label[data-active]').first()
  expect(await checked.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid')
  await page.getByRole('button', { name: 'Example' }).click()
  await expectRead(page, '42')
  const edges = page.getByRole('group', { name: 'Digits' }).getByRole('button')
  const [chosen, other] = await edges.evaluateAll((figures) => figures.map((each) => getComputedStyle(each).borderBottomColor))
  expect(chosen).not.toBe(other)
})

test('the page asks no other host, holds no inline style or script, and logs no error', async ({ page, baseURL }) => {
  const asked: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  page.on('console', (message) => { if (message.type() !== 'log') complaints.push(message.text()) })
  page.on('pageerror', (error) => complaints.push(error.message))
  await open(page)
  await expect(page).toHaveTitle('inkdigits')
  await draw(page, shapes.seven)
  await expectRead(page, '7')
  await page.getByLabel('Appearance').selectOption('Dark')
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
  expect(asked.length).toBeGreaterThan(3)
  expect(asked.filter((url) => !url.startsWith(baseURL ?? 'none'))).toEqual([])
  expect(complaints.filter((text) => !text.includes('blocked by Playwright'))).toEqual([])
  await expect(page.locator('style, script:not([src])')).toHaveCount(0)
})

test('a page that breaks down says so, and goes on with the drawing once it is loaded again', async ({ page }) => {
  await open(page)
  await draw(page, shapes.seven)
  await expectRead(page, '7')
  await page.evaluate(() => {
    Object.defineProperty(Intl.PluralRules.prototype, 'select', { value: () => { throw new Error('No rules') } })
  })
  await draw(page, placed(shapes.one, 0.4, 65, 30))
  await expect(page.getByRole('alert')).toContainText('The page has broken down.')
  await expectNoViolations(page)
  await page.getByRole('button', { name: 'Reload the page' }).click()
  await expectRead(page, '7')
})

/** The first load, compressed and without the reader, which comes once the page is idle (bytes). */
const FIRST_LOAD = 300_000
const READER = /worker-[^/]*\.js$|\.wasm$|\.onnx$/

test('the first load is small', async ({ page }) => {
  const loaded: Promise<[string, number]>[] = []
  page.on('response', (response) => {
    if (READER.test(response.url())) return
    loaded.push(response.body().then((body) => [new URL(response.url()).pathname, gzipSync(body).length]))
  })
  await page.goto('./', { waitUntil: 'networkidle' })
  const files = await Promise.all(loaded)
  const sum = files.reduce((bytes, [, size]) => bytes + size, 0)
  console.log(`first load: ${sum} bytes with gzip, in ${files.length} files`)
  expect(files.length).toBeGreaterThan(3)
  expect(sum).toBeGreaterThan(50_000)
  expect(sum).toBeLessThan(FIRST_LOAD)
})

test('every target is large enough', async ({ page, hasTouch }) => {
  await open(page)
  await draw(page, [...placed(shapes.seven, 0.5, -10, 25), ...placed(shapes.three, 0.5, 50, 25)])
  await expectRead(page, '73')
  const targets = await page.locator('button, label, summary, select').all()
  expect(targets.length).toBeGreaterThan(20)
  for (const target of targets) {
    const box = await target.boundingBox()
    expect(box?.height, await target.innerText()).toBeGreaterThanOrEqual(hasTouch ? 44 : 42)
    expect(box?.width).toBeGreaterThanOrEqual(hasTouch ? 44 : 28)
  }
})

test('the answer and all bars are on the first screen', async ({ page }) => {
  await open(page)
  await draw(page, shapes.seven)
  await expectRead(page, '7')
  await expect(answerOf(page)).toBeInViewport({ ratio: 1 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
})

for (const [language, ...ways] of [['de', 'Hochladen', 'Kamera', 'Beispiel'], ['en', 'Upload', 'Camera', 'Example']] as const) {
  test(`on a low screen no button lies on the answer beside it, ${language}`, async ({ page }) => {
    await open(page)
    await page.getByLabel('Language').selectOption(language)
    for (const [width, height] of [[640, 400], [667, 375], [740, 360]] as const) {
      await page.setViewportSize({ width, height })
      for (const name of ways) {
        const button = await page.getByRole('button', { name }).boundingBox()
        const answer = await page.locator('section').boundingBox()
        expect((button?.x ?? NaN) + (button?.width ?? NaN), name).toBeLessThanOrEqual(answer?.x ?? NaN)
      }
    }
  })
}

test('shortcuts do not lie on what they do on the narrowest screen', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 600 })
  await open(page)
  for (const [language, help] of [['de', 'Hilfe'], ['es', 'Ayuda'], ['en', 'Help']] as const) {
    await page.locator('footer select').first().selectOption(language)
    await page.getByRole('button', { name: help }).click()
    const cells = page.locator('dialog :is(dt, dd)')
    expect(await cells.count()).toBeGreaterThan(10)
    expect(await cells.evaluateAll((all) => all.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent))).toEqual([])
    await page.keyboard.press('Escape')
  }
})

test('bars move only where motion is welcome', async ({ page }) => {
  await open(page)
  const bar = answerOf(page).locator('li [style]').first()
  const duration = () => bar.evaluate((element) => getComputedStyle(element).transitionDuration)
  expect(await duration()).toBe('0.25s')
  await page.emulateMedia({ reducedMotion: 'reduce' })
  expect(await duration()).toBe('0s')
})
