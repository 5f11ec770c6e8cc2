import { useQueries } from '@tanstack/react-query'
import { useState } from 'react'
import { read } from '../api/read'
import type { Reading } from '../api/types'
import type { Picture } from '../desk/desk'
import { outcomeOf, type Outcome } from './useReading'

/** How many pictures are with the server at a time, so that others' are not kept waiting. */
const AT_ONCE = 3

/** Reads pictures one by one, some at a time; a sheet put away gives up the requests for its own. */
export function usePictureReadings(pictures: readonly Picture[]): readonly Outcome[] {
  const [finished, setFinished] = useState<ReadonlySet<number>>(new Set())
  const waiting = pictures.filter(({ id }) => !finished.has(id)).slice(0, AT_ONCE).map(({ id }) => id)
  return useQueries({
    queries: pictures.map(({ id, file }) => ({
      queryKey: ['picture', id],
      queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Reading> => {
        try {
          return await read({ kind: 'picture', file }, signal)
        } finally {
          if (!signal.aborted) setFinished((before) => new Set(before).add(id))
        }
      },
      enabled: finished.has(id) || waiting.includes(id),
    })),
    combine: (results) => results.map(outcomeOf),
  })
}
