import { expect, test } from '@playwright/test'
import { answerOf, expectRead } from './answer'
import { draw, shapes } from './pen'

test('a server that is away is said so, and Try again recovers', async ({ page }) => {
  await page.goto('./')
  await page.route('**/api/v1/read', (route) => route.abort('connectionrefused'))
  await draw(page, shapes.seven)
  await expect(answerOf(page)).toContainText('The server does not answer.')
  await expect(page.getByRole('status')).toContainText('The server does not answer.')
  const again = page.getByRole('button', { name: 'Try again' })
  await again.click()
  await expect(again).toBeVisible()
  await page.unroute('**/api/v1/read')
  await again.click()
  await expectRead(page, '7')
  await expect(again).toBeHidden()
})

test('a gateway without a server is the same', async ({ page }) => {
  await page.goto('./')
  await page.route('**/api/v1/read', (route) => route.fulfill({ status: 502, body: 'Bad gateway' }))
  await draw(page, shapes.one)
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible()
})
