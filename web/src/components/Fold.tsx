import type { ReactNode } from 'react'
import styles from './Fold.module.css'

interface FoldProps {
  readonly title: string
  readonly note?: string
  readonly open: boolean
  readonly onOpen: (open: boolean) => void
  readonly children: ReactNode
}

/** A part of the page that is folded away until it is wanted. */
export function Fold({ title, note, open, onOpen, children }: FoldProps) {
  return (
    <details className={styles.fold} open={open} onToggle={({ currentTarget }) => { onOpen(currentTarget.open) }}>
      <summary className={styles.title}><h2>{title}</h2>{note && <span>{note}</span>}</summary>
      {open && <div className={styles.content}>{children}</div>}
    </details>
  )
}
