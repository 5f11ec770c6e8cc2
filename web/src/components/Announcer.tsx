import { VisuallyHidden } from '@mantine/core'
import type { Outcome } from '../hooks/useReading'
import { useSettled } from '../hooks/useSettled'
import { useWords } from '../hooks/useWords'
import { counted, failure, fill, percent, sureness, unread, type Words } from '../words'

/** Long enough to write the next stroke, in milliseconds. */
const CALM = 700

interface AnnouncerProps {
  readonly outcomes: readonly Outcome[]
  /** The pen is on the paper: nothing is settled. */
  readonly drawing: boolean
}

/** Tells a screen reader the answer, once it has settled. */
export function Announcer({ outcomes, drawing }: AnnouncerProps) {
  const words = useWords()
  const said = drawing ? '' : announcement(words, outcomes)
  return <VisuallyHidden role="status">{useSettled(said, CALM)}</VisuallyHidden>
}

function announcement(words: Words, outcomes: readonly Outcome[]): string {
  const [only] = outcomes
  if (outcomes.length === 1 && only) return announcementOf(words, only)
  if (outcomes.some(({ kind }) => kind === 'pending')) return ''
  return counted(words, words.pictures.progress, outcomes.length, { done: outcomes.length })
}

function announcementOf(words: Words, outcome: Outcome): string {
  if (outcome.kind === 'failed') {
    const { what, remedy } = failure(words, outcome.error)
    return `${what} ${remedy}`
  }
  if (outcome.kind !== 'read') return ''
  const { text, confidence, reason } = outcome.reading
  if (!text) return unread(words, reason).what
  return fill(words.answer.said, { text, sureness: sureness(words, confidence), percent: percent(confidence) })
}
