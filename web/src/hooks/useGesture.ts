import { useEffect, useEffectEvent, useRef } from 'react'
import { erase, eraseAlong } from '../desk/erase'
import { ERASER, pens, type Tool } from '../desk/tool'
import { extend, type Point, type Stroke } from '../ink/stroke'
import { useCanvas, type Shown } from './useCanvas'

export interface GestureOptions {
  readonly strokes: readonly Stroke[]
  readonly tool: Tool
  readonly onStroke: (stroke: Stroke) => void
  readonly onErase: (strokes: readonly Stroke[]) => void
  /** The ink as it is while pen or eraser is on the paper; null once it is lifted. */
  readonly onLive: (strokes: readonly Stroke[] | null) => void
}

export interface Manner {
  /** The pressure is measured. */
  readonly pressed: boolean
  readonly erasing: boolean
  /** Called once the gesture is over, whoever ended it. */
  readonly onOver: () => void
}

/** How pen and eraser work on the canvas, whatever moves them: one gesture at a time, and Escape forgets it. */
export interface Gesture {
  /** Begins a gesture; one that is under way ends there. */
  readonly begin: (point: Point, manner: Manner) => void
  readonly move: (points: readonly Point[]) => void
  readonly end: () => void
  /** Forgets the gesture. */
  readonly cancel: () => void
}

export function useGesture({ strokes, tool, onStroke, onErase, onLive }: GestureOptions) {
  const { ref, show } = useCanvas(strokes)
  const now = useRef<Shown | null>(null)
  const over = useRef<(() => void) | null>(null)
  const frame = useRef(0)

  useEffect(() => () => {
    cancelAnimationFrame(frame.current)
    onLive(null)
  }, [onLive])

  const change = (next: Shown | null) => {
    now.current = next
    show(next)
    cancelAnimationFrame(frame.current)
    if (!next) onLive(null)
    else frame.current = requestAnimationFrame(() => { onLive(next.current ? [...next.strokes, next.current] : next.strokes) })
  }
  // A step taken meanwhile counts: the gesture goes on over what it has left.
  const rebase = useEffectEvent((left: readonly Stroke[]) => {
    if (now.current) change({ ...now.current, strokes: left })
  })
  useEffect(() => { rebase(strokes) }, [strokes])

  const finish = () => {
    change(null)
    over.current?.()
    over.current = null
  }
  const gesture: Gesture = {
    begin: (point, { pressed, erasing, onOver }) => {
      gesture.end()
      over.current = onOver
      if (erasing || tool === 'eraser') {
        const [x, y] = point
        change({ strokes: erase(strokes, { x, y, radius: ERASER }), current: null, eraser: point })
      } else change({ strokes, current: { points: [point], width: pens[tool], pressed }, eraser: null })
    },
    move: (points) => {
      if (now.current) change(points.reduce(moved, now.current))
    },
    end: () => {
      if (!now.current) return
      const { current, strokes: left } = now.current
      finish()
      if (current) onStroke(current)
      else if (left !== strokes) onErase(left)
    },
    cancel: finish,
  }
  const escape = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !now.current) return
    // Nothing but the gesture: elsewhere the key clears the paper.
    event.preventDefault()
    event.stopPropagation()
    finish()
  })
  useEffect(() => {
    window.addEventListener('keydown', escape, true)
    return () => { window.removeEventListener('keydown', escape, true) }
  }, [])
  return { ref, gesture }
}

function moved(shown: Shown, point: Point): Shown {
  const { current, eraser, strokes } = shown
  if (current) return { ...shown, current: extend(current, [point]) }
  return eraser ? { ...shown, strokes: eraseAlong(strokes, eraser, point, ERASER), eraser: point } : shown
}
