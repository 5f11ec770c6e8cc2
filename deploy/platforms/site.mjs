// Lays out the built page for a host of files, with the API of INKDIGITS_API below the same address:
//   INKDIGITS_API=https://digits.example.org node deploy/platforms/site.mjs vercel|netlify
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const PAGE = join(ROOT, 'src', 'inkdigits', 'server', 'page')

// What the server sends with its own pages; a test holds the two together.
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; manifest-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy':
    'camera=(self), clipboard-write=(self), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
}
const KEPT = { 'Cache-Control': 'public, max-age=31536000, immutable' }

/** The folder that each host takes, and where in it the page goes. */
const HOSTS = {
  vercel: { folder: join(ROOT, '.vercel', 'output'), page: 'static', write: vercel },
  netlify: { folder: join(ROOT, 'web', 'dist'), page: '.', write: netlify },
}

const host = HOSTS[process.argv[2]]
if (!host) fail(`Name the host: ${Object.keys(HOSTS).join(' or ')}`)
const api = apiAddress(process.env.INKDIGITS_API ?? '')
const folder = process.argv[3] ?? host.folder
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
// These hosts compress by themselves.
cpSync(PAGE, join(folder, host.page), { recursive: true, filter: (path) => !/\.(br|gz)$/.test(path) })
host.write(folder, api)

function apiAddress(text) {
  const address = URL.canParse(text) ? new URL(text) : undefined
  if (!address || !/^https?:$/.test(address.protocol) || address.search || address.hash)
    fail('INKDIGITS_API must be the address of a server, such as https://digits.example.org')
  return address.href.replace(/\/$/, '')
}

function vercel(folder, api) {
  const routes = [
    { src: '/(.*)', headers: HEADERS, continue: true },
    { src: '/assets/(.*)', headers: KEPT, continue: true },
    { src: '^/(api/.*|predict[a-z0-9-]*|health)$', dest: `${api}/$1` },
    { src: '^/docs$', dest: '/docs.html' },
    { handle: 'filesystem' },
  ]
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ version: 3, routes }, null, 2))
}

function netlify(folder, api) {
  const lines = (headers) => Object.entries(headers).map(([name, value]) => `  ${name}: ${value}\n`).join('')
  writeFileSync(join(folder, '_headers'), `/*\n${lines(HEADERS)}/assets/*\n${lines(KEPT)}`)
  const passed = ['/api/*', '/predict', '/predict-image', '/predict-base64', '/health']
  const rules = passed.map((path) => `${path} ${api}${path.replace('*', ':splat')} 200\n`)
  writeFileSync(join(folder, '_redirects'), `${rules.join('')}/docs /docs.html 200\n`)
}

function fail(message) {
  console.error(`site.mjs: ${message}`)
  process.exit(2)
}
