// <area-picker data-source="/areas/children" data-root="4213" data-label="户籍地">
//   <input name="area" …></area-picker>
// Four linked selects (县, 乡镇, 村 …) fed by GET source?code=…, which answers
// [{"code":"421303","name":"曾都区"}]. Without script the input takes a code or a name by hand.
import { make } from './dom'

interface Area {
  code: string
  name: string
}

// Codes are 12 digits padded with zeros; what counts is the part before the padding.
const WIDTHS = [2, 4, 6, 9, 12]
const LEVELS: Record<number, string> = { 2: '省', 4: '市', 6: '县（市、区）', 9: '乡镇、街道', 12: '村（社区）' }

function width(code: string): number {
  const bare = code.replace(/0+$/, '').length
  return WIDTHS.find(w => w >= bare) ?? 12
}

function covers(upper: string, lower: string): boolean {
  return lower.startsWith(upper.slice(0, width(upper)))
}

class AreaPicker extends HTMLElement {
  #input: HTMLInputElement | null = null
  #levels = make('div', { class: 'area-levels' })
  #source = ''

  connectedCallback(): void {
    if (this.#input) return
    const input = this.querySelector('input')
    this.#source = this.dataset['source'] ?? ''
    if (!input || !this.#source) return
    this.#input = input
    const label = this.dataset['label'] ?? '区划'
    this.#levels.setAttribute('role', 'group')
    this.#levels.setAttribute('aria-label', label)
    const described = input.getAttribute('aria-describedby')
    if (described) this.#levels.setAttribute('aria-describedby', described)
    void this.#level(this.dataset['root'] ?? '', /^\d{2,12}$/.test(input.value) ? input.value : '').then(any => {
      // Nothing came (no line, no right): the text input stays.
      if (!any) return
      const owner = this.closest('.field')?.querySelector<HTMLLabelElement>(`label[for="${input.id}"]`)
      const first = this.#levels.querySelector('select')
      input.type = 'hidden'
      if (first) {
        // The error summary's link and the label lead to the first select.
        const { id } = input
        input.removeAttribute('id')
        first.id = id
        if (owner) owner.htmlFor = id
        const wrong = input.getAttribute('aria-invalid')
        if (wrong) first.setAttribute('aria-invalid', wrong)
        if (input.classList.contains('is-wrong')) first.classList.add('is-wrong')
      }
      this.append(this.#levels)
    })
  }

  async #children(code: string): Promise<Area[]> {
    const url = new URL(this.#source, document.baseURI)
    if (code) url.searchParams.set('code', code)
    try {
      const answer = await fetch(url, { headers: { Accept: 'application/json' }, credentials: 'same-origin' })
      if (!answer.ok) return []
      const list: unknown = await answer.json()
      return Array.isArray(list) ? (list as Area[]) : []
    } catch {
      return []
    }
  }

  // Adds the select of the parts of `code`; goes down along `value` while it fits.
  async #level(code: string, value: string): Promise<boolean> {
    const parts = await this.#children(code)
    const head = parts[0]
    if (!head) return false
    const words = LEVELS[width(head.code)] ?? '区划'
    const select = make('select', { class: 'form-select' }, make('option', { value: '' }, '全部'))
    for (const part of parts) select.append(make('option', { value: part.code }, part.name))
    const box = make('label', {}, make('span', {}, words), select)
    this.#levels.append(box)
    const chosen = value ? parts.find(part => covers(part.code, value)) : undefined
    select.addEventListener('change', () => {
      while (box.nextSibling) box.nextSibling.remove()
      this.#set(select.value || code)
      if (select.value) void this.#level(select.value, '')
    })
    if (chosen) {
      select.value = chosen.code
      if (width(chosen.code) < 12) await this.#level(chosen.code, value)
    }
    return true
  }

  #set(code: string): void {
    if (!this.#input) return
    this.#input.value = code === (this.dataset['root'] ?? '') ? '' : code
    this.#input.dispatchEvent(new Event('change', { bubbles: true }))
  }
}

customElements.define('area-picker', AreaPicker)
