import { Button } from '@mantine/core'
import { useState } from 'react'
import type { Sheet } from '../desk/desk'
import type { Answers } from '../hooks/useAnswers'
import { useWords } from '../hooks/useWords'
import { asJson, asText, type Answered } from '../picture/answers'
import { drawingPng, picturePng } from '../picture/render'
import { save, stem } from '../picture/save'
import { failure, fill, unread, type Words } from '../words'
import styles from './TakeAlong.module.css'

/** Long enough without a note for the same words to be seen and heard again, in milliseconds. */
const BEAT = 150

interface TakeAlongProps {
  readonly sheet: Sheet
  readonly answers: Answers
}

/** Copies the answer, or saves it as text, as JSON or as a picture with boxes. */
export function TakeAlong({ sheet, answers }: TakeAlongProps) {
  const words = useWords()
  const { take } = words
  const [note, setNote] = useState({ sheet: sheet.id, text: '' })
  const answered = answeredOn(sheet, answers)
  const several = answers.outcomes.length > 1
  const shown = stem(nameOf(sheet, answers.picture) ?? 'drawing')
  const all = several ? 'pictures' : shown
  const text = () => asText(answered, (answer) => whyNot(words, answer))
  const here = answers.outcome.kind === 'read' && answers.outcome.reading.text !== '' && !answers.outcome.provisional

  const trying = (failed: string, act: () => Promise<string>) => () => {
    const say = (text: string) => { setNote({ sheet: sheet.id, text }) }
    say('')
    void act().catch(() => failed).then((text) => { setTimeout(say, BEAT, text) })
  }
  const saving = (name: string, bytes: () => Blob | Promise<Blob>) => trying(take.undrawn, async () => {
    save(await bytes(), name)
    return fill(take.saved, { name })
  })
  const copy = trying(take.uncopied, async () => {
    if (!isSecureContext) return take.insecure
    await navigator.clipboard.writeText(text())
    return take.copied
  })
  const act = (label: string, title: string, able: boolean, run: () => void) => (
    <Button variant="default" className={styles.button} title={title} aria-label={`${label}: ${title}`}
      aria-disabled={!able} onClick={() => { if (able) run() }}>{label}</Button>
  )
  const any = answered.length > 0
  return (
    <div className={styles.take} role="group" aria-label={take.name}>
      <Button variant="default" className={styles.button} aria-disabled={!any} onClick={() => { if (any) copy() }}>
        {several ? take.copyAll : take.copy}
      </Button>
      <span className={styles.as} aria-hidden="true">{take.as}</span>
      {act(take.text, take.textFile, any, saving(`${all}.txt`, () => new Blob([text()], { type: 'text/plain' })))}
      {act(take.json, take.jsonFile, any, saving(`${all}.json`, () => new Blob([asJson(answered)], { type: 'application/json' })))}
      {act(take.png, take.pngFile, here, saving(`${shown}.png`, () => pngOf(sheet, answers)))}
      <p className={styles.said} aria-live="polite">{note.sheet === sheet.id && note.text}</p>
    </div>
  )
}

/** Every picture with its reading or its error, once each has one; or the only text. */
function answeredOn(sheet: Sheet, { outcomes }: Answers): readonly Answered[] {
  const answered = outcomes.flatMap((outcome, i): Answered[] => {
    const name = nameOf(sheet, i)
    if (outcome.kind === 'failed') return [{ name, error: outcome.error }]
    return outcome.kind === 'read' && !outcome.provisional ? [{ name, reading: outcome.reading }] : []
  })
  if (outcomes.length === 1) return answered.filter((answer) => 'reading' in answer && answer.reading.text)
  return answered.length === outcomes.length ? answered : []
}

function nameOf(sheet: Sheet, picture: number): string | null {
  return sheet.kind === 'pictures' ? (sheet.pictures[picture]?.file.name ?? null) : null
}

function whyNot(words: Words, answer: Answered): string {
  const { what, remedy } = 'reading' in answer ? unread(words, answer.reading.reason) : failure(words, answer.error)
  return `(${what} ${remedy})`
}

async function pngOf(sheet: Sheet, { outcome, picture }: Answers): Promise<Blob> {
  const digits = outcome.kind === 'read' ? outcome.reading.digits : []
  if (sheet.kind === 'paper') return drawingPng(sheet.strokes, digits)
  return picturePng(sheet.pictures[picture]?.file ?? new Blob(), digits)
}
