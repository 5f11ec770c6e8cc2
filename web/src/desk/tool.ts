/** Pen widths in paper units. */
export const pens = { fine: 9, medium: 15, broad: 24 } as const

/** How far the eraser reaches, in paper units. */
export const ERASER = 18

export type Tool = keyof typeof pens | 'eraser'

export function isTool(value: unknown): value is Tool {
  return value === 'eraser' || (typeof value === 'string' && value in pens)
}
