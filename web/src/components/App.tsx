import { useCallback, useState } from 'react'
import { isEmpty } from '../desk/desk'
import { useAnswers } from '../hooks/useAnswers'
import { useDesk } from '../hooks/useDesk'
import { usePictures } from '../hooks/usePictures'
import type { Live } from '../hooks/useReading'
import { useSettings } from '../hooks/useSettings'
import { useShortcuts } from '../hooks/useShortcuts'
import type { Stroke } from '../ink/stroke'
import { Announcer } from './Announcer'
import { Answer } from './Answer'
import styles from './App.module.css'
import { Desk } from './Desk'
import { Folds } from './Folds'
import { Footer } from './Footer'
import { Header } from './Header'
import { Help } from './Help'
import { Strip } from './Strip'
import { TakeAlong } from './TakeAlong'
import { Tools } from './Tools'
import { Ways } from './Ways'
import { Where } from './Where'

/** The page: a sheet to write on or to lay pictures on, and what is read from it. */
export function App() {
  const { sheet, undoable, redoable, used, steps } = useDesk()
  const { tool, setTool, where, setWhere, sending, send, single, setSingle } = useSettings(sheet, used)
  const [live, setLive] = useState<Live | null>(null)
  const [help, setHelp] = useState(false)
  const answers = useAnswers(sheet, live, where, sending, send)
  const held = usePictures(steps.show)
  const onLive = useCallback((strokes: readonly Stroke[] | null) => {
    setLive(strokes && { version: performance.now(), strokes })
  }, [])
  useShortcuts({
    'Mod+z': steps.undo, 'Mod+Shift+z': steps.redo, 'Mod+y': steps.redo, Delete: steps.clear, Escape: steps.clear,
    1: () => { setTool('fine') }, 2: () => { setTool('medium') }, 3: () => { setTool('broad') },
    e: () => { setTool('eraser') }, '?': () => { setHelp(true) },
  }, single)
  const drawing = live !== null
  const pictures = sheet.kind === 'pictures' ? sheet.pictures : []

  return (
    <div className={styles.page}>
      <Header onHelp={() => { setHelp(true) }} />
      <main className={styles.main}>
        <div className={styles.desk}>
          <Desk sheet={sheet} answers={answers} steps={steps} tool={tool} drawing={drawing} onLive={onLive} held={held} />
          <div className={styles.tools}>
            <Tools steps={steps} undoable={undoable} redoable={redoable} clearable={!isEmpty(sheet)} tool={tool} onTool={setTool} />
            <Ways steps={steps} />
          </div>
          {sheet.kind === 'pictures' && pictures.length > 1 &&
            <Strip sheet={sheet} outcomes={answers.outcomes} shown={answers.picture} onShow={answers.show} />}
        </div>
        <div className={styles.side}>
          <Answer sheet={sheet.id} outcome={answers.outcome} chosen={answers.digit} onChoose={answers.choose}
            behind={drawing && where === 'server'} onElsewhere={pictures.length > 0 ? send : () => { setWhere('server') }} />
          <TakeAlong sheet={sheet} answers={answers} />
          <Where where={where} onWhere={setWhere} pictures={pictures.length > 0} sending={sending}
            sent={answers.outcomes.some(({ kind }) => kind !== 'unsent')} />
        </div>
        <div className={styles.folds}>
          <Folds shown={sheet.kind === 'paper' ? sheet : (pictures[answers.picture] ?? null)} where={where} sending={sending}
            entries={answers.entries} steps={steps} />
        </div>
      </main>
      <Announcer outcomes={answers.outcomes} drawing={drawing} />
      <Footer />
      {help && <Help single={single} onSingle={setSingle} onClose={() => { setHelp(false) }} />}
    </div>
  )
}
