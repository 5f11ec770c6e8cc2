import { createContext, use, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { keep, kept } from '../desk/kept'
import type { Words } from '../words'
import { isLanguage, load, preferred, type Language } from '../words/languages'

interface Speech {
  readonly words: Words
  /** The language whose words could not be fetched when it was chosen. */
  readonly missing: Language | null
  readonly speak: (language: Language) => Promise<void>
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

/** Fetches the words in the language chosen before, or in the one the browser prefers; in English where these are missing. */
export async function firstWords(): Promise<Words> {
  const language = kept('language', (value) => (isLanguage(value) ? value : null)) ?? preferred(navigator.languages)
  return load(language).catch(() => load('en'))
}

export function WordsProvider({ first, children }: { readonly first: Words; readonly children: ReactNode }) {
  const [words, setWords] = useState(first)
  const [missing, setMissing] = useState<Language | null>(null)
  const newest = useRef<Language>(null)
  useEffect(() => { document.documentElement.lang = words.language }, [words])
  const speech = useMemo<Speech>(() => ({
    words,
    missing,
    speak: async (language) => {
      newest.current = language
      const next = await load(language).catch(() => null)
      // Slow words may come when others have been chosen.
      if (newest.current !== language) return
      setMissing(next ? null : language)
      if (!next) return
      keep('language', language)
      setWords(next)
    },
  }), [words, missing])
  return <Spoken value={speech}>{children}</Spoken>
}
