// The message after an action: said aloud once (a region filled at load is not announced), and it
// can be put away.
import { make } from './dom'

export function flash(): void {
  const region = document.getElementById('flash')
  const notice = region?.querySelector('[data-flash]')
  if (!region || !notice) return
  notice.remove()
  const close = make('button', { type: 'button', class: 'notice-close' }, '知道了')
  close.addEventListener('click', () => notice.remove())
  notice.append(close)
  window.setTimeout(() => region.append(notice))
}
