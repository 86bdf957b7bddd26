// A county officer reads the list of 28 items, its counts, and goes down to the people behind them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { journeys, limit } from './lib/journey.mjs'

const { visit, visitAll } = journeys({ secrets: ['王念慈', '张归迟'] })
const STATES = { 符合: 'yes', 应享未享: 'owed', 待核实: 'unknown' }

const total = html => {
  const found = /共 ([\d,]+) 条/.exec(html)
  return found ? Number(found[1].replaceAll(',', '')) : /没有这样的人员|没有符合条件的人员/.test(html) ? 0 : Number.NaN
}

// Item number → its counts, as the tables of /list show them.
function counts(v) {
  return v.page.getByRole('row').evaluateAll(rows =>
    rows
      .map(row => Object.fromEntries(Array.from(row.children, cell => [cell.getAttribute('data-label'), cell.textContent.trim()])))
      .filter(row => /^\d+$/.test(row['序号'] ?? ''))
  )
}

// Rows C01, C03, M03; invariants 8 and 10: what the list counts is what the drill-down holds.
test('every count of the list is the number of people behind it', limit, t =>
  visit(t, {}, async v => {
    await v.signIn('王建国')
    await v.page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name: '清单管理' }).click()
    await v.heading('清单管理').waitFor()
    await v.check('list')
    const rows = await counts(v)
    assert.deepEqual(rows.map(row => Number(row['序号'])), Array.from({ length: 28 }, (_, at) => at + 1))
    const wrong = []
    for (const row of rows) {
      const no = row['序号']
      const item = await (await v.context.request.get(`${v.city.base}/list/${no}`)).text()
      for (const [title, state] of Object.entries(STATES)) {
        if (!/^[\d,]+/.test(row[title])) continue
        const shown = Number(/^[\d,]+/.exec(row[title])[0].replaceAll(',', ''))
        const answer = await v.context.request.get(`${v.city.base}/list/${no}/people?state=${state}`)
        const behind = total(await answer.text())
        if (!row[title].includes('户') && shown !== behind) wrong.push(`item ${no} ${title}: ${shown} on the list, ${behind} people`)
        const byArea = Array.from(item.matchAll(new RegExp(`data-label="${title}">(?:<a[^>]*>)?([\\d,]+)`, 'g')), found => Number(found[1].replaceAll(',', '')))
        const sum = byArea.reduce((all, one) => all + one, 0)
        if (sum !== shown) wrong.push(`item ${no} ${title}: ${shown} on the list, ${sum} added up by area`)
      }
    }
    assert.deepEqual(wrong, [])
  }))

// Rows C01, C03, C05, B14: from an item over an area to the people and to one person's reasons.
test('from the list down to a person', limit, t =>
  visitAll(t, async v => {
    const { page } = v
    await v.signIn('王建国')
    await v.check('desk')
    await v.go('/list')
    await page.getByRole('link', { name: '高龄津贴', exact: true }).click()
    await v.heading(/高龄津贴/).waitFor()
    await page.getByText('本市户籍80周岁及以上老年人').first().waitFor()
    await v.check('item')
    const row = page.getByRole('row').filter({ hasText: '唐县镇' })
    const link = row.getByRole('link').first()
    const shown = Number(await link.innerText())
    await link.click()
    await v.heading('高龄津贴：符合').waitFor()
    assert.equal(total(await page.getByRole('main').innerText()), shown)
    assert.equal(await page.getByRole('combobox', { name: '区划' }).evaluate(box => box.selectedOptions[0].text), '随县唐县镇')
    await v.check('item-people')
    await page.getByRole('navigation', { name: '状态' }).getByRole('link', { name: '应享未享' }).click()
    await v.heading('高龄津贴：应享未享').waitFor()
    await page.getByRole('link', { name: '王念慈' }).click()
    await v.heading('王念慈').waitFor()
    await page.getByText('本市户籍80周岁及以上老年人').waitFor()
    await v.check('person')
  }))

// Row B14: 应享未享 and 不应享仍享 by programme, area and age; the address keeps the filters.
test('the owed are filtered', limit, t =>
  visit(t, {}, async v => {
    const { page } = v
    await v.signIn('李规划')
    await v.go('/owed')
    await v.check('owed')
    const all = total(await page.getByRole('main').innerText())
    assert.ok(all >= 5, `${all} owed`)
    await page.getByRole('combobox', { name: '项目' }).selectOption({ label: '高龄津贴' })
    await page.waitForURL(/programme=/)
    await page.getByRole('cell', { name: '养老服务补贴', exact: true }).first().waitFor({ state: 'detached' })
    const allowance = total(await page.getByRole('main').innerText())
    assert.ok(allowance > 0 && allowance < all, `${allowance} of ${all}`)
    await page.getByRole('combobox', { name: '区划' }).selectOption({ label: '随县' })
    await page.waitForURL(/area=421321/)
    // The towns of the county stand in the filter of the page opened anew.
    await page.reload()
    await page.getByRole('combobox', { name: '区划' }).selectOption({ label: '随县唐县镇' })
    await page.waitForURL(/area=421321109/)
    await page.getByRole('main').getByText(/^共 1 条/).first().waitFor()
    await page.getByRole('link', { name: '王念慈' }).waitFor()
    await page.reload()
    await page.getByRole('main').getByText(/^共 1 条/).first().waitFor()
    await page.getByRole('combobox', { name: '年龄' }).selectOption({ label: '90周岁及以上' })
    await page.getByText('没有符合条件的人员').first().waitFor()
    await v.check('owed-none')
    await page.getByRole('link', { name: '清空' }).click()
    await page.getByRole('main').getByText(new RegExp(`^共 ${all} 条`)).first().waitFor()
    await page.getByRole('navigation', { name: '名单' }).getByRole('link', { name: '不应享仍享' }).click()
    await v.heading('不应享仍享').waitFor()
    await page.getByRole('link', { name: '张归迟' }).first().waitFor()
    await v.check('undue')
  }))

// Rows B14, C03, C23; invariant 3: what is not known is grouped by the missing fact, the cheapest way beside it.
test('the unsettled by missing fact', limit, t =>
  visitAll(t, async v => {
    const { page } = v
    await v.signIn('王建国')
    await v.go('/unsettled')
    const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: '居住状况', exact: true }) })
    const says = await row.innerText()
    for (const words of ['居家探访关爱服务', '村级', '下次走访时顺带问']) assert.ok(says.includes(words), `${words}: ${says}`)
    await v.check('unsettled')
    const people = Number(await row.getByRole('cell').nth(1).innerText())
    await row.getByRole('link').click()
    await v.heading(/居住状况/).waitFor()
    assert.equal(total(await page.getByRole('main').innerText()), people)
    await v.check('unsettled-people')
  }))

// Row C01; invariant 14: the lists fit the screens of an office, in both sizes of text.
test('no list scrolls sideways on an office screen', limit, t =>
  visitAll(t, async v => {
    // The telephone is looked at by every other journey.
    if (v.size === 'phone') return
    await v.signIn('王建国')
    const people = ['/people', '/owed', '/owed?kind=undue', '/unsettled', '/unsettled/living', '/list/3/people?state=owed']
    for (const path of ['/', '/list', '/list/3', '/list/versions', '/list/params', '/list/cases', ...people]) {
      await v.go(path)
      for (const width of [1024, 1280, 1366, 1920]) {
        await v.page.setViewportSize({ width, height: 900 })
        const wide = await v.sideways()
        if (wide) v.problems.push(`${path}: ${wide}`)
      }
    }
  }))
