import { useEffect, useEffectEvent, useRef } from 'react'

/**
 * Puts the focus on what a new sheet offers. Not where a step is taken back or again: there the next key
 * is meant for another step.
 */
export function useOffer(sheet: number) {
  const offer = useRef<HTMLButtonElement>(null)
  const newest = useRef(0)
  const focus = useEffectEvent(() => { offer.current?.focus() })
  useEffect(() => {
    if (sheet > newest.current) focus()
    newest.current = Math.max(sheet, newest.current)
  }, [sheet])
  return offer
}
