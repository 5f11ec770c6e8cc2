import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { counted, failure, fill, guessed, percent, sureness, unread, type Words } from '../src/words'
import { progressOf } from '../src/words/progress'
import { languages, load, preferred, type Language } from '../src/words/languages'

const all = Object.keys(languages) as Language[]
const english = await load('en')

/** Every text by its path, with the plural forms of one text taken as one. */
function textsOf(value: unknown, path = ''): [path: string, text: string][] {
  if (typeof value === 'string') return [[path.replace(/\.(one|many|other)$/, ''), value]]
  return Object.entries(value as object).flatMap(([name, part]) => textsOf(part, `${path}.${name}`))
}

const gaps = (text: string) => new Set(text.match(/\{\w+\}/g) ?? [])

test.each(all)('%s says what the others say', async (language) => {
  const texts = textsOf(await load(language))
  const paths = (words: Words) => [...new Set(textsOf(words).map(([path]) => path))]
  expect([...new Set(texts.map(([path]) => path))]).toEqual(paths(english))
  for (const [path, text] of texts) expect(text.trim(), path).not.toBe('')
})

test.each(all)('%s fills the gaps that the others fill', async (language) => {
  const wanted = new Map<string, Set<string>>()
  for (const [path, text] of textsOf(english)) wanted.set(path, new Set([...(wanted.get(path) ?? []), ...gaps(text)]))
  for (const [path, text] of textsOf(await load(language))) {
    for (const gap of gaps(text)) expect([path, ...(wanted.get(path) ?? [])], text).toContain(gap)
  }
})

test.each(all)('%s has a form for every number', async (language) => {
  const words = await load(language)
  for (const category of new Intl.PluralRules(language).resolvedOptions().pluralCategories) {
    for (const forms of [words.paper.strokes, words.pictures.progress, words.pictures.failures]) expect(forms).toHaveProperty(category)
  }
})

test('numbers stand in the right form', async () => {
  const german = await load('de')
  expect(counted(english, english.paper.strokes, 1)).toBe('Paper with one stroke')
  expect(counted(english, english.paper.strokes, 2)).toBe('Paper with 2 strokes')
  expect(counted(german, german.pictures.progress, 1, { done: 0 })).toBe('0 von 1 Bild gelesen')
  expect(counted(german, german.pictures.progress, 3, { done: 2 })).toBe('2 von 3 Bildern gelesen')
})

test('the language is the first preferred one that the page speaks', () => {
  expect(preferred(['fr', 'de-AT', 'en'])).toBe('de')
  expect(preferred(['ES-mx'])).toBe('es')
  expect(preferred(['fr', 'toString'])).toBe('en')
  expect(preferred([])).toBe('en')
})

test('gaps are filled, and one without a value stays', () => {
  expect(fill('{a} of {b}, {a}', { a: 1 })).toBe('1 of {b}, 1')
})

test.each([
  [0, '0 %'],
  [0.004, '0 %'],
  [0.5, '50 %'],
  [0.994, '99 %'],
  [0.995, '> 99 %'],
  [1, '> 99 %'],
])('%f is %s', (probability, text) => {
  expect(percent(probability)).toBe(text)
})

test.each([
  [1, 'Almost certain'],
  [0.99, 'Almost certain'],
  [0.95, 'Quite sure'],
  [0.7, 'Fairly sure'],
  [0.4, 'Unsure'],
  [0.1, 'Only a guess'],
  [0, 'Only a guess'],
])('a confidence of %f is %s', (confidence, text) => {
  expect(sureness(english, confidence)).toBe(text)
})

test.each([
  ['blank', 'No digit found. The paper looks blank.'],
  ['not_a_digit', 'does not look like a digit'],
  ['too_faint', 'Too faint'],
  ['cut_off', 'cut off'],
  ['ambiguous', 'more than one way'],
  ['a reason of a newer server', 'No digit found. Try'],
  [null, 'No digit found. Try'],
])('the reason %s is said in plain words', (reason, text) => {
  const { what, remedy } = unread(english, reason)
  expect(`${what} ${remedy}`).toContain(text)
  expect(`${what} ${remedy}`).toMatch(/^[A-Z][^_]+\.$/)
})

test('how often a guess would be right is said where it is one', () => {
  expect(guessed(english, { reason: 'ambiguous', confidence: 0.3 })).toBe('A guess would be right with a probability of 30 %.')
  expect(guessed(english, { reason: 'blank', confidence: 0.3 })).toBeNull()
})

/** The codes that only other requests than the page's can meet: other routes, other options, other encodings. */
const elsewhere = ['bad_base64', 'bad_guide', 'bad_json', 'bad_option', 'bad_pixels', 'method_not_allowed', 'no_digit', 'not_found']

test.each(all)('%s has words for every problem of the API that the page can meet', async (language) => {
  const { errors } = await load(language)
  const [, union = ''] = /readonly code: ("[^;]+");/.exec(readFileSync('src/api/schema.ts', 'utf8')) ?? []
  const codes = union.split(' | ').map((code) => code.slice(1, -1))
  expect(codes).toEqual(expect.arrayContaining(elsewhere))
  expect(Object.keys(errors)).toEqual(expect.arrayContaining(codes.filter((code) => !elsewhere.includes(code))))
})

test.each(all)('%s recommends no kind of picture that a server may lack a part for', async (language) => {
  const { unsupported_input, not_an_image } = (await load(language)).errors
  expect(unsupported_input.remedy).toMatch(/ JPEG\.$/)
  for (const { remedy } of [unsupported_input, not_an_image]) expect(remedy).not.toContain('HEIC')
})

test.each(all)('%s has another word for each degree of sureness', async (language) => {
  const { sureness } = await load(language)
  expect(new Set(sureness).size).toBe(sureness.length)
})

test('progress tells apart what was read and what could not be', async () => {
  const read = { kind: 'read', reading: { text: '', confidence: 0, reason: 'blank', turned: 0, digits: [] }, provisional: false } as const
  const failed = { kind: 'failed', error: { code: 'internal', message: '', remedy: '', passing: true }, again: () => undefined } as const
  const pending = { kind: 'pending' } as const
  expect(progressOf(english, [read, read, pending])).toBe('2 of 3 pictures read')
  expect(progressOf(english, [read, failed, failed])).toBe('1 of 3 pictures read, 2 could not be read')
  const german = await load('de')
  expect(progressOf(german, [read, failed])).toBe('1 von 2 Bildern gelesen, 1 ließ sich nicht lesen')
})

test('a failure is said in the language of the page, and an unknown one as the server says it', async () => {
  const german = await load('de')
  expect(failure(german, { code: 'not_an_image', message: 'x', remedy: 'y' }).what).toBe('Diese Art von Datei lässt sich nicht lesen.')
  expect(failure(german, { code: 'brand_new', message: 'Too late', remedy: 'Come earlier.' }))
    .toEqual({ what: 'Too late.', remedy: 'Come earlier.' })
})
