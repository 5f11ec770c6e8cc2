import { useQuery } from '@tanstack/react-query'
import type { ReadError } from '../api/errors'
import { read } from '../api/read'
import type { Reading } from '../api/types'
import { isEmpty, type Sheet } from '../ink/sheet'

/** What is known of a sheet: an answer always belongs to the sheet it is asked for. */
export type Outcome =
  | { readonly kind: 'empty' }
  | { readonly kind: 'pending' }
  | { readonly kind: 'read'; readonly reading: Reading }
  | { readonly kind: 'failed'; readonly error: ReadError; readonly again: () => void }

/** Reads the sheet at once; a new sheet gives up the request for the one before. */
export function useReading(sheet: Sheet): Outcome {
  const query = useQuery<Reading, ReadError>({
    queryKey: ['read', sheet.id],
    queryFn: ({ signal }) => read(sheet, signal),
    enabled: !isEmpty(sheet),
  })
  if (isEmpty(sheet)) return { kind: 'empty' }
  if (query.isFetching || query.isPending) return { kind: 'pending' }
  if (query.isError) return { kind: 'failed', error: query.error, again: () => void query.refetch() }
  return { kind: 'read', reading: query.data }
}
