import { skipToken, useQuery } from '@tanstack/react-query'
import { explain } from '../api/read'
import type { Explanation } from '../api/types'
import type { Drawing, Picture } from '../desk/desk'
import type { Where } from '../desk/history'
import { toWire, type Stroke } from '../ink/stroke'
import { seenIn, type Explained } from '../local'

/** The steps of a reading: as pictures from the server, or as numbers from this device. */
export type Steps =
  | { readonly from: 'server'; readonly explanation: Explanation }
  | { readonly from: 'device'; readonly strokes: readonly Stroke[]; readonly explained: Explained }

/** The steps to the answer for what is shown, worked out where the answer was. */
export function useSeen(shown: Drawing | Picture | null, where: Where) {
  return useQuery<Steps>({
    queryKey: ['seen', where, shown?.id],
    queryFn: shown ? ({ signal }) => stepsTo(shown, where, signal) : skipToken,
    // While a drawing grows, its last steps stay until there are new ones.
    placeholderData: (last) => (shown && 'strokes' in shown && last?.from === 'device' ? last : undefined),
  })
}

async function stepsTo(shown: Drawing | Picture, where: Where, signal: AbortSignal): Promise<Steps> {
  if (!('strokes' in shown)) return { from: 'server', explanation: await explain({ kind: 'picture', file: shown.file }, signal) }
  if (where === 'server') return { from: 'server', explanation: await explain(shown, signal) }
  return { from: 'device', strokes: shown.strokes, explained: await seenIn(toWire(shown.strokes), signal) }
}
