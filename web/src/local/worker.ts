import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import digits from '../../../src/inkdigits/models/digits.onnx?url'
import finder from '../../../src/inkdigits/models/finder.onnx?url'
import refiner from '../../../src/inkdigits/models/refiner.onnx?url'
import type { Reply } from './ask'
import { explain } from './explain'
import { Network, runtimeFrom } from './network'
import { read, type Shelf } from './reader'
import type { Answers, Question } from './types'

runtimeFrom(wasm)

const shelf: Shelf = {
  digits: once(() => load(digits)),
  seekers: once(async () => ({ finder: await load(finder), refiner: await load(refiner) })),
}

onmessage = async ({ data }: MessageEvent<Question>) => {
  postMessage(await reply(data))
}

async function reply(question: Question): Promise<Reply> {
  try {
    return { answer: await answer(question) }
  } catch (error) {
    return { failure: String(error) }
  }
}

async function answer({ kind, drawing }: Question): Promise<Answers[keyof Answers]> {
  if (kind === 'prepare') {
    await Promise.all([shelf.digits(), shelf.seekers()])
    return
  }
  const answered = await read(shelf, drawing, kind === 'glance')
  return kind === 'see' ? explain(await shelf.digits(), answered) : answered.reading
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
