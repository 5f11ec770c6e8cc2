import { VisuallyHidden } from '@mantine/core'
import type { Outcome } from '../hooks/useReading'
import { useSettled } from '../hooks/useSettled'
import { percent, sureness, unread } from '../words'

/** Long enough to write the next stroke, in milliseconds. */
const CALM = 700

/** Tells a screen reader the answer, once it has settled. */
export function Announcer({ outcome }: { readonly outcome: Outcome }) {
  return <VisuallyHidden role="status">{useSettled(announcement(outcome), CALM)}</VisuallyHidden>
}

function announcement(outcome: Outcome): string {
  if (outcome.kind === 'failed') return `${outcome.error.message}. ${outcome.error.remedy}`
  if (outcome.kind !== 'read') return ''
  const { text, confidence, reason } = outcome.reading
  return text ? `Read ${text}. ${sureness(confidence)}, ${percent(confidence)}.` : unread(reason).what
}
