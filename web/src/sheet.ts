// data-sheet: an assessment's form. One group a screen, what is unanswered counted, kept on the phone until it is sent.
// The key in the form makes sending twice one. Nothing but codes and answers is kept here, and it goes when it was sent.
import { closest } from './dom'

interface Kept {
  fields: [string, string][]
  waiting: boolean
}

const KEPT = 'sheet:'

function read(id: string): Kept | null {
  try {
    const text = localStorage.getItem(KEPT + id)
    return text ? (JSON.parse(text) as Kept) : null
  } catch {
    return null
  }
}

function write(id: string, kept: Kept | null): boolean {
  try {
    if (kept) localStorage.setItem(KEPT + id, JSON.stringify(kept))
    else localStorage.removeItem(KEPT + id)
    return true
  } catch {
    return false
  }
}

function fields(form: HTMLFormElement): [string, string][] {
  const out: [string, string][] = []
  new FormData(form).forEach((value, name) => {
    // Who told is a name and stays off the phone's memory.
    if (typeof value === 'string' && name !== 'informant') out.push([name, value])
  })
  return out
}

function fill(form: HTMLFormElement, kept: [string, string][]): void {
  for (const [name, value] of kept) {
    for (const input of Array.from(form.elements)) {
      if (input instanceof HTMLTextAreaElement && input.name === name) input.value = value
      if (!(input instanceof HTMLInputElement) || input.name !== name) continue
      if (input.type === 'radio') input.checked = input.value === value
      else if (input.type === 'checkbox') input.checked ||= input.value === value
      else if (input.type !== 'submit') input.value = value
    }
  }
}

// A question is answered when one of its choices is taken or its box is filled.
function open(screen: HTMLElement): number {
  // Of what is beside the scores nothing has to be answered.
  if ('free' in screen.dataset) return 0
  let left = 0
  const names = new Set<string>()
  for (const input of Array.from(screen.querySelectorAll<HTMLInputElement>('input'))) {
    if (input.name === 'informant' || input.type === 'hidden') continue
    if (input.type !== 'radio') {
      if (!input.value) left += 1
      continue
    }
    if (names.has(input.name)) continue
    names.add(input.name)
    const same = Array.from(screen.querySelectorAll<HTMLInputElement>('input[type=radio]'))
    if (!same.some(one => one.name === input.name && one.checked)) left += 1
  }
  return left
}

export function sheet(): void {
  const form = document.querySelector<HTMLFormElement>('form[data-sheet]')
  if (!form) return
  const id = form.dataset['sheet'] ?? ''
  const screens = Array.from(form.querySelectorAll<HTMLElement>('.sheet-screen'))
  const jumps = Array.from(form.querySelectorAll<HTMLAnchorElement>('[data-screen]'))
  const left = form.querySelector<HTMLElement>('[data-left]')
  const line = form.querySelector<HTMLElement>('[data-line]')
  let sending = false
  let sent = false

  const say = (text: string): void => {
    if (!line) return
    line.hidden = !text
    line.textContent = text
  }

  const count = (): number => {
    let all = 0
    screens.forEach((screen, at) => {
      const n = open(screen)
      all += n
      const badge = jumps[at]?.querySelector<HTMLElement>('[data-open]')
      if (badge) {
        badge.textContent = String(n)
        badge.hidden = n === 0
      }
    })
    if (left) left.textContent = all ? `还有 ${all} 题没有填` : '已全部填完'
    return all
  }

  const show = (anchor: string, focus: boolean): void => {
    screens.forEach((screen, at) => {
      const here = screen.id === anchor
      screen.hidden = !here
      if (here) jumps[at]?.setAttribute('aria-current', 'step')
      else jumps[at]?.removeAttribute('aria-current')
      if (here && focus) screen.focus()
    })
  }

  const send = async (): Promise<void> => {
    if (sending || sent) return
    sending = true
    const body = new URLSearchParams(fields(form))
    const informant = form.elements.namedItem('informant')
    if (informant instanceof HTMLInputElement) body.set('informant', informant.value)
    body.set('act', 'send')
    try {
      const answer = await fetch(form.action, { method: 'POST', body })
      if (answer.ok && answer.redirected && !answer.url.includes('/sign-in')) {
        sent = true
        write(id, null)
        location.assign(answer.url)
        return
      }
      if (answer.status >= 500) throw new Error('server')
      // Something is missing or was changed: the full page says what. What was typed stays in the form.
      sent = true
      write(id, { fields: fields(form), waiting: false })
      const act = document.createElement('input')
      act.type = 'hidden'
      act.name = 'act'
      act.value = 'send'
      form.append(act)
      form.submit()
    } catch {
      const kept = write(id, { fields: fields(form), waiting: true })
      say(kept ? '已存在本机，联网后自动提交' : '没有网络，本机也存不下：请不要关闭本页，联网后再提交')
    } finally {
      sending = false
    }
  }

  const kept = read(id)
  if (kept && !form.querySelector('[data-focus]')) fill(form, kept.fields)
  for (const next of Array.from(form.querySelectorAll<HTMLElement>('.sheet-next'))) next.hidden = false
  screens[screens.length - 1]?.querySelector('.sheet-next')?.remove()
  form.classList.add('sheet-live')
  count()
  const wrong = screens.find(screen => screen.querySelector('.field-wrong'))
  show((wrong ?? screens[0])?.id ?? '', false)
  if (kept?.waiting) {
    say('已存在本机，联网后自动提交')
    if (navigator.onLine) void send()
  }

  form.addEventListener('click', event => {
    const jump = closest<HTMLAnchorElement>(event.target, '[data-screen]')
    const next = closest(event.target, '[data-next]')
    const wrongOne = closest<HTMLAnchorElement>(event.target, '.error-summary a, [role=alert] a')
    if (jump) {
      event.preventDefault()
      show(jump.dataset['screen'] ?? '', true)
    } else if (next) {
      const at = screens.findIndex(screen => !screen.hidden)
      show(screens[at + 1]?.id ?? '', true)
      window.scrollTo({ top: 0 })
    } else if (wrongOne) {
      const target = document.getElementById(wrongOne.hash.slice(1))
      const screen = closest(target, '.sheet-screen')
      if (screen) show(screen.id, false)
    }
  })
  form.addEventListener('change', () => {
    count()
    write(id, { fields: fields(form), waiting: false })
  })
  form.addEventListener('submit', event => {
    const button = event.submitter
    if (button instanceof HTMLButtonElement && button.value === 'save') return
    event.preventDefault()
    if (count() > 0) {
      const first = screens.find(screen => open(screen) > 0)
      show(first?.id ?? '', true)
      say('还有没填的题，已转到第一处')
      return
    }
    say('正在提交')
    void send()
  })
  window.addEventListener('online', () => {
    if (read(id)?.waiting) void send()
  })
}
