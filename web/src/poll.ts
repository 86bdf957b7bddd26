// <section id="x" data-poll="2">: asks the page again every so many seconds and puts the part in place,
// until the server stops saying so; then the whole page is fetched anew, for the rest of it has changed as well, unless
// somebody has typed something on it.
// Without script the page has a link to itself.
const FAILS = 5

function typed(): boolean {
  const fields = document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('main input, main textarea')
  return [...fields].some(
    field => field.value !== field.defaultValue || ('checked' in field && field.checked !== field.defaultChecked)
  )
}

async function again(part: HTMLElement, fails: number): Promise<void> {
  const seconds = Number(part.dataset['poll'])
  if (!part.id || !(seconds > 0)) return
  await new Promise(done => window.setTimeout(done, seconds * 1000))
  if (document.hidden || part.contains(document.activeElement)) return again(part, fails)
  try {
    const answer = await fetch(window.location.href, { headers: { accept: 'text/html' } })
    if (!answer.ok) throw new Error(String(answer.status))
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const fresh = page.getElementById(part.id)
    if (!fresh?.dataset['poll'] && !typed()) return window.location.reload()
    if (!fresh) return
    const now = document.importNode(fresh, true)
    part.replaceWith(now)
    return again(now, 0)
  } catch {
    if (fails < FAILS) return again(part, fails + 1)
  }
}

export function poll(): void {
  document.querySelectorAll<HTMLElement>('[data-poll]').forEach(part => void again(part, 0))
}
