// [data-pick-all]: ticks every box of its form, or none once all are ticked. Hidden where this file does not run.
export function pick(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-pick-all]')) {
    const boxes = () => Array.from(button.form?.querySelectorAll<HTMLInputElement>('input[type=checkbox]') ?? [])
    button.hidden = false
    button.addEventListener('click', () => {
      const on = boxes().some(box => !box.checked)
      for (const box of boxes()) box.checked = on
    })
  }
}
