import { Button, SegmentedControl, VisuallyHidden } from '@mantine/core'
import { pens, type Tool } from '../desk/tool'
import type { DeskSteps } from '../hooks/useDesk'
import { useWords } from '../hooks/useWords'
import { Icon } from './Icon'
import styles from './Tools.module.css'

interface ToolsProps {
  readonly steps: DeskSteps
  readonly undoable: boolean
  readonly redoable: boolean
  readonly clearable: boolean
  readonly tool: Tool
  readonly onTool: (tool: Tool) => void
}

/** The pens and the eraser; undo, redo and clear. */
export function Tools({ steps, undoable, redoable, clearable, tool, onTool }: ToolsProps) {
  const { tools } = useWords()
  return (
    <div className={styles.group} role="group" aria-label={tools.name}>
      <SegmentedControl
        withItemsBorders={false}
        aria-label={tools.nib}
        classNames={{ root: styles.pens, label: styles.pen, indicator: styles.indicator }}
        value={tool}
        onChange={onTool}
        data={nibs.map((name) => ({ value: name, label: <Nib name={name} /> }))}
      />
      <Act name="undo" keys="Control+Z" able={undoable} act={steps.undo} />
      <Act name="redo" keys="Control+Shift+Z" able={redoable} act={steps.redo} />
      <Act name="clear" keys="Delete" able={clearable} act={steps.clear} />
    </div>
  )
}

const nibs: Tool[] = ['fine', 'medium', 'broad', 'eraser']

interface ActProps {
  readonly name: 'undo' | 'redo' | 'clear'
  readonly keys: string
  readonly able: boolean
  readonly act: () => void
}

function Act({ name, keys, able, act }: ActProps) {
  const { tools } = useWords()
  return (
    // Not `disabled`, which would take the keyboard's focus away.
    <Button
      variant="default"
      className={`${styles.button} ${styles.icon}`}
      aria-label={tools[name]}
      title={tools[name]}
      aria-disabled={!able}
      aria-keyshortcuts={keys}
      onClick={act}
    >
      <Icon name={name} />
    </Button>
  )
}

function Nib({ name }: { readonly name: Tool }) {
  const { tools } = useWords()
  return (
    <span title={tools[name]} className={styles.nib}>
      {name === 'eraser'
        ? <Icon name="eraser" />
        : <svg viewBox="-12 -12 24 24" aria-hidden="true"><circle r={pens[name] / 2.4} /></svg>}
      <VisuallyHidden>{tools[name]}</VisuallyHidden>
    </span>
  )
}
