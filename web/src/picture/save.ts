/** Hands bytes to the browser as a file to save. */
export function save(bytes: Blob, name: string): void {
  const address = URL.createObjectURL(bytes)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser has begun to save by then.
  setTimeout(() => { URL.revokeObjectURL(address) }, 10_000)
}

/** A name without its ending, fit for a file. */
export function stem(name: string): string {
  return name.replace(/\.[^.]*$/, '').replace(/[^\p{L}\p{N}_-]+/gu, '-') || 'picture'
}
