/** What is drawn on a canvas of that many pixels, as a picture file. Rejects where the browser cannot draw. */
export async function encoded(
  width: number,
  height: number,
  options: ImageEncodeOptions,
  draw: (context: OffscreenCanvasRenderingContext2D) => void,
): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('This browser cannot draw')
  draw(context)
  return canvas.convertToBlob(options)
}
