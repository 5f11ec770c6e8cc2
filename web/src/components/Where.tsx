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
}

/** Where drawings are read, to be chosen, and in plain words what that means for what is given. Pictures leave no choice. */
export function Where({ where, onWhere, pictures }: WhereProps) {
  const words = useWords().where
  const online = useOnline()
  const other = useOtherModel()
  const sentence = pictures ? words.picture : where === 'device' ? words.onDevice : words.onServer
  return (
    <div className={styles.where}>
      <SegmentedControl
        fullWidth
        withItemsBorders={false}
        aria-label={words.name}
        classNames={{ root: styles.switch, label: styles.place, indicator: styles.indicator }}
        value={pictures ? 'server' : where}
        disabled={pictures}
        onChange={onWhere}
        data={places.map((value) => ({ value, label: words[value] }))}
      />
      <p className={styles.sentence}>{online ? sentence : words.offline}</p>
      {other && <p className={styles.sentence}>{words.other}</p>}
    </div>
  )
}

const places: Place[] = ['device', 'server']
