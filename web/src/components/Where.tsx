import { SegmentedControl } from '@mantine/core'
import type { Where as Place } from '../desk/history'
import { useOnline } from '../hooks/useOnline'
import { useOtherModel } from '../hooks/useOtherModel'
import { useWords } from '../hooks/useWords'
import styles from './Where.module.css'

interface WhereProps {
  readonly where: Place
  readonly onWhere: (where: Place) => void
  /** Pictures lie on the desk, not a drawing. */
  readonly pictures: boolean
  /** Pictures may be sent. */
  readonly sending: boolean
  /** Some pictures were given to the server, whatever came of it. */
  readonly sent: boolean
}

/** Where it is read, to be chosen, and in plain words what that means for what is given. */
export function Where({ where, onWhere, pictures, sending, sent }: WhereProps) {
  const words = useWords().where
  const online = useOnline()
  const place = pictures && sending ? 'server' : where
  const other = useOtherModel(place)
  const pictured = sending ? 'picture' : sent ? 'sent' : 'unsent'
  const what = pictures ? pictured : where === 'device' ? 'onDevice' : 'onServer'
  return (
    <div className={styles.where}>
      <SegmentedControl
        fullWidth
        withItemsBorders={false}
        aria-label={words.name}
        classNames={{ root: styles.switch, label: styles.place, indicator: styles.indicator }}
        value={place}
        onChange={onWhere}
        data={places.map((value) => ({ value, label: words[value] }))}
      />
      <p className={styles.sentence} aria-live="polite">{online ? words[what] : words.offline[what]}</p>
      {other && <p className={styles.sentence}>{words.other}</p>}
    </div>
  )
}

const places: Place[] = ['device', 'server']
