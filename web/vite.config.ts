import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Relative, so that the page also works below a sub-path.
  base: './',
  plugins: [react()],
  build: {
    outDir: '../src/inkdigits/server/page',
    emptyOutDir: true,
    sourcemap: false,
    // No data: URLs, so that a strict content security policy holds.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8000' } },
  test: { include: ['tests/**/*.test.ts'], maxWorkers: 1 },
})
