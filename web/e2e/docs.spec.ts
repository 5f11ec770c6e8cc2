import { expect, test } from '@playwright/test'

test('the docs of the API are ours alone, and a request can be tried on them', async ({ page, baseURL }) => {
  const asked: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', ({ message }) => complaints.push(message))

  await page.goto('docs')
  const model = page.locator('#operations-about-model')
  await model.getByRole('button', { name: /\/api\/v1\/model/ }).first().click()
  await model.getByRole('button', { name: 'Try it out' }).click()
  await model.getByRole('button', { name: 'Execute' }).click()
  await expect(model.locator('.live-responses-table')).toContainText('"finder"')

  expect(asked).toContain(`${baseURL}api/v1/model`)
  expect(asked.filter((url) => !url.startsWith(baseURL ?? 'none'))).toEqual([])
  expect(complaints).toEqual([])
})
