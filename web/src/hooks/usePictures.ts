import { useEffect, useState } from 'react'
import { dialogOpen } from './useShortcuts'

/** Takes pictures dropped or pasted anywhere on the page but where a dialog is open; says whether some are being held over it. */
export function usePictures(onPictures: (files: readonly File[]) => void): boolean {
  const [held, setHeld] = useState(false)
  useEffect(() => {
    const listening = new AbortController()
    const listen = { signal: listening.signal }
    const take = (carried: DataTransfer | null) => { if (!dialogOpen()) onPictures([...(carried?.files ?? [])]) }
    window.addEventListener('paste', (event) => { take(event.clipboardData) }, listen)
    window.addEventListener('dragover', (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      setHeld(!dialogOpen())
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
