import type { Words } from '.'

/** The languages of the page, each by its own name. */
export const languages = { en: 'English', de: 'Deutsch', es: 'Español' } as const

export type Language = keyof typeof languages

/** Fetched one by one, so that the page loads no language but its reader's. */
const loaders: Readonly<Record<Language, () => Promise<Words>>> = {
  en: async () => (await import('./en.json')).default,
  de: async () => (await import('./de.json')).default,
  es: async () => (await import('./es.json')).default,
}

export async function load(language: Language): Promise<Words> {
  return loaders[language]()
}

export function isLanguage(value: unknown): value is Language {
  return typeof value === 'string' && value in languages
}

/** The first of the preferred languages that the page speaks, or English. */
export function preferred(tags: readonly string[]): Language {
  return tags.map((tag) => tag.toLowerCase().split('-')[0]).find(isLanguage) ?? 'en'
}
