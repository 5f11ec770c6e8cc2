import type { Page } from '@playwright/test'
import { placed, shapes } from './pen'

/** A 4, a 7 and a 0, for a picture two and a half times as wide as high. */
export const number = [...placed(shapes.four, 0.8, 0, 10), ...placed(shapes.seven, 0.8, 80, 10), ...placed(shapes.zero, 0.8, 160, 10)]

/** Gives a file by the button. */
export async function upload(page: Page, name: string, mimeType: string, buffer: Buffer): Promise<void> {
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Upload' }).click()
  await (await choosing).setFiles({ name, mimeType, buffer })
}

/** Gives several pictures at once. */
export async function uploadAll(page: Page, pictures: readonly { name: string; buffer: Buffer }[]): Promise<void> {
  await page.locator('input[type=file]').first().setInputFiles(pictures.map((each) => ({ ...each, mimeType: 'image/png' })))
}

/** Hands a file to the page as the system does when it is held over it, dropped or pasted. */
export async function hand(page: Page, event: 'dragover' | 'drop' | 'paste', png: Buffer): Promise<void> {
  await page.evaluate(({ event, bytes }) => {
    const carried = new DataTransfer()
    carried.items.add(new File([new Uint8Array(bytes)], 'handed.png', { type: 'image/png' }))
    const init = { bubbles: true, cancelable: true }
    document.body.dispatchEvent(event === 'paste'
      ? new ClipboardEvent(event, { ...init, clipboardData: carried })
      : new DragEvent(event, { ...init, dataTransfer: carried }))
  }, { event, bytes: [...png] })
}
