import type { Drawing, Picture } from '../desk/desk'
import type { Where } from '../desk/history'
import { useSeen, type Steps } from '../hooks/useSeen'
import { useSettled } from '../hooks/useSettled'
import { useWords } from '../hooks/useWords'
import { fill } from '../words'
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
  // Working the steps out must not hold up the answer to the next stroke.
  const settled = useSettled(shown, CALM)
  const { data, isError } = useSeen(settled, where, mayBeRead(settled, sending))
  if (!shown || isBlank(shown)) return <p className={styles.quiet}>{seen.empty}</p>
  if (!mayBeRead(shown, sending)) return <p className={styles.quiet}>{seen.unsent}</p>
  if (isError) return <p className={styles.quiet}>{seen.failed}</p>
  if (!data) return <p className={styles.quiet}>{seen.pending}</p>
  return (
    <div className={styles.seen}>
      {data.from === 'server'
        ? <ServerPages explanation={data.explanation} />
        : <DevicePages strokes={data.strokes} explained={data.explained} />}
      <p className={styles.how}>{digitsOf(data) > 0 ? seen.how : seen.none}</p>
      <ol className={styles.digits}><Digits steps={data} /></ol>
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
