// Links with data-drawer open their address in a native <dialog>. The address is also a full page,
// so a new tab, a bookmark or a browser without script shows the same thing.
import { closest, make, plainClick } from './dom'
import { fill, PARTIAL, signedOut } from './parts'

let dialog: HTMLDialogElement | undefined
let title: HTMLElement
let full: HTMLAnchorElement
let body: HTMLElement

function build(): HTMLDialogElement {
  title = make('h2', { class: 'drawer-title', id: 'drawer-title' })
  full = make('a', { class: 'drawer-full' }, '整页打开')
  body = make('div', { class: 'drawer-body', tabindex: '-1' })
  const close = make('button', { class: 'drawer-close', type: 'button', 'aria-label': '关闭' })
  close.append(make('span', { 'aria-hidden': 'true' }, '✕'))
  close.addEventListener('click', () => dialog?.close())
  const made = make(
    'dialog',
    { class: 'drawer', 'aria-labelledby': 'drawer-title' },
    make('div', { class: 'drawer-bar' }, title, full, close),
    body
  )
  made.addEventListener('click', event => {
    if (event.target === made) made.close()
    const link = closest<HTMLAnchorElement>(event.target, 'a[data-close]')
    if (link && plainClick(event)) {
      event.preventDefault()
      made.close()
    }
  })
  made.addEventListener('submit', submit)
  document.body.append(made)
  return made
}

function show(html: string, fallbackTitle: string): void {
  fill(body, html)
  const heading = body.querySelector('h1')
  title.textContent = heading?.textContent?.trim() || fallbackTitle
  const wrong = body.querySelector<HTMLElement>('[data-focus]')
  const first = body.querySelector<HTMLElement>('[autofocus]')
  ;(wrong ?? first ?? body).focus()
  if (dialog) dialog.scrollTop = 0
}

async function open(url: string, words: string): Promise<void> {
  dialog ??= build()
  full.href = url
  title.textContent = words
  body.replaceChildren(make('p', { class: 'muted', role: 'status' }, '正在打开…'))
  if (!dialog.open) dialog.showModal()
  try {
    const answer = await fetch(url, { headers: PARTIAL, redirect: 'manual', credentials: 'same-origin' })
    if (answer.type === 'opaqueredirect') {
      window.location.assign(url)
      return
    }
    if (!signedOut(answer)) show(await answer.text(), words)
  } catch {
    const again = make('a', { href: url }, '重试')
    body.replaceChildren(make('p', { role: 'alert' }, '没有连上服务器。', again))
  }
}

// A form in the drawer: 422 shows it again; a redirect closes the drawer and shows the page behind
// anew, with its message; HX-Redirect leads elsewhere.
async function submit(event: SubmitEvent): Promise<void> {
  const form = event.target
  if (!(form instanceof HTMLFormElement) || event.defaultPrevented || form.method === 'dialog') return
  if (form.enctype === 'multipart/form-data') return
  event.preventDefault()
  if (form.dataset['sending']) return
  form.dataset['sending'] = '1'
  body.setAttribute('aria-busy', 'true')
  const data = new FormData(form)
  const button = event.submitter
  if (button instanceof HTMLButtonElement && button.name) data.append(button.name, button.value)
  const pairs = new URLSearchParams()
  data.forEach((value, name) => {
    if (typeof value === 'string') pairs.append(name, value)
  })
  const action = new URL(form.getAttribute('action') || full.href, full.href)
  try {
    const post = form.method !== 'get'
    if (!post) action.search = pairs.toString()
    const answer = await fetch(action, {
      method: post ? 'POST' : 'GET',
      headers: PARTIAL,
      redirect: 'manual',
      credentials: 'same-origin',
      ...(post ? { body: pairs } : {})
    })
    if (answer.type === 'opaqueredirect') window.location.reload()
    else if (answer.headers.get('HX-Redirect')) window.location.assign(answer.headers.get('HX-Redirect') ?? '')
    else if (answer.status === 204) window.location.reload()
    else if (!signedOut(answer)) show(await answer.text(), title.textContent ?? '')
  } catch {
    body.prepend(make('div', { class: 'notice notice-danger', role: 'alert' }, make('p', {}, '没有连上服务器，填写的内容还在，请稍后再保存。')))
  } finally {
    delete form.dataset['sending']
    body.removeAttribute('aria-busy')
  }
}

export function drawer(): void {
  if (typeof HTMLDialogElement === 'undefined') return
  document.addEventListener('click', event => {
    const link = closest<HTMLAnchorElement>(event.target, 'a[data-drawer]')
    if (!link || !plainClick(event)) return
    event.preventDefault()
    void open(link.href, link.textContent?.trim() ?? '')
  })
}
