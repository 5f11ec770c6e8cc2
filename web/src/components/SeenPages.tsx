import { useCallback, type ReactNode } from 'react'
import type { Box, Explanation } from '../api/types'
import { useWords } from '../hooks/useWords'
import { outline } from '../ink/outline'
import { PAPER, type Stroke } from '../ink/stroke'
import type { Explained } from '../local'
import { inkPixels } from '../picture/heat'
import styles from './Seen.module.css'

/** What was taken for ink, and where digits were looked for, as the server shows it. */
export function ServerPages({ explanation }: { readonly explanation: Explanation }) {
  return <Pages ink={<img src={explanation.ink} alt="" />} boxes={<img src={explanation.boxes} alt="" />} />
}

/** The same of a drawing that was read on this device. */
export function DevicePages({ strokes, explained }: { readonly strokes: readonly Stroke[]; readonly explained: Explained }) {
  const { ink, digits, others } = explained
  const paint = useCallback((canvas: HTMLCanvasElement | null) => {
    canvas?.getContext('2d')?.putImageData(new ImageData(inkPixels(ink.values), ink.width, ink.height), 0, 0)
  }, [ink])
  return (
    <Pages
      // Another canvas for other ink, as a change of size wipes one.
      ink={<canvas key={`${ink.width} ${ink.height}`} ref={paint} width={ink.width} height={ink.height} aria-hidden="true" />}
      boxes={
        <svg viewBox={`0 0 ${PAPER} ${PAPER}`} aria-hidden="true">
          <path d={strokes.map((stroke) => outline(stroke, true)).join('')} />
          {others.map((box, i) => <rect key={i} className={styles.other} {...placeOf(box)} />)}
          {digits.map(({ box }, i) => <rect key={i} className={styles.told} {...placeOf(box)} />)}
          {digits.map(({ value, box }, i) =>
            <text key={i} className={styles.value} x={box.x} y={Math.max(box.y - 6, LETTER)}>{value}</text>)}
        </svg>
      }
    />
  )
}

/** Height of the values on the boxes, in paper units. */
const LETTER = 20

function placeOf({ x, y, width, height }: Box) {
  return { x, y, width, height }
}

function Pages({ ink, boxes }: { readonly ink: ReactNode; readonly boxes: ReactNode }) {
  const { seen } = useWords()
  return (
    <div className={styles.pages}>
      <figure className={styles.page}>{ink}<figcaption>{seen.ink}</figcaption></figure>
      <figure className={styles.page}>{boxes}<figcaption>{seen.boxes}</figcaption></figure>
    </div>
  )
}
