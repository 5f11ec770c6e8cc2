import { encoded } from './canvas'

/** Longest side in pixels of what is made smaller: twice what a reader looks at. */
const LONGEST = 2048

/** A picture made smaller, and how many times as wide and high the one given is. */
export interface Shrunk {
  readonly file: File
  readonly times: number
}

/** Makes a picture smaller, in pixels and bytes; null where the browser cannot show it. */
export async function shrunk(file: File): Promise<Shrunk | null> {
  try {
    const bitmap = await createImageBitmap(file)
    const times = Math.max(1, Math.max(bitmap.width, bitmap.height) / LONGEST)
    const blob = await jpegOf(bitmap, times)
    bitmap.close()
    return { file: new File([blob], file.name, { type: blob.type }), times }
  } catch {
    return null
  }
}

async function jpegOf(bitmap: ImageBitmap, times: number): Promise<Blob> {
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side / times))) as [number, number]
  return encoded(width, height, { type: 'image/jpeg', quality: 0.95 }, (context) => {
    // What can be seen through is on paper.
    context.fillStyle = 'white'
    context.fillRect(0, 0, width, height)
    context.imageSmoothingQuality = 'high'
    context.drawImage(bitmap, 0, 0, width, height)
  })
}
