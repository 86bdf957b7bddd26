// <table data-rows>: j / k or the arrows move between rows, Enter opens the row's first link.
import { closest } from './dom'

export function rows(): void {
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const step = event.key === 'j' || event.key === 'ArrowDown' ? 1 : event.key === 'k' || event.key === 'ArrowUp' ? -1 : 0
    if (step === 0) return
    if (closest(event.target, 'input, select, textarea, [contenteditable], dialog')) return
    const here = closest<HTMLTableRowElement>(document.activeElement, 'table[data-rows] > tbody > tr')
    if (event.key.startsWith('Arrow') && !here) return
    const table = here?.closest('table') ?? document.querySelector('table[data-rows]')
    const every = Array.from(table?.querySelectorAll<HTMLTableRowElement>(':scope > tbody > tr') ?? [])
    // Rows that only head a group are passed over.
    const all = every.filter(row => row.querySelector('a, button'))
    const next = all[here ? all.indexOf(here) + step : 0]
    const link = next?.querySelector<HTMLElement>('a, button')
    if (!link) return
    event.preventDefault()
    link.focus()
  })
}
