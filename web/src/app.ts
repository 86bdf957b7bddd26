// Every page works without this file; it only makes some steps shorter.
import './area-picker'
import { closest } from './dom'
import { confirmBefore } from './ask'
import { dates } from './dates'
import { drawer } from './drawer'
import { flash } from './flash'
import { lists } from './lists'
import { menus } from './menus'
import { pick } from './pick'
import { poll } from './poll'
import { rows } from './rows'
import { sheet } from './sheet'

confirmBefore()
drawer()
lists()
flash()
menus()
pick()
rows()
poll()
dates()
sheet()

document.addEventListener('click', event => {
  if (closest(event.target, '[data-print]')) window.print()
})

// The summary of errors is read first after a refused form.
document.querySelector<HTMLElement>('[data-focus]')?.focus()

