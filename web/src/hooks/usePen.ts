import { useCallback, useEffect, useRef, type PointerEvent } from 'react'
import { paint } from '../ink/paint'
import { extend, toPoint, type Stroke } from '../ink/stroke'

interface PenOptions {
  readonly strokes: readonly Stroke[]
  readonly width: number
  readonly onStroke: (stroke: Stroke) => void
  /** True while the pen is on the paper. */
  readonly onPen: (down: boolean) => void
}

interface Pen {
  readonly pointer: number
  stroke: Stroke
}

type Handler = (event: PointerEvent<HTMLCanvasElement>) => void

/** What makes a canvas draw with the mouse, a pen or one finger; others are ignored meanwhile. */
export function usePen({ strokes, width, onStroke, onPen }: PenOptions) {
  const ref = useRef<HTMLCanvasElement>(null)
  const pen = useRef<Pen | null>(null)

  const repaint = useCallback(() => {
    const context = ref.current?.getContext('2d')
    if (!context) return
    fit(context.canvas)
    paint(context, strokes, pen.current?.stroke ?? null, getComputedStyle(context.canvas).color)
  }, [strokes])

  useEffect(() => {
    if (!ref.current) return
    const resized = new ResizeObserver(repaint)
    resized.observe(ref.current)
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    scheme.addEventListener('change', repaint)
    return () => {
      resized.disconnect()
      scheme.removeEventListener('change', repaint)
    }
  }, [repaint])

  useEffect(() => () => { onPen(false) }, [onPen])

  const lift = () => {
    pen.current = null
    onPen(false)
  }
  const onPointerDown: Handler = ({ nativeEvent: event, currentTarget }) => {
    if (pen.current || event.button !== 0) return
    currentTarget.setPointerCapture(event.pointerId)
    const points = [toPoint(event, currentTarget.getBoundingClientRect())]
    pen.current = { pointer: event.pointerId, stroke: { points, width, pressed: event.pointerType === 'pen' } }
    onPen(true)
    repaint()
  }
  const onPointerMove: Handler = ({ nativeEvent: event, currentTarget }) => {
    if (pen.current?.pointer !== event.pointerId) return
    const frame = currentTarget.getBoundingClientRect()
    const points = everyMove(event).map((move) => toPoint(move, frame))
    pen.current.stroke = extend(pen.current.stroke, points)
    repaint()
  }
  const onPointerUp: Handler = ({ pointerId }) => {
    if (pen.current?.pointer !== pointerId) return
    const { stroke } = pen.current
    lift()
    onStroke(stroke)
  }
  const onPointerCancel: Handler = ({ pointerId }) => {
    if (pen.current?.pointer !== pointerId) return
    lift()
    repaint()
  }
  return { ref, onPointerDown, onPointerMove, onPointerUp, onPointerCancel }
}

/** The moves that the browser folded into one event. */
function everyMove(event: globalThis.PointerEvent): globalThis.PointerEvent[] {
  const moves = 'getCoalescedEvents' in event ? event.getCoalescedEvents() : []
  return moves.length > 0 ? moves : [event]
}

/** Gives the canvas one pixel for each pixel of the screen. */
function fit(canvas: HTMLCanvasElement): void {
  const width = Math.round(canvas.clientWidth * devicePixelRatio)
  const height = Math.round(canvas.clientHeight * devicePixelRatio)
  if (canvas.width !== width) canvas.width = width
  if (canvas.height !== height) canvas.height = height
}
