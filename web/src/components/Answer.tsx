import { Button } from '@mantine/core'
import type { Digit, Reading } from '../api/types'
import type { Outcome } from '../hooks/useReading'
import { useWords } from '../hooks/useWords'
import { failure, fill, percent, sureness, unread } from '../words'
import styles from './Answer.module.css'
import { Bars } from './Bars'
import { Figures } from './Figures'

interface AnswerProps {
  readonly outcome: Outcome
  readonly chosen: number
  readonly onChoose: (index: number) => void
  /** What is shown does not cover all the ink. */
  readonly behind: boolean
  /** Lets the server read what this device cannot. */
  readonly onElsewhere: () => void
}

/** What was read, how sure that is, and the ten probabilities of the chosen digit. */
export function Answer({ outcome, chosen, onChoose, behind, onElsewhere }: AnswerProps) {
  const { answer } = useWords()
  const reading = outcome.kind === 'read' ? outcome.reading : null
  const digit = reading?.digits[chosen] ?? reading?.digits[0]
  const trouble = outcome.kind === 'failed' || (reading !== null && !digit)
  return (
    <section
      className={styles.answer}
      data-wide={trouble || (reading?.digits.length ?? 0) > 1 || undefined}
      data-trouble={trouble || undefined}
      aria-label={answer.name}
      aria-busy={behind || outcome.kind === 'pending'}
    >
      <div className={styles.head}>
        {reading && digit
          ? <>
              <Figures reading={reading} chosen={chosen} onChoose={onChoose} />
              <Certainty reading={reading} digit={digit} />
            </>
          : <Message outcome={outcome} onElsewhere={onElsewhere} />}
      </div>
      <Bars probabilities={digit?.probabilities ?? null} value={digit?.value ?? null} />
    </section>
  )
}

function Certainty({ reading, digit }: { readonly reading: Reading; readonly digit: Digit }) {
  const words = useWords()
  const { answer } = words
  const other = runnerUp(digit.probabilities)
  const sure = fill(answer.sure, { sureness: sureness(words, reading.confidence), percent: percent(reading.confidence) })
  return (
    <div className={styles.certainty}>
      <p>{sure}</p>
      {other !== null && <p className={styles.note}>{fill(answer.other, { value: digit.value, other })}</p>}
      {reading.turned !== 0 && <p className={styles.note}>{fill(answer.turned, { degrees: reading.turned })}</p>}
    </div>
  )
}

/** The second most probable digit, if it is worth a mention (one in ten or more). */
function runnerUp(probabilities: readonly number[]): number | null {
  const [, second] = probabilities.map((p, digit) => ({ p, digit })).sort((a, b) => b.p - a.p)
  return second && second.p >= 0.1 ? second.digit : null
}

function Message({ outcome, onElsewhere }: Pick<AnswerProps, 'outcome' | 'onElsewhere'>) {
  const words = useWords()
  const { answer } = words
  switch (outcome.kind) {
    case 'empty':
      return <><Blank /><p className={styles.quiet}>{answer.empty}</p></>
    case 'pending':
      return <><Blank /><p className={styles.pending}>{answer.pending}</p></>
    case 'failed': {
      const { what, remedy } = failure(words, outcome.error)
      return (
        <div className={styles.trouble}>
          <p><strong>{what}</strong> {remedy}</p>
          {outcome.error.passing && <Button className={styles.again} onClick={outcome.again}>{answer.again}</Button>}
          {outcome.error.code === 'local_away' &&
            <Button className={styles.elsewhere} variant="default" onClick={onElsewhere}>{answer.elsewhere}</Button>}
        </div>
      )
    }
    case 'read': {
      const { reason, confidence } = outcome.reading
      const { what, remedy } = unread(words, reason)
      return (
        <div className={styles.trouble}>
          <p><strong>{what}</strong> {remedy}</p>
          {reason === 'ambiguous' && <p className={styles.note}>{fill(answer.guess, { percent: percent(confidence) })}</p>}
        </div>
      )
    }
  }
}

/** Holds the place of the figures. */
function Blank() {
  return <p className={styles.figures} data-blank aria-hidden="true">–</p>
}
