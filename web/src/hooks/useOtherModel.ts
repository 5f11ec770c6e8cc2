import { useQuery } from '@tanstack/react-query'
import noted from '../../../src/inkdigits/models/digits.onnx.sha256?raw'
import { serversModel } from '../api/model'

/** Of this page's own digit model, as it is noted beside it. */
const OWN = noted.split(' ')[0]

/** Whether the server is known to read with another digit model than this page. */
export function useOtherModel(): boolean {
  const { data } = useQuery({ queryKey: ['model'], queryFn: ({ signal }) => serversModel(signal) })
  return typeof data === 'string' && data !== OWN
}
