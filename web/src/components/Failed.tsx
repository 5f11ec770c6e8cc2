import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Failure } from '../hooks/useReading'
import { useWords } from '../hooks/useWords'
import { failure } from '../words'
import styles from './Answer.module.css'

interface FailedProps {
  readonly error: Failure
  readonly onAgain: () => void
  /** What else can be done. */
  readonly children?: ReactNode
}

/** Why there is no answer, and a button where asking again may help. */
export function Failed({ error, onAgain, children }: FailedProps) {
  const words = useWords()
  const { what, remedy } = failure(words, error)
  return (
    <div className={styles.trouble}>
      <p><strong>{what}</strong> {remedy}</p>
      {error.passing && <Button className={styles.again} onClick={onAgain}>{words.answer.again}</Button>}
      {children}
    </div>
  )
}
