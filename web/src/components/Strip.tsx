import { UnstyledButton } from '@mantine/core'
import type { SyntheticEvent } from 'react'
import { MOST, type Pictures } from '../desk/desk'
import type { Outcome } from '../hooks/useReading'
import { useWords } from '../hooks/useWords'
import { fill, unread, type Words } from '../words'
import { progressOf } from '../words/progress'
import { useObjectUrl } from './Picture'
import styles from './Strip.module.css'

interface StripProps {
  readonly sheet: Pictures
  readonly outcomes: readonly Outcome[]
  readonly shown: number
  readonly onShow: (index: number) => void
}

/** All the pictures given at once: how many are read, what each says, and which one is shown. */
export function Strip({ sheet: { pictures, omitted }, outcomes, shown, onShow }: StripProps) {
  const words = useWords()
  const count = pictures.length
  const done = outcomes.filter(({ kind }) => kind === 'read' || kind === 'failed').length
  const progress = progressOf(words, outcomes)
  return (
    <div className={styles.strip}>
      <div className={styles.progress}>
        <span>{progress}</span>
        <progress value={done} max={count} aria-label={progress} />
      </div>
      {omitted && <p className={styles.progress} role="alert">{fill(words.pictures.most, { most: MOST })}</p>}
      <div className={styles.pictures} role="group" aria-label={words.pictures.name}>
        {pictures.map(({ id, file }, index) => {
          const answer = answerOf(words, outcomes[index])
          return (
            <UnstyledButton
              key={id}
              className={styles.picture}
              aria-pressed={index === shown}
              aria-label={fill(words.pictures.picture, { name: file.name, place: index + 1, count, answer })}
              title={file.name}
              onClick={() => { onShow(index) }}
            >
              <Thumb file={file} />
              <span className={styles.answer}>{briefly(outcomes[index])}</span>
            </UnstyledButton>
          )
        })}
      </div>
    </div>
  )
}

function Thumb({ file }: { readonly file: File }) {
  return <img ref={useObjectUrl(file)} className={styles.thumb} alt="" onError={hide} />
}

/** A broken picture says nothing that its answer does not. */
function hide({ currentTarget }: SyntheticEvent<HTMLImageElement>) {
  currentTarget.style.visibility = 'hidden'
}

function answerOf(words: Words, outcome: Outcome | undefined): string {
  if (outcome?.kind === 'failed') return words.pictures.failed
  if (outcome?.kind === 'unsent') return words.pictures.unsent
  if (outcome?.kind !== 'read') return words.pictures.pending
  return outcome.reading.text || unread(words, outcome.reading.reason).what
}

function briefly(outcome: Outcome | undefined): string {
  if (outcome?.kind === 'read') return outcome.reading.text || '–'
  if (outcome?.kind === 'unsent') return '?'
  return outcome?.kind === 'failed' ? '!' : '…'
}
