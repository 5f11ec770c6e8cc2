import { useRef } from 'react'
import type { Drawing, Picture } from '../desk/desk'
import type { Where } from '../desk/history'
import { failureOf } from '../hooks/useReading'
import { useSeen, type Steps } from '../hooks/useSeen'
import { useSettled } from '../hooks/useSettled'
import { useWords } from '../hooks/useWords'
import { fill } from '../words'
import { Failed } from './Failed'
import styles from './Seen.module.css'
import { DevicePages, ServerPages } from './SeenPages'
import { Tile } from './Tile'

interface SeenProps {
  readonly shown: Drawing | Picture | null
  readonly where: Where
  /** Pictures may be sent. */
  readonly sending: boolean
}

/** Long enough to begin the next stroke, in milliseconds. */
const CALM = 400

/** The steps from what was given to the answer, and the ink that decided. */
export function Seen({ shown, where, sending }: SeenProps) {
  const { seen } = useWords()
  const region = useRef<HTMLDivElement>(null)
  // Working the steps out must not hold up the answer to the next stroke.
  const settled = useSettled(shown, CALM)
  const { data, error, refetch } = useSeen(mayBeRead(settled, sending) ? settled : null, where)
  const again = () => {
    // The button that is pressed goes away.
    region.current?.focus()
    void refetch()
  }
  const content = () => {
    if (!shown || isBlank(shown)) return <p className={styles.quiet}>{seen.empty}</p>
    if (!mayBeRead(shown, sending)) return <p className={styles.quiet}>{seen.unsent}</p>
    if (error) return <Failed error={failureOf(error)} onAgain={again} />
    return data ? <AllSteps steps={data} /> : <p className={styles.quiet}>{seen.pending}</p>
  }
  return <div ref={region} tabIndex={-1}>{content()}</div>
}

function AllSteps({ steps }: { readonly steps: Steps }) {
  const { seen } = useWords()
  return (
    <div className={styles.seen}>
      {steps.from === 'server'
        ? <ServerPages explanation={steps.explanation} />
        : <DevicePages strokes={steps.strokes} explained={steps.explained} />}
      <p className={styles.how}>{digitsOf(steps) > 0 ? seen.how : seen.none}</p>
      <ol className={styles.digits}><Digits steps={steps} /></ol>
    </div>
  )
}

function isBlank(shown: Drawing | Picture): boolean {
  return 'strokes' in shown && shown.strokes.length === 0
}

function mayBeRead(shown: Drawing | Picture | null, sending: boolean): boolean {
  return shown !== null && ('strokes' in shown ? shown.strokes.length > 0 : sending)
}

function digitsOf(steps: Steps): number {
  return (steps.from === 'server' ? steps.explanation : steps.explained).digits.length
}

function Digits({ steps }: { readonly steps: Steps }) {
  const { seen } = useWords()
  if (steps.from === 'server') {
    return steps.explanation.digits.map(({ value, tile, saliency }, i) => (
      <li key={i} className={styles.digit}>
        <img src={tile} alt={fill(seen.tile, { value })} />
        <img src={saliency} alt={fill(seen.saliency, { value })} />
      </li>
    ))
  }
  return steps.explained.digits.map(({ value, tile, saliency }, i) => (
    <li key={i} className={styles.digit}>
      <Tile tile={tile} saliency={null} label={fill(seen.tile, { value })} />
      <Tile tile={tile} saliency={saliency} label={fill(seen.saliency, { value })} />
    </li>
  ))
}
