import { isEmpty, type Sheet } from '../desk/desk'
import type { Tool } from '../desk/tool'
import type { Answers } from '../hooks/useAnswers'
import type { DeskSteps } from '../hooks/useDesk'
import { useWords } from '../hooks/useWords'
import { PAPER, type Stroke } from '../ink/stroke'
import { Boxes } from './Boxes'
import { Paper } from './Paper'
import { Picture } from './Picture'
import styles from './Sheet.module.css'

interface DeskProps {
  readonly sheet: Sheet
  readonly answers: Answers
  readonly steps: DeskSteps
  readonly tool: Tool
  readonly drawing: boolean
  readonly onLive: (strokes: readonly Stroke[] | null) => void
  /** Something is held over the page, to be dropped. */
  readonly held: boolean
}

/** The paper to draw on, or the picture in its place, and the boxes of what was read. */
export function Desk({ sheet, answers, steps, tool, drawing, onLive, held }: DeskProps) {
  const { paper } = useWords()
  const { outcome, digit, choose } = answers
  const several = outcome.kind === 'read' && (outcome.reading.digits.length > 1 || sheet.kind === 'pictures')
  const digits = several && !drawing ? outcome.reading.digits : []
  const boxes = (across: number, down: number) =>
    <Boxes digits={digits} chosen={digit} onChoose={choose} width={across} height={down} />
  const picture = sheet.kind === 'pictures' ? sheet.pictures[answers.picture] : undefined
  return (
    <div className={styles.sheet} data-drawing={drawing || undefined}>
      {sheet.kind === 'paper' &&
        <>
          <Paper strokes={sheet.strokes} tool={tool} onStroke={steps.draw} onErase={steps.erase} onLive={onLive} />
          {boxes(PAPER, PAPER)}
        </>}
      {picture && <Picture key={picture.id} file={picture.file}>{boxes}</Picture>}
      {held && <p className={styles.veil}>{paper.drop}</p>}
      {isEmpty(sheet) && !drawing && !held && <p className={styles.hint} aria-hidden="true">{paper.hint}</p>}
    </div>
  )
}
