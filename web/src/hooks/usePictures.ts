import { useEffect, useState } from 'react'

/** Takes pictures dropped or pasted anywhere on the page; says whether some are being held over it. */
export function usePictures(onPictures: (files: readonly File[]) => void): boolean {
  const [held, setHeld] = useState(false)
  useEffect(() => {
    const listening = new AbortController()
    const listen = { signal: listening.signal }
    const take = (carried: DataTransfer | null) => { onPictures([...(carried?.files ?? [])]) }
    window.addEventListener('paste', (event) => { take(event.clipboardData) }, listen)
    window.addEventListener('dragover', (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      setHeld(true)
    }, listen)
    window.addEventListener('dragleave', (event) => { if (!event.relatedTarget) setHeld(false) }, listen)
    window.addEventListener('drop', (event) => {
      event.preventDefault()
      setHeld(false)
      take(event.dataTransfer)
    }, listen)
    return () => { listening.abort() }
  }, [onPictures])
  return held
}
