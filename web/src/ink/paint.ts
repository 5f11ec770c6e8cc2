import { outline } from './outline'
import { PAPER, type Stroke } from './stroke'

const finished = new WeakMap<Stroke, Path2D>()

/** Paints the ink over the whole canvas; `current` is the stroke still being drawn. */
export function paint(
  context: CanvasRenderingContext2D,
  strokes: readonly Stroke[],
  current: Stroke | null,
  colour: string,
): void {
  const { width, height } = context.canvas
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.clearRect(0, 0, width, height)
  context.setTransform(width / PAPER, 0, 0, height / PAPER, 0, 0)
  context.fillStyle = colour
  for (const stroke of strokes) context.fill(pathOf(stroke))
  if (current) context.fill(new Path2D(outline(current, false)))
}

function pathOf(stroke: Stroke): Path2D {
  const path = finished.get(stroke) ?? new Path2D(outline(stroke, true))
  finished.set(stroke, path)
  return path
}
