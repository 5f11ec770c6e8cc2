import { expect, test, type Page } from '@playwright/test'
import type { Reading } from '../src/api/types'
import goldens from '../tests/goldens.json' with { type: 'json' }
import { answerOf, barsOf, expectRead, readOnServer } from './answer'
import { draw, placed, shapes } from './pen'

test.use({ serviceWorkers: 'allow' })

/** What the device and the server may differ by. */
const CLOSE = 1e-4

/** All that the page and its worker ask for from now on. */
function requestsOf(page: Page): string[] {
  const asked: string[] = []
  page.context().on('request', (request) => { asked.push(request.url()) })
  return asked
}

/** Waits until the page and the reader are kept on the device. */
async function kept(page: Page): Promise<void> {
  await page.evaluate(async () => { await navigator.serviceWorker.ready })
}

test('the device and the server agree on the golden drawings', async ({ page }) => {
  const started = page.waitForEvent('worker')
  await page.goto('./')
  await draw(page, shapes.one)
  const worker = (await started).url()
  const drawings = goldens.drawings.map(({ strokes }) => strokes)
  const pairs = await page.evaluate(async ({ worker, drawings }) => {
    const reader = new Worker(worker, { type: 'module' })
    const local = (drawing: unknown) => new Promise<unknown>((resolve) => {
      reader.onmessage = ({ data }: MessageEvent<{ answer?: unknown }>) => { resolve(data.answer ?? data) }
      reader.postMessage({ kind: 'read', drawing })
    })
    const remote = async (strokes: unknown) => {
      const headers = { 'Content-Type': 'application/json' }
      return (await fetch('api/v1/read', { method: 'POST', headers, body: JSON.stringify({ strokes }) })).json() as Promise<unknown>
    }
    const answers: [unknown, unknown][] = []
    for (const drawing of drawings) answers.push([await local(drawing), await remote(drawing)])
    reader.terminate()
    return answers
  }, { worker, drawings }) as [Reading, Reading][]
  expect(pairs).toHaveLength(drawings.length)
  for (const [i, [own, servers]] of pairs.entries()) await test.step(goldens.drawings[i]?.name ?? '', () => { expectSame(own, servers) })
})

function expectSame(own: Reading, servers: Reading): void {
  const { text, reason, turned } = servers
  expect(own).toMatchObject({ text, reason, turned })
  expect(own.digits.map(({ value, box }) => [value, box])).toEqual(servers.digits.map(({ value, box }) => [value, box]))
  const numbers = ({ confidence, digits }: Reading) =>
    [confidence, ...digits.flatMap((digit) => [digit.confidence, ...digit.probabilities])]
  for (const [i, number] of numbers(own).entries())
    expect(Math.abs(number - (numbers(servers)[i] ?? NaN))).toBeLessThan(CLOSE)
}

test('no drawing leaves the device', async ({ page, baseURL }) => {
  const asked = requestsOf(page)
  await page.goto('./')
  await draw(page, shapes.seven)
  await expectRead(page, '7')
  await kept(page)
  expect(asked.length).toBeGreaterThan(5)
  const ours = asked.filter((url) => url !== `${baseURL}api/v1/model`)
  expect(ours.filter((url) => url.includes('/api/') || !url.startsWith(baseURL ?? 'none'))).toEqual([])
})

test('after the first visit the page reads without a network', async ({ page, context }) => {
  await page.goto('./')
  await kept(page)
  await context.setOffline(true)
  await page.reload()
  await draw(page, shapes.three)
  await expectRead(page, '3')
  await draw(page, placed(shapes.one, 0.4, 65, 30))
  await expectRead(page, '31')
})

test('what the rules are not sure of, the finder reads, without a network too', async ({ page, context }) => {
  await page.goto('./')
  await kept(page)
  await context.setOffline(true)
  await page.reload()
  const touching = goldens.drawings.find(({ name }) => name === 'touching 73')
  const strokes = (touching?.strokes ?? []).map((stroke) => stroke.map(([x = 0, y = 0]) => [x, y] as const))
  await draw(page, placed(strokes, 0.7, -5, 15))
  await expectRead(page, touching?.reading.text ?? '')
})

test.describe('where nothing is kept on the device', () => {
  test.use({ serviceWorkers: 'block' })

  test('a reader that cannot be fetched is said to be away, and trying again helps', async ({ page }) => {
    await page.route('**/assets/worker-*.js', (route) => route.abort())
    await page.goto('./')
    await draw(page, shapes.seven)
    await expect(answerOf(page)).toContainText('The reader could not be started on this device.')
    await page.unroute('**/assets/worker-*.js')
    await page.getByRole('button', { name: 'Try again' }).click()
    await expectRead(page, '7')
  })
})

test('a first visit fetches less than 300 kB before it can be drawn on', async ({ page }) => {
  const screen = await page.context().newCDPSession(page)
  await screen.send('Network.enable')
  let bytes = 0
  screen.on('Network.loadingFinished', ({ encodedDataLength }) => { bytes += encodedDataLength })
  await page.goto('./', { waitUntil: 'load' })
  await expect(page.locator('canvas')).toBeVisible()
  expect(bytes).toBeGreaterThan(50_000)
  expect(bytes).toBeLessThan(300_000)
})

test('a server that reads with another model is said so', async ({ page }) => {
  const other = page.getByText('The server reads with a model of its own')
  await page.goto('./')
  await draw(page, shapes.one)
  await expectRead(page, '1')
  await expect(other).toBeHidden()
  await page.route('**/api/v1/model', (route) => route.fulfill({ json: { digits: { sha256: 'another' } } }))
  await page.reload()
  await expect(other).toBeVisible()
  await page.route('**/api/v1/model', (route) => route.fulfill({ status: 502, body: 'Bad gateway' }))
  await page.reload()
  await expect(page.getByText('is read on this device and does not leave it')).toBeVisible()
  await expect(other).toBeHidden()
  await page.route('**/api/v1/model', (route) => route.fulfill({ json: { digits: { sha256: 'another' } } }))
  await readOnServer(page)
  await expect(other).toBeVisible()
})

test('the page can be installed', async ({ page, baseURL }) => {
  await page.goto('./')
  await kept(page)
  const screen = await page.context().newCDPSession(page)
  const { errors, url } = await screen.send('Page.getAppManifest')
  expect(errors).toEqual([])
  expect(url).toBe(`${baseURL}manifest.webmanifest`)
  const { installabilityErrors } = await screen.send('Page.getInstallabilityErrors')
  // A test's browser forgets all, so there nothing is installed.
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual([])
})

test('the bars come to rest on what is drawn; how long after the pen is printed', async ({ page }) => {
  await page.goto('./')
  await draw(page, shapes.one)
  await expectRead(page, '1')
  await page.evaluate(() => {
    const bars = document.querySelector('ol[aria-label="Probability of each digit"]')
    if (!bars) throw new Error('There are no bars')
    let [lifted, moved] = [0, 0]
    const tell = () => { document.body.dataset.bars = String(Math.max(moved - lifted, 0)) }
    addEventListener('pointerup', ({ timeStamp }) => { lifted = timeStamp; tell() }, true)
    // The bars follow the pen; what counts is when they come to rest after it is lifted.
    new MutationObserver(() => { moved = performance.now(); tell() })
      .observe(bars, { subtree: true, characterData: true, attributes: true })
  })
  const times: number[] = []
  for (const [digit, shape] of [[7, shapes.seven], [3, shapes.three], [4, shapes.four], [0, shapes.zero], [1, shapes.one]] as const) {
    await page.getByRole('button', { name: 'Clear' }).click()
    await expect(barsOf(page).filter({ hasText: '%' })).toHaveCount(0)
    await draw(page, shape)
    await expectRead(page, String(digit))
    await expect(barsOf(page).nth(digit)).toContainText(/[5-9]\d %/)
    times.push(Number(await page.evaluate(() => document.body.dataset.bars)))
  }
  console.log(`pen to bars: ${times.map((time) => time.toFixed(0)).join(', ')} ms`)
  for (const time of times) expect(time).toBeGreaterThanOrEqual(0)
})
