// A desk says what to do first; its counters are the lists behind them; from a row to the person, by mouse and keys.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { journeys, limit } from './lib/journey.mjs'

const { visit, visitAll } = journeys({ secrets: ['王念慈', '张归迟'] })
const number = text => Number(/[\d,]+/.exec(text)[0].replaceAll(',', ''))
const total = html => {
  const found = /共 ([\d,]+) 条/.exec(html)
  return found ? number(found[1]) : /没有符合条件的|没有要办的/.test(html) ? 0 : Number.NaN
}

// Row B14, product.md screen 2: desk → next action; the names are masked until the person is opened.
test('from the desk to the next action', limit, t =>
  visitAll(t, async v => {
    const { page } = v
    await v.signIn('王建国')
    await v.heading('工作台').waitFor()
    await v.check('desk')
    const first = page.getByRole('region', { name: '现在先办' })
    assert.match(await first.innerText(), /不该发的还在发/)
    assert.ok(!(await page.getByRole('main').innerText()).includes('王念慈'), 'names are masked')
    await first.getByRole('link', { name: '从最早一件办起' }).click()
    await page.getByText('不应享仍享').first().waitFor()
    const name = await v.heading().innerText()
    assert.ok(!name.includes('*'), name)
    await v.go('/')
    const recent = page.getByRole('region', { name: '最近打开' })
    await recent.getByRole('link', { name: new RegExp(`^${name[0]}\\*\\*`) }).first().waitFor()
    await v.go('/list')
    await v.check('list')
    await v.go('/list/17')
    await v.check('item')
  }))

// Row B14; invariant 10: each counter and each area below counts what the list behind it holds.
test('every count is the list behind it', limit, t =>
  visit(t, {}, async v => {
    const { page } = v
    await v.signIn('王建国')
    const wrong = []
    const behind = async path => total(await (await v.context.request.get(v.city.base + path.split('#')[0])).text())
    for (const title of ['已逾期', '今日到期', '不应享仍享', '应享未享', '本月新增']) {
      const tile = page.getByRole('main').getByRole('link', { name: new RegExp(`^${title}`) })
      const shown = number((await tile.innerText()).split('\n')[1])
      const held = await behind(await tile.getAttribute('href'))
      if (shown !== held) wrong.push(`${title}: ${shown} on the desk, ${held} behind it`)
    }
    for (const row of await page.getByRole('region', { name: '下级进度' }).locator('tbody tr').all()) {
      const path = await row.getByRole('link').first().getAttribute('href')
      const [late, owed, undue] = (await row.getByRole('cell').allInnerTexts()).map(number)
      const area = /area=(\d+)/.exec(path)[1]
      for (const [count, list] of [
        [owed, path],
        [undue, `${path}&kind=undue`],
        [late, `/?state=overdue&area=${area}`]
      ]) {
        const held = await behind(list)
        if (count !== held) wrong.push(`${list}: ${count} on the desk, ${held} behind it`)
      }
    }
    assert.deepEqual(wrong, [])
  }))

// Product.md screen 2: keyboard next; a filter narrows; what is ticked is printed.
test('by keys, by filter, to paper', limit, t =>
  visit(t, {}, async v => {
    const { page } = v
    await v.signIn('王建国')
    const links = page.getByRole('region', { name: '要办的事' }).locator('.cell-main a')
    await page.keyboard.press('j')
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), await links.nth(0).innerText())
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('k')
    const second = await links.nth(1).getAttribute('href')
    await page.keyboard.press('Enter')
    await page.waitForURL(url => url.pathname === second.split('?')[0])
    await v.go('/')
    await page.getByRole('combobox', { name: '种类' }).selectOption({ label: '应享未享' })
    await page.getByRole('button', { name: '查询' }).click()
    await page.waitForURL(/kind=owed/)
    await page.getByRole('button', { name: '全选本页' }).click()
    const ticked = await page.getByRole('checkbox', { checked: true }).count()
    assert.ok(ticked > 0)
    await page.getByRole('button', { name: '打印选中的告知单' }).click()
    await v.heading('打印告知单').waitFor()
    assert.equal(await page.getByRole('article').count(), ticked)
    await v.check('notices')
  }))

// Invariant 14: a village's desk on a telephone, without script too.
test('the desk of a village', limit, t =>
  visit(t, { size: 'phone' }, async v => {
    await v.signIn('周小燕')
    await v.heading('工作台').waitFor()
    await v.check('village')
    assert.equal(await v.page.getByRole('region', { name: '下级进度' }).count(), 0)
  }))
