import { createContext, use, useMemo, useState, type ReactNode } from 'react'
import { keep, kept } from '../desk/kept'
import type { Words } from '../words'
import { isLanguage, load, preferred, type Language } from '../words/languages'

interface Speech {
  readonly words: Words
  readonly speak: (language: Language) => void
}

const Spoken = createContext<Speech | null>(null)

/** The words of the page, in its reader's language. */
export function useWords(): Words {
  return useSpeech().words
}

/** The words, and what changes their language. */
export function useSpeech(): Speech {
  const speech = use(Spoken)
  if (!speech) throw new Error('There are no words outside of WordsProvider')
  return speech
}

/** Fetches the words in the language chosen before, or in the one the browser prefers. */
export async function firstWords(): Promise<Words> {
  return spoken(kept('language', (value) => (isLanguage(value) ? value : null)) ?? preferred(navigator.languages))
}

export function WordsProvider({ first, children }: { readonly first: Words; readonly children: ReactNode }) {
  const [words, setWords] = useState(first)
  const speech = useMemo<Speech>(() => ({
    words,
    speak: (language) => {
      keep('language', language)
      void spoken(language).then(setWords)
    },
  }), [words])
  return <Spoken value={speech}>{children}</Spoken>
}

async function spoken(language: Language): Promise<Words> {
  const words = await load(language)
  document.documentElement.lang = language
  return words
}

