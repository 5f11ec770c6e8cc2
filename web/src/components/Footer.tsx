import { useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import { useSpeech } from '../hooks/useWords'
import { languages, type Language } from '../words/languages'
import styles from './Footer.module.css'

/** The page's language and whether it is light or dark. */
export function Footer() {
  const { words: { foot, language }, speak } = useSpeech()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <footer className={styles.footer}>
      <label className={styles.choice}>
        {foot.language}
        <select value={language} onChange={({ currentTarget }) => { speak(currentTarget.value as Language) }}>
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
    </footer>
  )
}

const schemes: readonly MantineColorScheme[] = ['auto', 'light', 'dark']
