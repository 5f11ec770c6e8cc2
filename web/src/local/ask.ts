import { LocalAway, type Answers, type Question } from './types'

/** What the worker posts back: the answer, or why there is none. */
export type Reply = { readonly answer: Answers[keyof Answers] } | { readonly failure: string }

let worker: Worker | undefined
let before: Promise<unknown> = Promise.resolve()

/** Asks the worker, which is started with the first question and answers one after the other. */
export function ask<Kind extends keyof Answers>(question: Question<Kind>, signal?: AbortSignal): Promise<Answers[Kind]> {
  const answer = before.then(() => {
    signal?.throwIfAborted()
    return put(question)
  })
  before = answer.catch(() => undefined)
  return signal ? Promise.race([answer, aborted(signal)]) : answer
}

/** Asks once nothing else is asked, so that nothing else waits for more than one such answer. */
export async function askLast<Kind extends keyof Answers>(question: Question<Kind>, signal: AbortSignal): Promise<Answers[Kind]> {
  let last: Promise<unknown>
  do {
    last = before
    await last
  } while (last !== before)
  return ask(question, signal)
}

function put<Kind extends keyof Answers>(question: Question<Kind>): Promise<Answers[Kind]> {
  const asked = (worker ??= new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }))
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      asked.terminate()
      worker = undefined
      reject(new LocalAway(reason))
    }
    asked.onmessage = ({ data }: MessageEvent<Reply>) => {
      if ('answer' in data) resolve(data.answer as Answers[Kind])
      else fail(data.failure)
    }
    asked.onerror = (event) => { fail(event.message || 'The reader cannot be started') }
    asked.postMessage(question)
  })
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => { reject(signal.reason as Error) }, { once: true })
  })
}
