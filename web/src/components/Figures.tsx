import { UnstyledButton } from '@mantine/core'
import type { KeyboardEvent } from 'react'
import type { Digit, Reading } from '../api/types'
import { useWords } from '../hooks/useWords'
import { fill, percent } from '../words'
import styles from './Answer.module.css'

interface FiguresProps {
  readonly reading: Reading
  readonly chosen: number
  readonly onChoose: (index: number) => void
}

/** The text in reading order, its lines and gaps kept; each of several digits can be chosen. */
export function Figures({ reading, chosen, onChoose }: FiguresProps) {
  const { answer } = useWords()
  const { digits, text } = reading
  const [only] = digits
  if (digits.length === 1 && only && text === String(only.value)) return <p className={styles.figures}>{text}</p>
  const longest = Math.max(...text.split('\n').map((line) => line.length))
  const move = (event: KeyboardEvent<HTMLElement>) => {
    const to = chosen + (steps[event.key] ?? 0)
    if (to === chosen || to < 0 || to >= digits.length) return
    event.preventDefault()
    event.currentTarget.querySelectorAll('button')[to]?.focus()
    onChoose(to)
  }
  return (
    <div
      className={styles.figures}
      role="group"
      aria-label={answer.digits}
      style={{ '--count': longest }}
      data-many={digits.length > 12 || undefined}
      onKeyDown={move}
    >
      {linesOf(text, digits).map((line, i) => (
        <div key={i} className={styles.line}>
          {line.map(({ mark, index }, j) => index === null
            ? <span key={j} className={styles.mark}>{mark}</span>
            : <Figure key={j} digits={digits} index={index} chosen={chosen} onChoose={onChoose} />)}
        </div>
      ))}
    </div>
  )
}

const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }

interface FigureProps extends Omit<FiguresProps, 'reading'> {
  readonly digits: readonly Digit[]
  readonly index: number
}

function Figure({ digits, index, chosen, onChoose }: FigureProps) {
  const { answer } = useWords()
  const { value = 0, confidence = 0 } = digits[index] ?? {}
  return (
    <UnstyledButton
      className={styles.figure}
      // One stop for Tab; the arrow keys go from digit to digit.
      tabIndex={index === chosen ? 0 : -1}
      aria-pressed={index === chosen}
      aria-label={fill(answer.digit, { value, place: index + 1, count: digits.length, percent: percent(confidence) })}
      onClick={() => { onChoose(index) }}
    >
      {value}
    </UnstyledButton>
  )
}

interface Mark {
  readonly mark: string
  /** Which digit it is; null for what stands between digits. */
  readonly index: number | null
}

/** The lines of the text, each mark with its digit; a gap, and what else stands between digits, has none. */
function linesOf(text: string, digits: readonly Digit[]): readonly (readonly Mark[])[] {
  let next = 0
  return text.split('\n').map((line) => Array.from(line).map((mark) => {
    if (String(digits[next]?.value) !== mark) return { mark, index: null }
    next += 1
    return { mark, index: next - 1 }
  }))
}
