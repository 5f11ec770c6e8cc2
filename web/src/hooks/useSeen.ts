import { useQuery } from '@tanstack/react-query'
import { explain } from '../api/read'
import type { Explanation } from '../api/types'
import type { Picture, Sheet } from '../desk/desk'
import { isEmpty } from '../desk/desk'
import type { Where } from '../desk/history'
import { toWire } from '../ink/stroke'
import { seenIn, type Seen } from '../local'

/** The steps of a reading: as pictures from the server, or as numbers from this device. */
export type Steps =
  | { readonly from: 'server'; readonly explanation: Explanation }
  | { readonly from: 'device'; readonly digits: readonly Seen[] }

/** The steps to the answer for the sheet, worked out where the answer was. */
export function useSeen(sheet: Sheet, picture: Picture | null, where: Where) {
  return useQuery<Steps>({
    queryKey: ['seen', where, sheet.id, picture?.id],
    queryFn: async ({ signal }) => {
      if (sheet.kind === 'paper' && where === 'device') return { from: 'device', digits: await seenIn(toWire(sheet.strokes), signal) }
      const given = sheet.kind === 'paper' ? sheet : { kind: 'picture' as const, file: picture?.file ?? new File([], '') }
      return { from: 'server', explanation: await explain(given, signal) }
    },
    enabled: !isEmpty(sheet),
    // While a drawing grows, its last steps stay until there are new ones.
    placeholderData: (last) => (sheet.kind === 'paper' && last?.from === 'device' ? last : undefined),
  })
}
