import { useComputedColorScheme } from '@mantine/core'
import { useCallback, useEffect, useRef } from 'react'
import { paint } from '../ink/paint'
import { PAPER, type Point, type Stroke } from '../ink/stroke'
import { ERASER } from '../desk/tool'

/** What a gesture shows before it ends: the ink so far, the stroke being drawn, the place of the eraser. */
export interface Shown {
  readonly strokes: readonly Stroke[]
  readonly current: Stroke | null
  readonly eraser: Point | null
}

/** A canvas that shows the strokes, at the size and in the colours of the screen of now. */
export function useCanvas(strokes: readonly Stroke[]) {
  const ref = useRef<HTMLCanvasElement>(null)
  const shown = useRef<Shown | null>(null)
  const scheme = useComputedColorScheme()

  const repaint = useCallback(() => {
    const context = ref.current?.getContext('2d')
    if (!context) return
    fit(context.canvas)
    const { color } = getComputedStyle(context.canvas)
    paint(context, shown.current?.strokes ?? strokes, shown.current?.current ?? null, color)
    if (shown.current?.eraser) ring(context, shown.current.eraser, color)
  }, [strokes])

  /** Shows a gesture under way, or with null the strokes again. */
  const show = useCallback((now: Shown | null) => {
    shown.current = now
    repaint()
  }, [repaint])

  useEffect(() => {
    if (!ref.current) return
    const resized = new ResizeObserver(repaint)
    resized.observe(ref.current)
    const left = new AbortController()
    matchMedia('print').addEventListener('change', repaint, { signal: left.signal })
    return () => {
      resized.disconnect()
      left.abort()
    }
  }, [repaint, scheme])

  return { ref, show }
}

function ring(context: CanvasRenderingContext2D, [x, y]: Point, colour: string): void {
  context.strokeStyle = colour
  context.lineWidth = PAPER / context.canvas.clientWidth
  context.beginPath()
  context.arc(x, y, ERASER, 0, 2 * Math.PI)
  context.stroke()
}

/** Gives the canvas one pixel for each pixel of the screen. */
function fit(canvas: HTMLCanvasElement): void {
  const width = Math.round(canvas.clientWidth * devicePixelRatio)
  const height = Math.round(canvas.clientHeight * devicePixelRatio)
  if (canvas.width !== width) canvas.width = width
  if (canvas.height !== height) canvas.height = height
}
