// Fetching the inside of a page. The server sees HX-Request-Type: partial and leaves the frame out.
import htmx from 'htmx.org'

export const PARTIAL = { 'HX-Request': 'true', 'HX-Request-Type': 'partial' }

// Puts an answer into an element: the inside of <main> when a whole page came back.
export function fill(element: Element, html: string): void {
  const page = new DOMParser().parseFromString(html, 'text/html')
  const inside = page.querySelector('main') ?? page.body
  element.replaceChildren(...Array.from(inside.childNodes).map(node => document.importNode(node, true)))
  htmx.process(element)
}

// After signing out elsewhere every part answers 401: the whole page must go to the sign-in.
export function signedOut(answer: Response): boolean {
  if (answer.status !== 401) return false
  window.location.reload()
  return true
}
