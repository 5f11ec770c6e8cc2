import { useState } from 'react'
import { useDesk } from '../hooks/useDesk'
import { usePictures } from '../hooks/usePictures'
import { useReading } from '../hooks/useReading'
import { useShortcuts } from '../hooks/useShortcuts'
import { isEmpty } from '../ink/sheet'
import { PAPER } from '../ink/stroke'
import { Announcer } from './Announcer'
import { Answer } from './Answer'
import styles from './App.module.css'
import { Boxes } from './Boxes'
import { Paper } from './Paper'
import { Picture } from './Picture'
import sheetStyles from './Sheet.module.css'
import { mediumPen, Tools } from './Tools'

/** The page: a sheet to write on or to lay a picture on, and what is read from it. */
export function App() {
  const { sheet, undoable, steps } = useDesk()
  const outcome = useReading(sheet)
  const [width, setWidth] = useState(mediumPen)
  const [drawing, setDrawing] = useState(false)
  const [choice, setChoice] = useState({ sheet: 0, index: 0 })
  const held = usePictures(steps.show)
  useShortcuts(steps.undo, steps.clear)

  const chosen = choice.sheet === sheet.id ? choice.index : 0
  const choose = (index: number) => { setChoice({ sheet: sheet.id, index }) }
  const digits = outcome.kind === 'read' && outcome.reading.digits.length > 1 ? outcome.reading.digits : []
  const boxes = (across: number, down: number) =>
    <Boxes digits={digits} chosen={chosen} onChoose={choose} width={across} height={down} />

  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>inkdigits</h1>
        <p>Write a digit or a number.</p>
      </header>
      <main className={styles.main}>
        <div className={styles.desk}>
          <div className={sheetStyles.sheet} data-drawing={drawing || undefined}>
            {sheet.kind === 'paper'
              ? <><Paper strokes={sheet.strokes} width={width} onStroke={steps.draw} onPen={setDrawing} />{boxes(PAPER, PAPER)}</>
              : <Picture key={sheet.id} file={sheet.file}>{boxes}</Picture>}
            {held && <p className={sheetStyles.veil}>Drop it to read it</p>}
            {isEmpty(sheet) && !drawing && !held && <p className={sheetStyles.hint} aria-hidden="true">Write here</p>}
          </div>
          <Tools steps={steps} undoable={undoable} clearable={!isEmpty(sheet)} width={width} onWidth={setWidth} />
        </div>
        <Answer outcome={outcome} chosen={chosen} onChoose={choose} drawing={drawing} />
      </main>
      <Announcer outcome={outcome} />
      <footer className={styles.footer}>
        <p className={styles.keys}>Drop or paste a picture anywhere. <kbd>Ctrl Z</kbd> undoes, <kbd>Delete</kbd> clears.</p>
        <p>Pictures are read in memory by this server and not kept.</p>
      </footer>
    </div>
  )
}
