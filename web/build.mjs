// Builds web/dist: one style sheet (Tabler purged to what the templates use, then our own), one
// script, hashed names, manifest.json. Run: npm ci --ignore-scripts && node build.mjs
import { build } from 'esbuild'
import { PurgeCSS } from 'purgecss'
import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const dist = join(here, 'dist')
const crates = join(here, '..', 'crates')
const target = ['chrome70', 'safari15']

const hashed = (name, text) => {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 10).toUpperCase()
  return name.replace(/\.(\w+)$/, `-${hash}.$1`)
}

async function script() {
  const out = await build({
    absWorkingDir: here,
    entryPoints: ['src/app.ts'],
    bundle: true,
    minify: true,
    format: 'iife',
    charset: 'utf8',
    legalComments: 'none',
    target,
    write: false
  })
  return out.outputFiles[0].text
}

async function style() {
  const tabler = await readFile(join(here, 'node_modules/@tabler/core/dist/css/tabler.min.css'), 'utf8')
  const [purged] = await new PurgeCSS().purge({
    content: [`${crates}/**/*.html`, `${crates}/**/*.rs`, join(here, 'src/**/*.ts')],
    css: [{ raw: tabler }],
    // Class names by their letters only: askama tags and Rust strings are scanned as plain text.
    defaultExtractor: text => text.match(/[A-Za-z0-9_-]+/g) ?? [],
    safelist: { standard: [/data-bs-theme/, /^:root$/, 'html', 'body'] },
    dynamicAttributes: ['aria-current', 'aria-invalid', 'open'],
    keyframes: true,
    fontFace: true
  })
  const kept = purged.css.replace(/\/\*[#!][\s\S]*?\*\//g, '')
  const out = await build({
    absWorkingDir: here,
    stdin: { contents: "@import './src/app.css';", loader: 'css', resolveDir: here },
    bundle: true,
    write: false,
    charset: 'utf8'
  })
  const cards = await readFile(join(here, 'src/cards.css'), 'utf8')
  const big = cards.replace(/(^|, )(html\.big-text )?\.table-list/gm, '$1html.big-text .table-list')
  const narrow =
    `@media screen and (max-width: 767px) { ${cards} }\n` +
    `@supports (container-type: inline-size) { @container page (max-width: 48rem) { ${cards} } }\n` +
    `@supports (container-type: inline-size) { @container page (max-width: 60rem) { ${big} } }\n`
  // Tabler is taken as published; only our own part is lowered and minified with it.
  const { outputFiles } = await build({
    absWorkingDir: here,
    stdin: { contents: kept + out.outputFiles[0].text + narrow, loader: 'css', resolveDir: here },
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'error',
    target,
    write: false
  })
  return outputFiles[0].text
}

const built = { 'app.js': await script(), 'app.css': await style() }
await rm(dist, { recursive: true, force: true })
await mkdir(dist, { recursive: true })
const manifest = {}
for (const [name, text] of Object.entries(built)) {
  manifest[name] = hashed(name, text)
  await writeFile(join(dist, manifest[name]), text)
}
await writeFile(join(dist, 'manifest.json'), JSON.stringify(manifest, null, 2) + '\n')
for (const [name, text] of Object.entries(built)) {
  console.log(`${manifest[name]}  ${(text.length / 1024).toFixed(0)} KB`)
}
