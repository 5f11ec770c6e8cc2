import { usePen } from '../hooks/usePen'
import type { Stroke } from '../ink/stroke'
import styles from './Sheet.module.css'

interface PaperProps {
  readonly strokes: readonly Stroke[]
  readonly width: number
  readonly onStroke: (stroke: Stroke) => void
  readonly onPen: (down: boolean) => void
}

/** The paper to draw on. */
export function Paper({ strokes, width, onStroke, onPen }: PaperProps) {
  const pen = usePen({ strokes, width, onStroke, onPen })
  return (
    <>
      <Squares />
      <canvas className={styles.canvas} role="img" aria-label={contents(strokes.length)} {...pen} />
    </>
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

function contents(strokes: number): string {
  if (strokes === 0) return 'Paper to draw on, empty'
  return `Paper with ${strokes === 1 ? 'one stroke' : `${strokes} strokes`}`
}
