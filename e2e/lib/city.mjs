// A small demo city: made once for a build of the binary, copied for whoever needs a fresh one, served on a
// free port and stopped by its own process id.
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { createWriteStream, existsSync, readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const PEOPLE = '2000'
const CACHE = join(tmpdir(), 'laoyou-e2e')
const START_MS = 20_000
const STOP_MS = 25_000
const DAY_MS = 86_400_000

function binary() {
  const path = process.env.LAOYOU_BIN
  assert.ok(path && existsSync(path), 'LAOYOU_BIN must name the built binary: cargo build --package laoyou')
  return path
}

// Cities of older builds go after a day: another run may be copying one.
async function forget() {
  for (const name of await readdir(CACHE)) {
    const old = join(CACHE, name)
    const age = Date.now() - (await stat(old).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs
    if (age > DAY_MS) await rm(old, { recursive: true, force: true })
  }
}

// The folder of the city this binary makes. Two test processes may make it at once: the first rename wins.
async function made() {
  const path = binary()
  const { mtimeMs, size } = await stat(path)
  const key = `city-${PEOPLE}-${Math.round(mtimeMs)}-${size}`
  const ready = join(CACHE, key)
  if (existsSync(ready)) return ready
  await mkdir(CACHE, { recursive: true })
  await forget()
  const making = await mkdtemp(join(CACHE, 'making-'))
  await run(path, ['demo', '--people', PEOPLE, '--data', making, '--prepare-only'])
  await rename(making, ready).catch(async error => {
    await rm(making, { recursive: true, force: true })
    if (!existsSync(ready)) throw error
  })
  return ready
}

// Resolves with the address the server prints, or rejects with what it said instead.
function listening(server, log) {
  return new Promise((resolve, reject) => {
    let said = ''
    const late = setTimeout(() => reject(new Error(`no address after ${START_MS} ms\n${said}`)), START_MS)
    server.stdout.on('data', chunk => {
      said += chunk
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
      if (!address) return
      clearTimeout(late)
      resolve(address)
    })
    server.once('error', reject)
    server.once('exit', code => {
      clearTimeout(late)
      reject(new Error(`the server ended with ${code}\n${said}\n${readFileSync(log, 'utf8')}`))
    })
  })
}

// Starts a server on a fresh copy of the city.
export async function startCity() {
  const home = await mkdtemp(join(tmpdir(), 'laoyou-e2e-run-'))
  const data = join(home, 'data')
  await cp(await made(), data, { recursive: true })
  const log = join(home, 'server.log')
  const server = spawn(binary(), ['demo', '--people', PEOPLE, '--data', data, '--port', '0'], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe']
  })
  server.stderr.pipe(createWriteStream(log))
  const ended = new Promise(resolve => server.once('close', (code, signal) => resolve({ code, signal })))
  const killed = () => server.kill('SIGKILL')
  process.once('exit', killed)
  const base = await listening(server, log)

  // SIGTERM must end it cleanly; its log must hold none of the words in `secrets`, and no failure but those of
  // the routes in `fails`.
  async function stop(secrets = [], fails = []) {
    server.kill('SIGTERM')
    const late = setTimeout(killed, STOP_MS)
    const end = await ended
    clearTimeout(late)
    process.removeListener('exit', killed)
    const text = readFileSync(log, 'utf8')
    await rm(home, { recursive: true, force: true })
    assert.deepEqual(end, { code: 0, signal: null }, `SIGTERM did not end the server cleanly\n${text.slice(-2000)}`)
    const meant = line => fails.some(route => line.includes(`"route":"${route}"`))
    const bad = text.split('\n').filter(line => /"level":"ERROR"|"status":5\d\d|panicked/.test(line) && !meant(line))
    assert.deepEqual(bad, [], 'the server log holds failures')
    // Initials stand in random keys by chance: of letters alone the whole word is looked for.
    const holds = secret => (/^[a-z]+$/.test(secret) ? new RegExp(`\\b${secret}\\b`).test(text) : text.includes(secret))
    for (const secret of secrets) assert.ok(!holds(secret), `the server log holds 「${secret}」`)
  }

  return { base, log, stop }
}
