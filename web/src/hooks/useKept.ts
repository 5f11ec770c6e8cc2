import { useCallback, useState } from 'react'
import { keep, kept } from '../desk/kept'

/** A state that this browser keeps from visit to visit, where it lets us. */
export function useKept<T>(name: string, parse: (value: unknown) => T | null, initial: T, form: (value: T) => unknown = (value) => value) {
  const [value, setValue] = useState(() => kept(name, parse) ?? initial)
  const change = useCallback((next: T) => {
    setValue(next)
    keep(name, form(next))
  }, [name, form])
  return [value, change] as const
}
