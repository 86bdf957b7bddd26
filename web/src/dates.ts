// A day pasted the way people write it lands in the browser's own date control.
const WRITTEN = /^\s*(\d{4})(?:\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{2})(\d{2}))\s*$/

export function readDay(text: string): string | null {
  const found = WRITTEN.exec(text)
  if (!found) return null
  const [, year = '', month = '', day = '', shortMonth = '', shortDay = ''] = found
  return `${year}-${(month || shortMonth).padStart(2, '0')}-${(day || shortDay).padStart(2, '0')}`
}

export function dates(): void {
  document.addEventListener('paste', event => {
    const input = event.target
    if (!(input instanceof HTMLInputElement) || input.type !== 'date') return
    const day = readDay(event.clipboardData?.getData('text') ?? '')
    if (!day) return
    event.preventDefault()
    input.value = day
    input.dispatchEvent(new Event('change', { bubbles: true }))
  })
}
