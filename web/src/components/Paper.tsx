import { useGesture, type GestureOptions } from '../hooks/useGesture'
import { useKeyPen, type KeyPen } from '../hooks/useKeyPen'
import { usePen } from '../hooks/usePen'
import { useWords } from '../hooks/useWords'
import { PAPER } from '../ink/stroke'
import { counted } from '../words'
import styles from './Sheet.module.css'

/** The paper to draw on, with mouse, pen, finger or keys. */
export function Paper(options: GestureOptions) {
  const words = useWords()
  const { ref, gesture } = useGesture(options)
  const pen = usePen(gesture)
  const { pen: keyPen, keys } = useKeyPen(gesture)
  const { length } = options.strokes
  const contents = length === 0 ? words.paper.empty : counted(words, words.paper.strokes, length)
  return (
    <>
      <Squares />
      <canvas
        ref={ref}
        className={styles.canvas}
        // All keys go to it: arrows move its pen.
        role="application"
        tabIndex={0}
        aria-label={keyPen?.down ? `${contents}. ${words.paper.down}` : contents}
        aria-description={words.paper.keys}
        {...pen}
        {...keys}
      />
      {keyPen && <Cross {...keyPen} />}
    </>
  )
}

/** Where the keys have moved the pen. */
function Cross({ x, y, down }: KeyPen) {
  return (
    <svg className={styles.cross} viewBox={`0 0 ${PAPER} ${PAPER}`} data-down={down || undefined} aria-hidden="true">
      <path d={`M${x - 14} ${y}h28M${x} ${y - 14}v28`} vectorEffect="non-scaling-stroke" />
      <circle cx={x} cy={y} r={down ? 5 : 8} vectorEffect="non-scaling-stroke" />
    </svg>
  )
}

/** The faint lines of squared paper. */
function Squares() {
  const lines = Array.from({ length: 11 }, (_, i) => i + 1)
  const path = lines.map((at) => `M${at} 0V12M0 ${at}H12`).join('')
  return (
    <svg className={styles.squares} viewBox="0 0 12 12" aria-hidden="true">
      <path d={path} vectorEffect="non-scaling-stroke" />
    </svg>
  )
}
