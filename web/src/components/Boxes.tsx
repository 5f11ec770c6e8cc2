import type { Digit } from '../api/types'
import styles from './Sheet.module.css'

interface BoxesProps {
  readonly digits: readonly Digit[]
  readonly chosen: number
  readonly onChoose: (index: number) => void
  /** Size of what was read, in the units of the boxes. */
  readonly width: number
  readonly height: number
}

/** A frame round each digit. For the mouse only: the answer offers the same choice to the keyboard. */
export function Boxes({ digits, chosen, onChoose, width, height }: BoxesProps) {
  const air = Math.max(width, height) * 0.005
  return (
    <svg className={styles.boxes} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {digits.map(({ box }, index) => (
        <rect
          key={index}
          x={box.x - air}
          y={box.y - air}
          width={box.width + 2 * air}
          height={box.height + 2 * air}
          rx={2 * air}
          data-chosen={index === chosen || undefined}
          onClick={() => { onChoose(index) }}
        />
      ))}
    </svg>
  )
}
