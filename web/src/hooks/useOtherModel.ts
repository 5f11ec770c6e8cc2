import { keepPreviousData, useQuery } from '@tanstack/react-query'
import noted from '../../../src/inkdigits/models/digits.onnx.sha256?raw'
import { serversModel } from '../api/model'
import type { Where } from '../desk/history'

/** Of this page's own digit model, as it is noted beside it. */
const OWN = noted.split(' ')[0]

/** Whether the server is known to read with another digit model than this page; asked anew for another place. */
export function useOtherModel(where: Where): boolean {
  const { data } = useQuery({
    queryKey: ['model', where],
    queryFn: ({ signal }) => serversModel(signal),
    placeholderData: keepPreviousData,
  })
  return data !== undefined && data !== OWN
}
