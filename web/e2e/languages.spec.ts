import { expect, test } from '@playwright/test'
import { open } from './answer'
import { draw, shapes } from './pen'

for (const [locale, region, read] of [['de-AT', 'Antwort', 'Gelesen: 7.'], ['es-MX', 'Respuesta', 'Leído: 7.'], ['fr-FR', 'Answer', 'Read 7.']] as const) {
  test.describe(`in a browser for ${locale}`, () => {
    test.use({ locale })
    test('the page speaks its language, and loads no other', async ({ page }) => {
      const words: string[] = []
      page.on('request', (request) => words.push(...(/\/(en|de|es)-[\w-]+\.js$/.exec(request.url())?.slice(1) ?? [])))
      await open(page)
      await expect(page.getByRole('region', { name: region })).toBeVisible()
      const language = locale.startsWith('fr') ? 'en' : locale.slice(0, 2)
      await expect(page.locator('html')).toHaveAttribute('lang', language)
      expect(words).toEqual([language])
      await draw(page, shapes.seven)
      await expect(page.getByRole('status')).toContainText(read)
    })
  })
}

test('the language is chosen, and stays', async ({ page }) => {
  await open(page)
  await page.getByLabel('Language').selectOption('Español')
  await expect(page.locator('html')).toHaveAttribute('lang', 'es')
  await expect(page.getByRole('button', { name: 'Deshacer' })).toBeVisible()
  await page.reload()
  await expect(page.getByLabel('Idioma')).toHaveValue('es')
  await page.getByLabel('Idioma').selectOption('English')
  await expect(page.getByRole('button', { name: 'Undo' })).toBeVisible()
})

test('of two languages chosen, the last one stays, whichever comes first', async ({ page }) => {
  const held: (() => void)[] = []
  await page.route('**/assets/de-*.js', async (route) => {
    await new Promise<void>((go) => held.push(go))
    await route.continue()
  })
  await open(page)
  await page.getByLabel('Language').selectOption('Deutsch')
  await expect.poll(() => held.length).toBe(1)
  await page.getByLabel('Language').selectOption('Español')
  await expect(page.getByLabel('Idioma')).toHaveValue('es')
  const come = page.waitForResponse('**/assets/de-*.js')
  held[0]?.()
  await (await come).finished()
  await page.waitForTimeout(300) // so that it could be taken
  await expect(page.getByLabel('Idioma')).toHaveValue('es')
  await page.reload()
  await expect(page.getByLabel('Idioma')).toHaveValue('es')
})

test('a language that cannot be fetched is said so, and not kept', async ({ page }) => {
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  await page.route('**/assets/de-*.js', (route) => route.abort())
  await open(page)
  await page.getByLabel('Language').selectOption('Deutsch')
  await expect(page.getByRole('alert')).toHaveText('Deutsch could not be fetched. Reload the page and choose it again.')
  await expect(page.getByLabel('Language')).toHaveValue('en')
  await page.getByLabel('Language').selectOption('Español')
  await expect(page.getByLabel('Idioma')).toHaveValue('es')
  await expect(page.getByRole('alert')).toBeHidden()
  await page.unroute('**/assets/de-*.js')
  await page.reload()
  await page.getByLabel('Idioma').selectOption('Deutsch')
  await expect(page.getByLabel('Sprache')).toHaveValue('de')
  expect(faults).toEqual([])
})

test.describe('where the words of the reader\'s language cannot be fetched', () => {
  test.use({ locale: 'de-DE' })
  test('the page speaks English', async ({ page }) => {
    await page.route('**/assets/de-*.js', (route) => route.abort())
    await open(page)
    await expect(page.getByLabel('Language')).toHaveValue('en')
  })

  test('where English cannot be fetched either the page says what to do', async ({ page }) => {
    await page.route('**/assets/{de,en}-*.js', (route) => route.abort())
    await page.goto('./')
    await expect(page.getByText('The page could not be loaded whole.')).toBeVisible()
    await page.unroute('**/assets/{de,en}-*.js')
    await page.getByRole('link', { name: 'load it again' }).click()
    await expect(page.getByLabel('Sprache')).toHaveValue('de')
  })
})
