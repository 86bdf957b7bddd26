// Chromium for the journeys: sizes, signing in, axe, overflow, and what is kept when something fails.
import assert from 'node:assert/strict'
import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const SHOTS = fileURLToPath(new URL('../shots/', import.meta.url))
const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']
const WAIT_MS = 8_000

export const SIZES = {
  desktop: { width: 1440, height: 1000 },
  phone: { width: 390, height: 844 },
  big: { width: 1440, height: 1000, big: true }
}

export function launch() {
  const executablePath = process.env.LAOYOU_CHROMIUM
  assert.ok(executablePath, 'LAOYOU_CHROMIUM must name a Chromium')
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync'
    ]
  })
}

// One person at one browser. Problems are gathered, so that one run names them all.
export class Visitor {
  #allowed = new Set()
  problems = []

  constructor(city, context, page, { name, size, script }) {
    this.city = city
    this.context = context
    this.page = page
    this.name = `${name}-${size}`
    this.size = size
    this.script = script
    this.watch(page)
  }

  // Console errors, script errors and unexpected refusals are problems.
  watch(page) {
    page.on('pageerror', error => this.problems.push(`script error: ${error.message}`))
    page.on('console', message => {
      if (message.type() !== 'error' || message.text().startsWith('Failed to load resource')) return
      this.problems.push(`console: ${message.text()} (${page.url()})`)
    })
    page.on('response', answer => {
      if (answer.status() < 400 || this.#allowed.has(answer.status())) return
      this.problems.push(`${answer.status()} ${answer.request().method()} ${new URL(answer.url()).pathname}`)
    })
  }

  // This journey meets these refusals on purpose.
  expects(...statuses) {
    for (const status of statuses) this.#allowed.add(status)
  }

  async go(path) {
    await this.page.goto(this.city.base + path)
  }

  // Opens the door of the account whose name stands on the button.
  async signIn(name) {
    await this.go('/sign-in')
    await this.page.getByRole('button', { name }).click()
    await this.page.waitForURL(url => url.pathname !== '/sign-in' && url.pathname !== '/demo/sign-in')
    await this.heading().waitFor()
  }

  heading(name) {
    return this.page.getByRole('heading', { level: 1, name })
  }

  text(words, options) {
    return this.page.getByText(words, options)
  }

  // Searches as at the top of every page.
  async findPeople(words) {
    const box = this.page.getByRole('searchbox', { name: '查人' })
    await box.fill(words)
    await Promise.all([this.page.waitForEvent('framenavigated'), box.press('Enter')])
  }

  // The page holds no axe violation, does not scroll sideways, and has one first heading.
  async check(what) {
    assert.ok(this.script, 'axe hangs where scripts are off')
    const { page } = this
    const found = []
    await page.evaluate(source => (0, eval)(source), AXE)
    const violations = await page.evaluate(async tags => {
      const result = await window.axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })
      return result.violations.map(one => ({
        rule: one.id,
        impact: one.impact,
        nodes: one.nodes.slice(0, 3).map(node => `${node.target.join(' ')}: ${node.failureSummary?.split('\n').at(-1)?.trim()}`),
        more: one.nodes.length - 3
      }))
    }, RULES)
    for (const one of violations) {
      const more = one.more > 0 ? ` … and ${one.more} more` : ''
      found.push(`axe ${one.rule} (${one.impact}) ${one.nodes.join(' | ')}${more}`)
    }
    const wide = await this.sideways()
    if (wide) found.push(wide)
    // A drawer brings the heading of its own page along.
    const first = await page.locator('main').getByRole('heading', { level: 1 }).count()
    if (first !== 1) found.push(`${first} first headings`)
    if (found.length === 0) return
    await this.picture(what)
    this.problems.push(...found.map(line => `${what} (${new URL(page.url()).pathname}): ${line}`))
  }

  // Says where the page is wider than the window, or nothing.
  sideways() {
    return this.page.evaluate(() => {
      if (document.documentElement.scrollWidth <= window.innerWidth) return null
      const past = Array.from(document.querySelectorAll('body *')).filter(e => e.getBoundingClientRect().right > window.innerWidth + 1)
      const says = e => `${e.tagName.toLowerCase()}.${e.className} «${(e.textContent ?? '').trim().split(/\s/)[0].slice(0, 20)}»`
      return `scrolls sideways, ${document.documentElement.scrollWidth} px in ${window.innerWidth}: ${past.slice(0, 3).map(says).join(', ')}`
    })
  }

  async picture(what) {
    await mkdir(SHOTS, { recursive: true })
    const file = `${this.name}-${what}`.replace(/[^\p{L}\p{N}]+/gu, '-')
    await this.page.screenshot({ path: join(SHOTS, `${file}.png`), fullPage: true }).catch(() => undefined)
  }

  async keepLog() {
    await mkdir(SHOTS, { recursive: true })
    await copyFile(this.city.log, join(SHOTS, `${this.name.replace(/[^\p{L}\p{N}]+/gu, '-')}.log`))
  }
}

// Runs `steps` with a fresh context; a failure leaves a picture and the server's log in e2e/shots.
export async function visit(browser, city, t, options, steps) {
  const { size = 'desktop', script = true, media } = options
  const { width, height, big } = SIZES[size]
  const context = await browser.newContext({
    viewport: { width, height },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
    javaScriptEnabled: script
  })
  context.setDefaultTimeout(WAIT_MS)
  if (big) await context.addCookies([{ name: 'big', value: '1', url: city.base }])
  const page = await context.newPage()
  if (media) await page.emulateMedia({ media })
  const visitor = new Visitor(city, context, page, { name: t.name, size, script })
  try {
    await steps(visitor)
    assert.deepEqual(visitor.problems, [], `${visitor.problems.length} problems`)
  } catch (error) {
    await visitor.picture('end')
    await visitor.keepLog()
    const seen = visitor.problems.length > 0 && error.code !== 'ERR_ASSERTION' ? `\nalso: ${visitor.problems.join('\n')}` : ''
    throw new Error(`${error.message}${seen}\nat ${page.url()}`, { cause: error })
  } finally {
    await context.close()
  }
}
