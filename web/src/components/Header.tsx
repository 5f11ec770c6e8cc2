import { useWords } from '../hooks/useWords'
import styles from './Header.module.css'

/** The name of the page, what it is for, and the way to help. */
export function Header({ onHelp }: { readonly onHelp: () => void }) {
  const { head } = useWords()
  return (
    <header className={styles.header}>
      <h1>inkdigits</h1>
      <p>{head.about}</p>
      <button type="button" className={styles.help} aria-label={head.help} title={head.help} aria-haspopup="dialog" onClick={onHelp}>?</button>
    </header>
  )
}
