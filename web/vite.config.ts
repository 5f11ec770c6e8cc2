import react from '@vitejs/plugin-react'
import { VitePWA } from 'vite-plugin-pwa'
import { defineConfig } from 'vitest/config'
import { compress } from './compress'

/** The page as an app that can be installed and that works without a network. */
const app = VitePWA({
  // Registered by the page itself once it is idle; a new version waits until the old page is closed.
  injectRegister: null,
  registerType: 'prompt',
  manifest: {
    name: 'inkdigits',
    short_name: 'inkdigits',
    description: 'Write a digit or a number, and see it read on your device.',
    start_url: './',
    scope: './',
    display: 'standalone',
    background_color: '#f6f4ee',
    theme_color: '#f6f4ee',
    categories: ['education', 'utilities'],
    icons: [
      { src: 'favicon.svg', sizes: 'any', type: 'image/svg+xml' },
      { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
      { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
      { src: 'icon-maskable.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    ],
  },
  workbox: {
    globPatterns: ['index.html', 'assets/*.{js,css,wasm,onnx}'],
    globIgnores: ['assets/docs-*'],
    maximumFileSizeToCacheInBytes: 32_000_000,
    // Their names hold a hash already, so what the page has fetched is not fetched again.
    dontCacheBustURLsMatching: /^assets\//,
    // The page is the same with any query, such as ?source=pwa.
    ignoreURLParametersMatching: [/./],
    // Only the page itself; other addresses, such as /docs, are the server's.
    navigateFallback: null,
    sourcemap: false,
  },
})

export default defineConfig({
  // Relative, so that the page also works below a sub-path.
  base: './',
  plugins: [react(), app, compress()],
  build: {
    outDir: '../src/inkdigits/server/page',
    emptyOutDir: true,
    sourcemap: false,
    // No data: URLs, so that a strict content security policy holds.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ['index.html', 'docs.html'] },
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': 'http://127.0.0.1:8000' }, fs: { allow: ['..'] } },
  // Loading the models takes long on a busy machine.
  test: { include: ['tests/**/*.test.ts'], maxWorkers: 1, hookTimeout: 60_000 },
})
