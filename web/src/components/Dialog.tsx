import { useCallback, useId, type ReactNode } from 'react'
import styles from './Dialog.module.css'

interface DialogProps {
  readonly title: string
  readonly close: string
  readonly onClose: () => void
  readonly children: ReactNode
}

/** A dialog over the page; Escape and its button close it, and the focus goes back to where it was. */
export function Dialog({ title, close, onClose, children }: DialogProps) {
  const heading = useId()
  const open = useCallback((dialog: HTMLDialogElement) => {
    dialog.showModal()
    return () => { dialog.close() }
  }, [])
  return (
    <dialog ref={open} className={styles.dialog} aria-labelledby={heading} onCancel={onClose}>
      <div className={styles.head}>
        <h2 id={heading}>{title}</h2>
        <button type="button" className={styles.close} aria-label={close} title={close} onClick={onClose}>×</button>
      </div>
      {children}
    </dialog>
  )
}
