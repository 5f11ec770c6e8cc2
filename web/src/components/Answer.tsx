import { useRef } from 'react'
import type { Digit, Reading } from '../api/types'
import { useOffer } from '../hooks/useOffer'
import type { Outcome } from '../hooks/useReading'
import { useWords } from '../hooks/useWords'
import { fill, percent, sureness } from '../words'
import styles from './Answer.module.css'
import { Bars } from './Bars'
import { Figures } from './Figures'
import { Message } from './Message'

interface AnswerProps {
  /** The sheet that the answer is for, by its id. */
  readonly sheet: number
  readonly outcome: Outcome
  readonly chosen: number
  readonly onChoose: (index: number) => void
  /** What is shown does not cover all the ink. */
  readonly behind: boolean
  /** Lets the server read what this device does not. */
  readonly onElsewhere: () => void
}

/** What was read, how sure that is, and the ten probabilities of the chosen digit. */
export function Answer({ sheet, outcome, chosen, onChoose, behind, onElsewhere }: AnswerProps) {
  const { answer } = useWords()
  const region = useRef<HTMLElement>(null)
  const offer = useOffer(sheet)
  const reading = outcome.kind === 'read' ? outcome.reading : null
  const digit = reading?.digits[chosen] ?? reading?.digits[0]
  const trouble = outcome.kind === 'failed' || outcome.kind === 'unsent' || (reading !== null && !digit)
  // The button that is pressed goes away with what it stands below.
  const pressed = (act: () => unknown) => {
    region.current?.focus()
    act()
  }
  return (
    <section
      ref={region}
      tabIndex={-1}
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
          : <Message outcome={outcome} offer={offer} onAgain={pressed} onElsewhere={() => { pressed(onElsewhere) }} />}
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
