import { Fragment } from 'react'
import { useWords } from '../hooks/useWords'
import styles from './Dialog.module.css'
import { Dialog } from './Dialog'

interface HelpProps {
  readonly single: boolean
  readonly onSingle: (single: boolean) => void
  readonly onClose: () => void
}

/** How the page is used, and its shortcuts; those of a single key can be switched off. */
export function Help({ single, onSingle, onClose }: HelpProps) {
  const { help, tools } = useWords()
  const rows: readonly (readonly [does: string, ...keys: string[]])[] = [
    [help.undo, `${help.ctrl} Z`],
    [help.redo, `${help.ctrl} ${help.shift} Z`, `${help.ctrl} Y`],
    [help.clear, help.delete, 'Esc'],
    [help.paste, `${help.ctrl} V`],
    [help.move, help.arrows],
    [help.press, help.space],
    ...(single ? [[help.pens, '1', '2', '3'], [tools.eraser, 'E'], [help.this, '?']] as const : []),
  ]
  return (
    <Dialog title={help.title} close={help.close} onClose={onClose}>
      <p className={styles.how}>{help.how}</p>
      <h3 className={styles.section}>{help.shortcuts}</h3>
      <dl className={styles.keys}>
        {rows.map(([does, ...keys]) => <Row key={does} does={does} keys={keys} />)}
      </dl>
      <label className={styles.single}>
        <input type="checkbox" checked={single} onChange={({ currentTarget }) => { onSingle(currentTarget.checked) }} />
        {help.single}
      </label>
    </Dialog>
  )
}

/** What keys do; between two of them the line may break. */
function Row({ does, keys }: { readonly does: string; readonly keys: readonly string[] }) {
  return <><dt>{does}</dt><dd>{keys.map((key, i) => <Fragment key={key}>{i > 0 && ', '}<kbd>{key}</kbd></Fragment>)}</dd></>
}
