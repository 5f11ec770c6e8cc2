import { Button } from '@mantine/core'
import type { Ref } from 'react'
import type { Outcome } from '../hooks/useReading'
import { useWords } from '../hooks/useWords'
import { guessed, unread } from '../words'
import styles from './Answer.module.css'
import { Failed } from './Failed'

interface MessageProps {
  readonly outcome: Outcome
  /** The button that lets pictures be sent. */
  readonly offer: Ref<HTMLButtonElement>
  readonly onAgain: (again: () => unknown) => void
  readonly onElsewhere: () => void
}

/** Why there is no text, and what can be done about it. */
export function Message({ outcome, offer, onAgain, onElsewhere }: MessageProps) {
  const words = useWords()
  const { answer } = words
  switch (outcome.kind) {
    case 'empty':
      return <><Blank /><p className={styles.quiet}>{answer.empty}</p></>
    case 'pending':
      return <><Blank /><p className={styles.pending}>{answer.pending}</p></>
    case 'unsent':
      return (
        <div className={styles.trouble}>
          <p>{answer.unsent}</p>
          <Button ref={offer} className={styles.again} onClick={onElsewhere}>{answer.elsewhere}</Button>
        </div>
      )
    case 'failed':
      return (
        <Failed error={outcome.error} onAgain={() => { onAgain(outcome.again) }}>
          {outcome.error.code === 'local_away' &&
            <Button className={styles.elsewhere} variant="default" onClick={onElsewhere}>{answer.elsewhere}</Button>}
        </Failed>
      )
    case 'read': {
      const { what, remedy } = unread(words, outcome.reading.reason)
      const guess = guessed(words, outcome.reading)
      return (
        <div className={styles.trouble}>
          <p><strong>{what}</strong> {remedy}</p>
          {guess && <p className={styles.note}>{guess}</p>}
        </div>
      )
    }
  }
}

/** Holds the place of the figures. */
function Blank() {
  return <p className={styles.figures} data-blank aria-hidden="true">–</p>
}
