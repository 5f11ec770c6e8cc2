import { useQueries, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import { read } from '../api/read'
import type { Reading } from '../api/types'
import type { Picture } from '../desk/desk'
import { failureOf, outcomeOf, type Outcome } from './useReading'

/** How many pictures are with the server at a time, so that others' are not kept waiting. */
const AT_ONCE = 3

/**
 * Reads pictures one by one, some at a time, if they are for `sending`; a sheet put away gives up the requests for its own.
 *
 * Those that failed but may pass are all read anew once that is asked for one, which makes them for `sending`, or the
 * browser is online again.
 */
export function usePictureReadings(pictures: readonly Picture[], sending: boolean, send: () => void): readonly Outcome[] {
  const client = useQueryClient()
  const [finished, setFinished] = useState<ReadonlySet<number>>(new Set())
  const left = pictures.map(({ id }) => !finished.has(id))
  const waiting = sending ? pictures.filter((_, i) => left[i]).slice(0, AT_ONCE) : []
  const readAnew = useCallback(() => {
    const mayPass = (id: number) => {
      const error = client.getQueryState(['picture', id])?.error
      return error && failureOf(error).passing
    }
    setFinished((before) => new Set([...before].filter((id) => !mayPass(id))))
  }, [client])
  useEffect(() => {
    window.addEventListener('online', readAnew)
    return () => { window.removeEventListener('online', readAnew) }
  }, [readAnew])
  // What is given up has failed, as the server may have it already: that it is unsent would not be true.
  useEffect(() => () => { void client.cancelQueries({ queryKey: ['picture'] }, { revert: false }) }, [client, pictures, sending])
  const again = useCallback(() => {
    readAnew()
    send()
  }, [readAnew, send])
  return useQueries({
    queries: pictures.map((picture) => ({
      queryKey: ['picture', picture.id],
      queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Reading> => {
        try {
          return await read({ kind: 'picture', file: picture.file }, signal)
        } finally {
          if (!signal.aborted) setFinished((before) => new Set(before).add(picture.id))
        }
      },
      enabled: waiting.includes(picture),
      // What is brought back after a while is not sent again.
      gcTime: Infinity,
    })),
    combine: (results) => results.map((result, i): Outcome => {
      if (!sending && result.isPending && !result.isFetching) return { kind: 'unsent' }
      // Its turn comes, whatever became of it before.
      if (sending && result.isError && left[i]) return { kind: 'pending' }
      return outcomeOf(result, again)
    }),
  })
}
