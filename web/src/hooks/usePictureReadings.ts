import { useQueries, type UseQueryResult } from '@tanstack/react-query'
import { useCallback, useEffect, useEffectEvent, useState } from 'react'
import { read } from '../api/read'
import type { Reading } from '../api/types'
import type { Picture } from '../desk/desk'
import { outcomeOf, type Outcome } from './useReading'

/** How many pictures are with the server at a time, so that others' are not kept waiting. */
const AT_ONCE = 3

/**
 * Reads pictures one by one, some at a time, if they are for `sending`; a sheet put away gives up the requests for its own.
 *
 * Those that failed but may pass are read anew once the browser is online again.
 */
export function usePictureReadings(pictures: readonly Picture[], sending: boolean): readonly Outcome[] {
  const [finished, setFinished] = useState<ReadonlySet<number>>(new Set())
  const waiting = sending ? pictures.filter(({ id }) => !finished.has(id)).slice(0, AT_ONCE).map(({ id }) => id) : []
  const outcomes = useQueries({
    queries: pictures.map(({ id, file }) => ({
      queryKey: ['picture', id],
      queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Reading> => {
        try {
          return await read({ kind: 'picture', file }, signal)
        } finally {
          if (!signal.aborted) setFinished((before) => new Set(before).add(id))
        }
      },
      enabled: waiting.includes(id),
      // What is brought back after a while is not sent again.
      gcTime: Infinity,
    })),
    combine: useCallback((results: Results) => results.map((result) => outcomeIf(sending, result)), [sending]),
  })
  const readAnew = useEffectEvent(() => {
    const failed = pictures.filter((_, i) => mayPass(outcomes[i])).map(({ id }) => id)
    setFinished((before) => new Set([...before].filter((id) => !failed.includes(id))))
  })
  useEffect(() => {
    const again = () => { readAnew() }
    window.addEventListener('online', again)
    return () => { window.removeEventListener('online', again) }
  }, [])
  return outcomes
}

type Results = readonly UseQueryResult<Reading>[]

function outcomeIf(sending: boolean, result: UseQueryResult<Reading>): Outcome {
  return !sending && result.isPending && !result.isFetching ? { kind: 'unsent' } : outcomeOf(result)
}

function mayPass(outcome: Outcome | undefined): boolean {
  return outcome?.kind === 'failed' && outcome.error.passing
}
