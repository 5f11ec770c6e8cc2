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
