import { ask } from './ask'

/** Starts the reader once there is nothing else to do, and keeps it and the page for use without a network. */
export function keepOffline(): void {
  if (document.readyState === 'complete') whenIdle()
  else addEventListener('load', whenIdle, { once: true })
}

function whenIdle(): void {
  // Safari does not tell when it is idle.
  if ('requestIdleCallback' in window) requestIdleCallback(() => void keep())
  else setTimeout(() => void keep(), 2_000)
}

async function keep(): Promise<void> {
  try {
    await ask({ kind: 'prepare' })
    // Second, so that the large files come out of the browser's cache; a server for development has no sw.js.
    if (import.meta.env.PROD) await navigator.serviceWorker.register(new URL('sw.js', document.baseURI))
  } catch {
    // Not every browser lets every page keep something; it works as before, and a drawing asks for the reader again.
  }
}
