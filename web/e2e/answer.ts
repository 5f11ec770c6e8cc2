import { expect, type Locator, type Page } from '@playwright/test'

/** Opens the page and waits until it listens. */
export async function open(page: Page): Promise<void> {
  await page.goto('./')
  await expect(page.locator('canvas')).toBeVisible()
}

/** Opens the page at an address that browsers do not trust, as they do this machine's own or HTTPS. */
export async function openInsecurely(page: Page, baseURL: string | undefined): Promise<void> {
  await page.goto((baseURL ?? '').replace('127.0.0.1', '0.0.0.0'))
  await expect(page.locator('canvas')).toBeVisible()
}

export function answerOf(page: Page): Locator {
  return page.getByRole('region', { name: 'Answer' })
}

/** Waits for the announcement of a text, which comes once the answer has settled. */
export async function expectRead(page: Page, text: string): Promise<void> {
  await expect(page.getByRole('status')).toContainText(`Read ${text}.`)
}

/** The ten rows of bars. */
export function barsOf(page: Page): Locator {
  return page.getByRole('list', { name: 'Probability of each digit' }).getByRole('listitem')
}

/** Has drawings read by the server. */
export async function readOnServer(page: Page): Promise<void> {
  await page.getByText('On the server', { exact: true }).click()
  await expect(page.getByRole('radio', { name: 'On the server' })).toBeChecked()
}

/** Has drawings read here, and no more pictures sent. */
export async function readOnDevice(page: Page): Promise<void> {
  await page.getByText('On this device', { exact: true }).click()
  await expect(page.getByRole('radio', { name: 'On this device' })).toBeChecked()
}

/** Lets the server read the pictures on the desk. */
export async function send(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Read on the server' }).click()
}

/** All that is sent from now on. */
export function sentFrom(page: Page): string[] {
  const sent: string[] = []
  page.on('request', (request) => { if (request.method() !== 'GET') sent.push(request.url()) })
  return sent
}

/** Unfolds a part of the page. */
export async function unfold(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { name }).click()
}
