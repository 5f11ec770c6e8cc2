import { useState, type KeyboardEvent } from 'react'
import { PAPER, type Point } from '../ink/stroke'
import type { Gesture } from './useGesture'

export interface KeyPen {
  readonly x: number
  readonly y: number
  readonly down: boolean
}

/** How far an arrow key moves the pen, in paper units; with Shift, finely. */
const STRIDE = 20
const FINE = 5

const ways: Readonly<Record<string, readonly [right: number, down: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** Moves the pen by keys while the canvas has the focus; null while it has never been moved so. */
export function useKeyPen(gesture: Gesture) {
  const [pen, setPen] = useState<KeyPen | null>(null)
  const { x, y, down } = pen ?? { x: PAPER / 2, y: PAPER / 2, down: false }
  const place: Point = [x, y, 0.5]

  const lift = () => { setPen((now) => now && { ...now, down: false }) }
  const press = () => {
    if (down) {
      gesture.end()
      return
    }
    gesture.begin(place, { pressed: false, erasing: false, onOver: lift })
    setPen({ x, y, down: true })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const way = ways[event.key]
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (way) {
      const stride = event.shiftKey ? FINE : STRIDE
      const to: Point = [within(x + way[0] * stride), within(y + way[1] * stride), 0.5]
      if (down) gesture.move([to])
      setPen({ x: to[0], y: to[1], down })
    } else if (event.key === ' ' || event.key === 'Enter') {
      // A key that is held is pressed once.
      if (!event.repeat) press()
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  const onBlur = () => {
    if (down) gesture.end()
    setPen(null)
  }
  return { pen, keys: { onKeyDown, onBlur } }
}

function within(value: number): number {
  return Math.min(Math.max(value, 0), PAPER)
}
