import { VisuallyHidden } from '@mantine/core'
import type { Outcome } from '../hooks/useReading'
import { useSettled } from '../hooks/useSettled'
import { useWords } from '../hooks/useWords'
import { failure, fill, guessed, percent, sureness, unread, type Words } from '../words'
import { progressOf } from '../words/progress'

/** Long enough to write the next stroke, in milliseconds. */
const CALM = 700

interface AnnouncerProps {
  readonly outcomes: readonly Outcome[]
  /** The pen is on the paper: nothing is settled. */
  readonly drawing: boolean
}

/** Tells a screen reader the answer, once it has settled; the last one goes at once, so that the same words are heard again. */
export function Announcer({ outcomes, drawing }: AnnouncerProps) {
  const words = useWords()
  const said = drawing ? '' : announcement(words, outcomes)
  return <VisuallyHidden role="status">{useSettled(said, said ? CALM : 0)}</VisuallyHidden>
}

function announcement(words: Words, outcomes: readonly Outcome[]): string {
  const [only] = outcomes
  if (outcomes.length === 1 && only) return announcementOf(words, only)
  if (outcomes.some(({ kind }) => kind === 'pending')) return ''
  return outcomes.some(({ kind }) => kind === 'unsent') ? words.answer.unsent : progressOf(words, outcomes)
}

function announcementOf(words: Words, outcome: Outcome): string {
  switch (outcome.kind) {
    case 'empty':
    case 'pending':
      return ''
    case 'unsent':
      return words.answer.unsent
    case 'failed': {
      const { what, remedy } = failure(words, outcome.error)
      return `${what} ${remedy}`
    }
    case 'read': {
      const { text, confidence, reason } = outcome.reading
      if (outcome.provisional) return ''
      if (text) return fill(words.answer.said, { text, sureness: sureness(words, confidence), percent: percent(confidence) })
      const { what, remedy } = unread(words, reason)
      return [what, remedy, guessed(words, outcome.reading)].filter(Boolean).join(' ')
    }
  }
}
