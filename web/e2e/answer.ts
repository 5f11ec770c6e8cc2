import { expect, type Locator, type Page } from '@playwright/test'

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
