import { useEffect, useState } from 'react'

/** The value once it has not changed for `calm` milliseconds. */
export function useSettled<T>(value: T, calm: number): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => { setSettled(value) }, calm)
    return () => { clearTimeout(timer) }
  }, [value, calm])
  return settled
}
