// The first five minutes of docs/demo-city.md: a town worker finds an elder who is owed an allowance, reads
// why, corrects a fact, and every answer and list moves with it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { journeys, limit } from './lib/journey.mjs'

const { visitFresh } = journeys({ secrets: ['王念慈', 'wnc', '十里村', '女儿说'] })
const number = text => Number(/[\d,]+/.exec(text)?.[0].replaceAll(',', ''))

// The people with an open item, as the counter on the desk says.
async function unsettledOnDesk(v) {
  await v.go('/')
  return number(await v.page.getByRole('main').getByRole('link', { name: /^待核实/ }).innerText())
}

// How many people wait for 居住状况, as the list of missing facts says.
async function waitingForLiving(v) {
  await v.go('/unsettled')
  const row = v.page.getByRole('row').filter({ has: v.page.getByRole('link', { name: '居住状况', exact: true }) })
  return number(await row.getByRole('cell').nth(1).innerText())
}

async function deskToWhy(v) {
  const { page } = v
  await v.signIn('张敏')
  await v.check('desk')
  const owed = page.getByRole('main').getByRole('link', { name: /^应享未享/ })
  assert.equal(number(await owed.innerText()), 1)
  await owed.click()
  await v.heading('应享未享').waitFor()
  await page.getByRole('link', { name: '王念慈', exact: true }).waitFor()
  await v.check('owed')
  await v.findPeople('wnc')
  await v.heading('王念慈').waitFor()
  const byInitials = new URL(page.url()).pathname
  await v.go('/')
  await v.findPeople('王念慈')
  await v.heading('王念慈').waitFor()
  assert.equal(new URL(page.url()).pathname, byInitials, 'name and initials lead to the same person')
  assert.ok(!decodeURIComponent(page.url()).includes('念慈'), 'no name stands in an address')
  await v.check('person')
  await page.getByRole('region', { name: /^应享未享/ }).getByRole('link', { name: '高龄津贴' }).click()
  const group = page.getByRole('region', { name: /^应享未享 1/ }).last()
  await group.getByText('本市户籍80周岁及以上老年人').waitFor()
  const says = await group.innerText()
  for (const words of [
    '随政办发〔2023〕16号',
    '在世',
    '本市户籍',
    '80周岁及以上',
    '1941年3月25日',
    '1941-03-25 起',
    '2024-05-30 登记',
    '公安人口库',
    '市公安局',
    '50.00 元/月'
  ]) {
    assert.ok(says.includes(words), `the explanation says 「${words}」`)
  }
  assert.equal((says.match(/符合/g) ?? []).length, 3, 'three conditions hold')
  await v.check('why')
  return byInitials
}

async function correctLiving(v, person) {
  const { page } = v
  v.expects(422)
  await v.go(`${person}?tab=facts`)
  await v.check('facts')
  await page.getByRole('link', { name: '更正居住状况' }).click()
  const drawer = page.getByRole('dialog', { name: '更正居住状况' })
  await drawer.getByRole('radio', { name: '不清楚' }).check()
  await drawer.getByRole('combobox', { name: /更正依据/ }).selectOption({ label: '本人或家属反映' })
  await drawer.getByRole('textbox', { name: '说明' }).fill('女儿说母亲近来常住她家')
  await v.check('drawer')
  await drawer.getByRole('button', { name: '保存更正' }).click()
  const summary = drawer.getByRole('alert')
  await summary.getByRole('link', { name: '请填写从哪一天起' }).waitFor()
  assert.ok(await summary.evaluate(element => element === document.activeElement), 'the summary of errors has the focus')
  assert.ok(await drawer.getByRole('radio', { name: '不清楚' }).isChecked(), 'the choice is kept')
  assert.equal(await drawer.getByRole('textbox', { name: '说明' }).inputValue(), '女儿说母亲近来常住她家')
  assert.equal(await drawer.getByRole('combobox', { name: /更正依据/ }).inputValue(), 'self_report')
  await v.check('drawer-refused')
  await summary.getByRole('link', { name: '请填写从哪一天起' }).click()
  const since = drawer.getByRole('textbox', { name: /自何时起/ })
  assert.ok(await since.evaluate(element => element === document.activeElement), 'the link leads into the field')
  await since.fill('2025-06-01')
  await drawer.getByRole('button', { name: '保存更正' }).click()
  await page.getByText('已更正「居住状况」，资格和名单已重新计算。').waitFor()
  await drawer.waitFor({ state: 'hidden' })
  await v.check('corrected')
}

async function journey(v) {
  const before = { desk: 0, list: 0 }
  const person = await deskToWhy(v)
  before.desk = await unsettledOnDesk(v)
  before.list = await waitingForLiving(v)
  await v.check('unsettled')
  await correctLiving(v, person)
  await v.page.getByRole('region', { name: '待核实 1 项' }).getByRole('link', { name: '居家探访关爱服务' }).waitFor()
  await v.go(`${person}?tab=entitlement`)
  await v.page.getByText(/^还缺：.*居住状况/).waitFor()
  await v.page.getByRole('region', { name: '应享未享 1 项' }).getByRole('link', { name: '高龄津贴' }).waitFor()
  await v.check('why-after')
  await v.go(`${person}?tab=history`)
  const history = v.page.getByRole('region', { name: '变更记录' }).getByRole('listitem').first()
  const recorded = await history.innerText()
  for (const words of ['本人或家属反映', '居住状况', '2025-06-01 起', '张敏']) {
    assert.ok(recorded.includes(words), `the history says 「${words}」: ${recorded}`)
  }
  await v.page.getByRole('region', { name: /谁看过/ }).getByText('乡镇民政办').first().waitFor()
  await v.check('history')
  await v.go(`${person}?tab=basic&on=2025-05-31`)
  await v.page.getByText('正在查看过去的情况').waitFor()
  await v.page.getByRole('region', { name: '基本情况' }).getByText('独居').first().waitFor()
  assert.equal(await unsettledOnDesk(v), before.desk + 1, 'the desk counts one more')
  assert.equal(await waitingForLiving(v), before.list + 1, 'one more waits for 居住状况')
  await v.page.getByRole('link', { name: '居住状况', exact: true }).click()
  await v.page.getByRole('link', { name: '王念慈', exact: true }).waitFor()
  await v.check('unsettled-people')
  await v.go('/list/24/people?state=unknown')
  await v.page.getByRole('link', { name: '王念慈', exact: true }).waitFor()
  await v.go('/list/24/people?state=yes')
  await v.text(/^共 \d+ 条/).waitFor()
  assert.equal(await v.page.getByRole('link', { name: '王念慈', exact: true }).count(), 0, 'she left those who are entitled')
}

// Rows B01, B14, C03, C05, C23, M05; invariants 3, 5, 11 and 14: found, explained, corrected, moved, on a desktop.
test('the first five minutes on a desktop', limit, t => visitFresh(t, { size: 'desktop' }, journey))

// Rows B01, B14, C03, C05; invariant 14: the same on a telephone of 390 px.
test('the first five minutes on a telephone', limit, t => visitFresh(t, { size: 'phone' }, journey))

// Rows B01, B14, C03, C05; invariant 14: the same in big text.
test('the first five minutes in big text', limit, t => visitFresh(t, { size: 'big' }, journey))
