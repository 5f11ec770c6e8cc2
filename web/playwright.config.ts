import { existsSync } from 'node:fs'
import { defineConfig } from '@playwright/test'

const installed = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const chromium = process.env.CHROMIUM ?? installed.find((path) => existsSync(path))

/** Elsewhere than 8000, so that a server in use does not answer the tests. */
const port = 8123

export default defineConfig({
  testDir: 'e2e',
  workers: 1,
  forbidOnly: true,
  // A browser on a busy machine can miss a beat; what fails twice fails.
  retries: process.env.CI ? 1 : 0,
  reporter: 'list',
  // The reader is started anew for each test.
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    // What it fetches ahead, no test could hold back; those that want it allow it.
    serviceWorkers: 'block',
    launchOptions: {
      ...(chromium && { executablePath: chromium }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--use-fake-device-for-media-stream',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'desktop', testIgnore: 'touch.spec.ts', use: { viewport: { width: 1440, height: 900 } } },
    {
      name: 'phone',
      // The others ask what is kept, sent and read, whatever the screen; they take a fifth of the time.
      testIgnore: ['camera.spec.ts', 'away.spec.ts', 'docs.spec.ts', 'kept.spec.ts', 'local.spec.ts'],
      use: { viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
    },
  ],
  webServer: {
    command: `../.venv/bin/inkdigits serve --port ${port}`,
    env: { INKDIGITS_LOG_LEVEL: 'warning' },
    url: `http://127.0.0.1:${port}/health`,
  },
})
