import { Button, FileButton, SegmentedControl, VisuallyHidden } from '@mantine/core'
import { useRef } from 'react'
import type { DeskSteps } from '../hooks/useDesk'
import styles from './Tools.module.css'

/** Pen widths in paper units. */
const pens = [
  { label: 'Fine pen', width: 9 },
  { label: 'Medium pen', width: 15 },
  { label: 'Broad pen', width: 24 },
] as const

export const mediumPen: number = pens[1].width

interface ToolsProps {
  readonly steps: DeskSteps
  readonly undoable: boolean
  readonly clearable: boolean
  readonly width: number
  readonly onWidth: (width: number) => void
}

/** Undo, clear, pen width and upload. */
export function Tools({ steps, undoable, clearable, width, onWidth }: ToolsProps) {
  return (
    <div className={styles.tools} role="group" aria-label="Tools">
      {/* Not `disabled`, which would take the keyboard's focus away. */}
      <Button {...plain} aria-disabled={!undoable} aria-keyshortcuts="Control+Z" onClick={steps.undo}>Undo</Button>
      <Button {...plain} aria-disabled={!clearable} aria-keyshortcuts="Delete" onClick={steps.clear}>Clear</Button>
      <SegmentedControl
        aria-label="Pen width"
        classNames={{ root: styles.pens, label: styles.pen, indicator: styles.indicator }}
        value={String(width)}
        onChange={(chosen) => { onWidth(Number(chosen)) }}
        data={pens.map((pen) => ({ value: String(pen.width), label: <PenLabel {...pen} /> }))}
      />
      <Upload onPicture={steps.show} />
    </div>
  )
}

const plain = { variant: 'default', className: styles.button ?? '' } as const

function Upload({ onPicture }: { readonly onPicture: (file: File) => void }) {
  const reset = useRef<() => void>(null)
  const take = (file: File | null) => {
    // Forgotten at once, so that the same file can be chosen again.
    reset.current?.()
    if (file) onPicture(file)
  }
  return (
    <FileButton accept={kinds} resetRef={reset} onChange={take}>
      {(props) => <Button {...props} {...plain} className={`${styles.button} ${styles.upload}`}>Upload</Button>}
    </FileButton>
  )
}

/** Some systems do not know the last few as pictures. */
const kinds = 'image/*,.heic,.heif,.tif,.tiff,.pgm,.pnm'

function PenLabel({ label, width }: { readonly label: string; readonly width: number }) {
  return (
    <span title={label} className={styles.nib}>
      <svg viewBox="-12 -12 24 24" aria-hidden="true"><circle r={width / 2.4} /></svg>
      <VisuallyHidden>{label}</VisuallyHidden>
    </span>
  )
}
