import { Button, UnstyledButton } from '@mantine/core'
import { memo } from 'react'
import { MOST, type Entry } from '../desk/history'
import { useWords } from '../hooks/useWords'
import { outline } from '../ink/outline'
import { PAPER } from '../ink/stroke'
import { fill, percent, unread } from '../words'
import styles from './History.module.css'

interface HistoryProps {
  readonly history: readonly Entry[]
  readonly onAgain: (entry: Entry) => void
  readonly onClear: () => void
}

/** The readings made on this page, newest first; a drawing can be laid on the desk again. */
export function History({ history, onAgain, onClear }: HistoryProps) {
  const words = useWords().history
  const empty = history.length === 0
  return (
    <>
      <div className={styles.head}>
        <p className={styles.quiet}>{empty && words.empty} {fill(words.kept, { most: MOST })}</p>
        <Button variant="default" className={styles.clear} aria-disabled={empty} onClick={onClear}>{words.clear}</Button>
      </div>
      {!empty && <ol className={styles.entries}>
        {history.map((entry) => <Row key={entry.at} entry={entry} onAgain={onAgain} />)}
      </ol>}
    </>
  )
}

interface RowProps {
  readonly entry: Entry
  readonly onAgain: (entry: Entry) => void
}

/** Built anew only where the entry is another: the page is, for each frame of a stroke. */
const Row = memo(function Row({ entry, onAgain }: RowProps) {
  const words = useWords()
  const { at, text, confidence, reason, name, strokes, where } = entry
  const again = text ? fill(words.history.again, { text: text.replaceAll('\n', ' | ') }) : words.history.unread
  const time = new Intl.DateTimeFormat(words.language, { dateStyle: 'short', timeStyle: 'short' }).format(at)
  return (
    <li className={styles.entry}>
      {strokes.length > 0
        ? <UnstyledButton className={styles.again} aria-label={again} onClick={() => { onAgain(entry) }}>
            <svg viewBox={`0 0 ${PAPER} ${PAPER}`} aria-hidden="true"><path d={strokes.map((stroke) => outline(stroke, true)).join('')} /></svg>
          </UnstyledButton>
        : <span className={styles.again} data-picture />}
      <div className={styles.answer}>
        <span className={styles.text} data-none={text === '' || undefined}>{text || words.history.none}</span>
        <span className={styles.about}>
          <span>{text ? `${percent(confidence)} ·` : unread(words, reason).what} {name ?? words.history.drawing}, {words.history[where]}</span>
          <time dateTime={new Date(at).toISOString()}>{time}</time>
        </span>
      </div>
    </li>
  )
})
