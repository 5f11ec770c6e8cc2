import { Button, UnstyledButton } from '@mantine/core'
import type { Digit, Reading } from '../api/types'
import type { Outcome } from '../hooks/useReading'
import { percent, runnerUp, sureness, unread } from '../words'
import styles from './Answer.module.css'
import { Bars } from './Bars'

interface AnswerProps {
  readonly outcome: Outcome
  readonly chosen: number
  readonly onChoose: (index: number) => void
  /** The pen is down: what is shown no longer covers all the ink. */
  readonly drawing: boolean
}

/** What was read, how sure that is, and the ten probabilities of the chosen digit. */
export function Answer({ outcome, chosen, onChoose, drawing }: AnswerProps) {
  const digits = outcome.kind === 'read' ? outcome.reading.digits : []
  const digit = digits[chosen]
  const trouble = outcome.kind === 'failed' || (outcome.kind === 'read' && !digit)
  return (
    <section
      className={styles.answer}
      data-wide={trouble || digits.length > 1 || undefined}
      data-trouble={trouble || undefined}
      aria-label="Answer"
      aria-busy={drawing || outcome.kind === 'pending'}
    >
      <div className={styles.head}>
        {digit
          ? <Figures digits={digits} chosen={chosen} onChoose={onChoose} />
          : <Message outcome={outcome} />}
        {outcome.kind === 'read' && digit && <Certainty reading={outcome.reading} digit={digit} />}
      </div>
      <Bars probabilities={digit?.probabilities ?? null} value={digit?.value ?? null} />
    </section>
  )
}

function Figures({ digits, chosen, onChoose }: Omit<AnswerProps, 'outcome' | 'drawing'> & { readonly digits: readonly Digit[] }) {
  const [only] = digits
  if (digits.length === 1 && only) return <p className={styles.figures}>{only.value}</p>
  return (
    <div className={styles.figures} role="group" aria-label="Digits" style={{ '--count': digits.length }}>
      {digits.map(({ value, confidence }, index) => (
        <UnstyledButton
          key={index}
          className={styles.figure}
          aria-pressed={index === chosen}
          aria-label={`${value}, digit ${index + 1} of ${digits.length}, ${percent(confidence)}`}
          onClick={() => { onChoose(index) }}
        >
          {value}
        </UnstyledButton>
      ))}
    </div>
  )
}

function Certainty({ reading, digit }: { readonly reading: Reading; readonly digit: Digit }) {
  const other = runnerUp(digit.probabilities)
  return (
    <p className={styles.certainty}>
      {sureness(reading.confidence)}, <span>{percent(reading.confidence)}</span>
      {other !== null && <small>The {digit.value} could also be a {other}.</small>}
    </p>
  )
}

function Message({ outcome }: { readonly outcome: Outcome }) {
  switch (outcome.kind) {
    case 'empty':
      return <><Blank /><p className={styles.quiet}>The answer appears here.</p></>
    case 'pending':
      return <><Blank /><p className={styles.pending}>Reading …</p></>
    case 'failed':
      return (
        <div className={styles.trouble}>
          <p><strong>{outcome.error.message}.</strong> {outcome.error.remedy}</p>
          {outcome.error.passing && <Button className={styles.again} onClick={outcome.again}>Try again</Button>}
        </div>
      )
    case 'read': {
      const { what, remedy } = unread(outcome.reading.reason)
      return <div className={styles.trouble}><p><strong>{what}</strong> {remedy}</p></div>
    }
  }
}

/** Holds the place of the figures. */
function Blank() {
  return <p className={styles.figures} data-blank aria-hidden="true">–</p>
}
