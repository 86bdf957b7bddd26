// Drop-down sheets (<details> in the top bar) close on Esc and on a click elsewhere.
import { closest } from './dom'

const SHEETS = 'details.user-menu, details.topbar-menu'

export function menus(): void {
  document.addEventListener('click', event => {
    const inside = closest<HTMLDetailsElement>(event.target, SHEETS)
    document.querySelectorAll<HTMLDetailsElement>(SHEETS).forEach(sheet => {
      if (sheet !== inside) sheet.open = false
    })
  })
  document.addEventListener('keydown', event => {
    if (event.key !== 'Escape') return
    const sheet = closest<HTMLDetailsElement>(event.target, SHEETS)
    if (!sheet?.open) return
    sheet.open = false
    sheet.querySelector<HTMLElement>(':scope > summary')?.focus()
  })
  // The active entry of a long menu is in sight.
  const active = document.querySelector<HTMLElement>('.sidebar [aria-current]')
  const box = active?.closest<HTMLElement>('.sidebar-in')
  if (active && box && active.offsetTop > box.clientHeight - 80) box.scrollTop = Math.max(0, active.offsetTop - box.clientHeight / 2)
}
