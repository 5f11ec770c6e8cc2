import { useWords } from '../hooks/useWords'
import { percent } from '../words'
import styles from './Bars.module.css'

const none: readonly number[] = Array<number>(10).fill(0)

interface BarsProps {
  /** The ten probabilities, or null while there are none. */
  readonly probabilities: readonly number[] | null
  readonly value: number | null
}

/** How probable each of the ten digits is. */
export function Bars({ probabilities, value }: BarsProps) {
  const { answer } = useWords()
  return (
    <ol className={styles.bars} aria-label={answer.bars}>
      {(probabilities ?? none).map((probability, digit) => (
        <li key={digit} className={styles.row} data-best={digit === value || undefined}>
          <span>{digit}</span>
          <span className={styles.track} aria-hidden="true">
            <span className={styles.bar} style={{ transform: `scaleX(${probability})` }} />
          </span>
          <span className={styles.percent}>{probabilities && percent(probability)}</span>
        </li>
      ))}
    </ol>
  )
}
