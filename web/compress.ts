import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** What becomes much smaller; pictures and models do not. */
const COMPRESSIBLE = /\.(js|css|html|svg|wasm|webmanifest)$/
/** Smaller files go in one packet anyway (bytes). */
const SMALL = 1000

/** Writes FILE.br and FILE.gz beside the built files, so that the server need not compress. */
export function compress(): Plugin {
  let folder = ''
  return {
    name: 'compress',
    apply: 'build',
    configResolved({ root, build }) { folder = resolve(root, build.outDir) },
    closeBundle: {
      order: 'post',
      sequential: true,
      handler() {
        for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
          if (COMPRESSIBLE.test(name)) compressFile(join(folder, name))
      },
    },
  }
}

function compressFile(path: string): void {
  const data = readFileSync(path)
  if (data.length < SMALL) return
  // The best takes forty times as long, and saves a sixth.
  const params = { [constants.BROTLI_PARAM_QUALITY]: 6, [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS }
  writeFileSync(`${path}.br`, brotliCompressSync(data, { params }))
  writeFileSync(`${path}.gz`, gzipSync(data, { level: 9 }))
}
