import type { Digit } from '../api/types'
import { outline } from '../ink/outline'
import { PAPER, type Stroke } from '../ink/stroke'
import { encoded } from './canvas'

/** Larger pictures are saved smaller, by their longest side in pixels. */
const LONGEST = 4096

/** How many pixels a drawing is saved with. */
const SIDE = 960

const RED = '#d8492c'

type Context = OffscreenCanvasRenderingContext2D

/** A drawing on white paper with the boxes of its digits, as PNG. */
export async function drawingPng(strokes: readonly Stroke[], digits: readonly Digit[]): Promise<Blob> {
  return png(SIDE, SIDE, (context) => {
    context.fillStyle = 'white'
    context.fillRect(0, 0, SIDE, SIDE)
    context.scale(SIDE / PAPER, SIDE / PAPER)
    context.fillStyle = 'black'
    for (const stroke of strokes) context.fill(new Path2D(outline(stroke, true)))
    frame(context, digits, PAPER / 240)
  })
}

/** A picture with the boxes of its digits, as PNG. Rejects where the browser cannot show the picture. */
export async function picturePng(file: Blob, digits: readonly Digit[]): Promise<Blob> {
  const bitmap = await createImageBitmap(file)
  const { width, height } = bitmap
  const scale = Math.min(1, LONGEST / Math.max(width, height))
  return png(Math.round(width * scale), Math.round(height * scale), (context) => {
    context.scale(scale, scale)
    context.drawImage(bitmap, 0, 0)
    bitmap.close()
    frame(context, digits, Math.max(width, height) / 400)
  })
}

async function png(width: number, height: number, draw: (context: Context) => void): Promise<Blob> {
  return encoded(width, height, { type: 'image/png' }, draw)
}

/** Each digit's box, and its value on a label above it. */
function frame(context: Context, digits: readonly Digit[], line: number): void {
  context.lineWidth = line
  context.font = `600 ${8 * line}px sans-serif`
  context.textBaseline = 'middle'
  context.textAlign = 'center'
  for (const { value, box } of digits) {
    context.strokeStyle = context.fillStyle = RED
    context.strokeRect(box.x, box.y, box.width, box.height)
    const top = Math.max(box.y - 10 * line, 0)
    context.fillRect(box.x, top, 8 * line, 10 * line)
    context.fillStyle = 'white'
    context.fillText(String(value), box.x + 4 * line, top + 5.5 * line)
  }
}
