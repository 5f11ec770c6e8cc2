import { useCallback, useState } from 'react'
import type { Drawing, Picture } from '../desk/desk'
import type { Entry, Where } from '../desk/history'
import type { DeskSteps } from '../hooks/useDesk'
import { useHistory } from '../hooks/useHistory'
import { useWords } from '../hooks/useWords'
import { Fold } from './Fold'
import { History } from './History'
import { Seen } from './Seen'

interface FoldsProps {
  readonly shown: Drawing | Picture | null
  readonly where: Where
  readonly sending: boolean
  readonly entries: readonly Entry[]
  readonly steps: DeskSteps
}

/** What is folded away below the page: how the answer came about, and the readings before it. */
export function Folds({ shown, where, sending, entries, steps }: FoldsProps) {
  const words = useWords()
  const [seen, setSeen] = useState(false)
  const [past, setPast] = useState(false)
  const { history, clear } = useHistory(entries)
  const again = useCallback(({ strokes, at }: Entry) => { steps.lay(strokes, at) }, [steps])
  return (
    <>
      <Fold title={words.seen.name} open={seen} onOpen={setSeen}>
        <Seen shown={shown} where={where} sending={sending} />
      </Fold>
      <Fold title={words.history.name} note={history.length > 0 ? String(history.length) : ''} open={past} onOpen={setPast}>
        <History history={history} onAgain={again} onClear={clear} />
      </Fold>
    </>
  )
}
