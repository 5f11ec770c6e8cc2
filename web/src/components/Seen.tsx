import type { Explanation } from '../api/types'
import type { Picture, Sheet } from '../desk/desk'
import { isEmpty } from '../desk/desk'
import type { Where } from '../desk/history'
import { useSeen, type Steps } from '../hooks/useSeen'
import { useSettled } from '../hooks/useSettled'
import { useWords } from '../hooks/useWords'
import { fill } from '../words'
import styles from './Seen.module.css'
import { Tile } from './Tile'

interface SeenProps {
  readonly sheet: Sheet
  readonly picture: Picture | null
  readonly where: Where
}

/** Long enough to begin the next stroke, in milliseconds. */
const CALM = 400

/** The steps from what was given to the answer, and the ink that decided. */
export function Seen({ sheet, picture, where }: SeenProps) {
  const { seen } = useWords()
  // Working the steps out must not hold up the answer to the next stroke.
  const { data, isError } = useSeen(useSettled(sheet, CALM), useSettled(picture, CALM), where)
  if (isEmpty(sheet)) return <p className={styles.quiet}>{seen.empty}</p>
  if (isError) return <p className={styles.quiet}>{seen.failed}</p>
  if (!data) return <p className={styles.quiet}>{seen.pending}</p>
  return (
    <div className={styles.seen}>
      {data.from === 'server' && <Pages explanation={data.explanation} />}
      {digitsOf(data) > 0 && <p className={styles.how}>{seen.how}</p>}
      <ol className={styles.digits}><Digits steps={data} /></ol>
    </div>
  )
}

function digitsOf(steps: Steps): number {
  return steps.from === 'server' ? steps.explanation.digits.length : steps.digits.length
}

function Pages({ explanation }: { readonly explanation: Explanation }) {
  const { seen } = useWords()
  return (
    <div className={styles.pages}>
      <figure className={styles.page}><img src={explanation.ink} alt="" /><figcaption>{seen.ink}</figcaption></figure>
      <figure className={styles.page}><img src={explanation.boxes} alt="" /><figcaption>{seen.boxes}</figcaption></figure>
    </div>
  )
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
  return steps.digits.map(({ value, tile, saliency }, i) => (
    <li key={i} className={styles.digit}>
      <Tile tile={tile} saliency={null} label={fill(seen.tile, { value })} />
      <Tile tile={tile} saliency={saliency} label={fill(seen.saliency, { value })} />
    </li>
  ))
}
