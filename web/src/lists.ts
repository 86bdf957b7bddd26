// <form data-list="list">: filters refresh the list and the head of the page (whose export and
// print links follow the filters), the address stays in step, and the browser's back button asks
// the server again. htmx does the work.
import htmx from 'htmx.org'
import { make } from './dom'

function prepare(form: HTMLFormElement): void {
  const id = form.dataset['list']
  if (!id || form.hasAttribute('hx-get') || !document.getElementById(id)) return
  const set = (name: string, value: string) => form.setAttribute(name, value)
  set('hx-get', form.getAttribute('action') ?? window.location.pathname)
  set('hx-target', `#${id}`)
  set('hx-select', `#${id}`)
  set('hx-select-oob', '#page-head')
  set('hx-swap', 'outerHTML')
  set('hx-push-url', 'true')
  set('hx-sync', 'this:replace')
  set('hx-trigger', 'submit, change delay:150ms')
  htmx.process(form)
}

interface Asked {
  ctx?: { request?: { action?: string }; response?: { status: number } }
}

const asked = (event: Event): Asked['ctx'] => (event instanceof CustomEvent ? (event.detail as Asked).ctx : undefined)

export function lists(): void {
  const forms = document.querySelectorAll<HTMLFormElement>('form[data-list]')
  forms.forEach(prepare)
  // Unset filters stay out of the address, with htmx and without.
  document.addEventListener('formdata', event => {
    if (!(event.target instanceof HTMLFormElement) || event.target.method !== 'get') return
    const set = Array.from(event.formData.entries()).filter(([, value]) => value !== '')
    for (const name of new Set(event.formData.keys())) event.formData.delete(name)
    for (const [name, value] of set) event.formData.append(name, value)
  })
  if (forms.length === 0) return
  const said = make('p', { class: 'visually-hidden', role: 'status' })
  const main = document.querySelector('main')
  main?.append(said)
  const busy = (on: boolean) => main?.querySelectorAll('form[data-list]').forEach(form => {
    document.getElementById((form as HTMLFormElement).dataset['list'] ?? '')?.classList.toggle('is-loading', on)
  })
  document.addEventListener('htmx:before:request', () => busy(true))
  document.addEventListener('htmx:finally:request', () => busy(false))
  // A refusal is a page of its own: show it whole instead of an empty list.
  document.addEventListener('htmx:before:swap', event => {
    const ctx = asked(event)
    if (!ctx?.response || ctx.response.status < 400) return
    event.preventDefault()
    window.location.assign(ctx.request?.action ?? window.location.href)
  })
  document.addEventListener('htmx:error', () => {
    said.textContent = ''
    document.getElementById('flash')?.replaceChildren(make('div', { class: 'notice notice-danger' }, make('p', {}, '没有连上服务器，名单还是刚才的。请稍后重试。')))
  })
  document.addEventListener('htmx:after:swap', () => {
    const list = document.getElementById(forms[0]?.dataset['list'] ?? '')
    said.textContent = list?.querySelector('.pager-total, .empty-title')?.textContent ?? ''
  })
}
