import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import digits from '../../../src/inkdigits/models/digits.onnx?url'
import finder from '../../../src/inkdigits/models/finder.onnx?url'
import refiner from '../../../src/inkdigits/models/refiner.onnx?url'
import type { Reply } from './ask'
import { explain, weigh } from './explain'
import { Network, runtimeFrom } from './network'
import { read, type Shelf } from './reader'
import type { Answers, AnyQuestion } from './types'

runtimeFrom(wasm)

const shelf: Shelf = {
  digits: once(() => load(digits)),
  seekers: once(async () => ({ finder: await load(finder), refiner: await load(refiner) })),
}

onmessage = async ({ data }: MessageEvent<AnyQuestion>) => {
  postMessage(await reply(data))
}

async function reply(question: AnyQuestion): Promise<Reply> {
  try {
    return { answer: await answer(question) }
  } catch (error) {
    return { failure: String(error) }
  }
}

async function answer(question: AnyQuestion): Promise<Answers[keyof Answers]> {
  switch (question.kind) {
    case 'prepare':
      await shelf.digits()
      // Fetched ahead; whoever needs them hears of a failure.
      shelf.seekers().catch(() => undefined)
      return
    case 'see':
      return explain(await shelf.digits(), await read(shelf, question.drawing))
    case 'weigh':
      return weigh(await shelf.digits(), question)
    default:
      return (await read(shelf, question.drawing, question.kind === 'glance')).reading
  }
}

async function load(url: string): Promise<Network> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url} cannot be fetched: ${response.status}`)
  return Network.load(new Uint8Array(await response.arrayBuffer()))
}

/** What is made when it is first asked for, and had again from then on. After a failure the page starts anew. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}
