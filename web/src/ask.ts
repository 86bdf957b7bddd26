// data-confirm="question" on a submit button or a form: asks in a dialog before sending.
import { make } from './dom'

function ask(question: string, act: string, danger: boolean): Promise<boolean> {
  return new Promise(resolve => {
    const no = make('button', { class: 'btn', value: 'no' }, '取消')
    const yes = make('button', { class: danger ? 'btn btn-danger' : 'btn btn-primary', value: 'yes' }, act)
    const dialog = make(
      'dialog',
      { class: 'ask', 'aria-labelledby': 'ask-title', 'aria-describedby': 'ask-text' },
      make('h2', { id: 'ask-title' }, '请确认'),
      make('p', { id: 'ask-text' }, question),
      make('form', { method: 'dialog', class: 'ask-buttons' }, no, yes)
    )
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(dialog.returnValue === 'yes')
    })
    document.body.append(dialog)
    dialog.showModal()
    ;(danger ? no : yes).focus()
  })
}

const agreed = new WeakSet<HTMLFormElement>()

export function confirmBefore(): void {
  if (typeof HTMLDialogElement === 'undefined') return
  document.addEventListener(
    'submit',
    event => {
      const form = event.target
      if (!(form instanceof HTMLFormElement)) return
      if (agreed.delete(form)) return
      const button = event.submitter instanceof HTMLElement ? event.submitter : null
      const asker = button?.dataset['confirm'] ? button : form.dataset['confirm'] ? form : null
      if (!asker) return
      event.preventDefault()
      event.stopImmediatePropagation()
      const act = button?.textContent?.trim() || '确定'
      const danger = asker.hasAttribute('data-confirm-danger')
      void ask(asker.dataset['confirm'] ?? '', act, danger).then(yes => {
        if (!yes) return
        agreed.add(form)
        form.requestSubmit(button)
      })
    },
    true
  )
}
