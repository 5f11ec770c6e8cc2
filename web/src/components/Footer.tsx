import { useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import { useSpeech } from '../hooks/useWords'
import { fill } from '../words'
import { languages, type Language } from '../words/languages'
import styles from './Footer.module.css'

/** The page's language and whether it is light or dark. */
export function Footer() {
  const { words: { foot, language }, missing, speak } = useSpeech()
  // Holding transitions back takes an inline style, which the content security policy refuses.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true })
  return (
    <footer className={styles.footer}>
      <label className={styles.choice}>
        {foot.language}
        <select value={language} onChange={({ currentTarget }) => { void speak(currentTarget.value as Language) }}>
          {Object.entries(languages).map(([tag, name]) => <option key={tag} value={tag} lang={tag}>{name}</option>)}
        </select>
      </label>
      <label className={styles.choice}>
        {foot.theme}
        <select value={colorScheme} onChange={({ currentTarget }) => { setColorScheme(currentTarget.value as MantineColorScheme) }}>
          {schemes.map((scheme) => <option key={scheme} value={scheme}>{foot[scheme]}</option>)}
        </select>
      </label>
      <a className={styles.choice} href="docs">{foot.api}</a>
      {missing && <p className={styles.missing} role="alert">{fill(foot.missing, { language: languages[missing] })}</p>}
    </footer>
  )
}

const schemes: readonly MantineColorScheme[] = ['auto', 'light', 'dark']
