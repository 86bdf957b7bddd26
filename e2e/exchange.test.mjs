// 部门比对 and 上报: a list goes out, hits come back, one is accepted; a report goes out, its receipt comes back.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { journeys } from './lib/journey.mjs'

const { visitFresh } = journeys()
const limit = { timeout: 180_000 }

// Reloads until it is there: without script nothing moves by itself.
async function appears(v, locator) {
  for (let tries = 0; tries < 60 && (await locator.count()) === 0; tries++) {
    await locator.first().waitFor({ timeout: 1_000 }).catch(() => v.page.reload())
  }
  await locator.first().waitFor()
}

// The lines of the CSV behind the page's download link, without the mark.
async function downloaded(v) {
  const link = v.page.getByRole('link', { name: /^下载（/ })
  await appears(v, link)
  const [download] = await Promise.all([v.page.waitForEvent('download'), link.click()])
  const text = await readFile(await download.path(), 'utf8')
  return text.replace('\u{feff}', '').trim().split('\r\n')
}

async function returns(v, name, text) {
  await v.page.setInputFiles('#file', { name, mimeType: 'text/csv', buffer: Buffer.from(text) })
  await v.page.getByRole('button', { name: '上传核对' }).click()
  await appears(v, v.page.getByText(/^(已登记|部分登记)$/))
}

async function newList(v, kind) {
  await v.go('/matching')
  await v.page.getByRole('link', { name: '新建比对' }).first().click()
  await v.heading('新建比对').waitFor()
  if (v.script) await v.check('new-list')
  await v.page.getByRole('button', { name: '生成名单' }).click()
  await v.page.getByText('请选择核对什么').first().waitFor()
  await v.page.getByRole('radio', { name: new RegExp(kind) }).check()
  await v.page.getByRole('radio', { name: 'CSV（UTF-8）' }).check()
  await v.page.getByRole('combobox', { name: '事由' }).selectOption({ label: '核对待遇资格' })
  await v.page.getByRole('button', { name: '生成名单' }).click()
  await v.heading(/^比对\d{4}-\d{4}$/).waitFor()
  const lines = await downloaded(v)
  assert.match(lines[0], /^编号 比对\d{4}-\d{4}/)
  assert.equal(lines[1], '编号,证件号码,姓名')
  return lines.slice(2).map(line => line.split(','))
}

async function matching(v) {
  v.expects(422)
  await v.signIn('王建国')
  const people = await newList(v, '公安 · 死亡注销')
  const [one, two] = people
  const hits = `编号,证件号码,姓名,死亡日期\n${one.join(',')},2025-06-01\n${two.join(',')},2025-06-02\n999999,,王外人,2025-06-03\n`
  await returns(v, '公安返回.csv', hits)
  await v.page.getByText('编号不在发出的名单上').waitFor()
  if (v.script) await v.check('upload')
  await v.page.getByRole('link', { name: '处理结果' }).click()
  await v.heading('比对结果').waitFor()
  if (v.script) await v.check('proposals')
  await v.page.getByRole('link', { name: one[2] }).first().click()
  await v.page.getByRole('button', { name: '不采纳' }).click()
  await v.page.getByText('不采纳要写明理由').first().waitFor()
  if (v.script) await v.check('proposal')
  await v.page.getByRole('button', { name: '采纳并登记' }).click()
  await v.page.getByText('已采纳并登记').waitFor()
  // The other one stands on the desk.
  await v.go('/')
  await v.page.getByText('疑似去世').first().waitFor()
  await v.go('/matching')
  if (v.script) await v.check('lists')
}

// Rows M04, B14: from the list to the fact, and a stranger on the returned list is named.
test('a list goes out and a hit is accepted', limit, t => visitFresh(t, {}, matching))

// Invariant 14: the same on a telephone without script.
test('the same without script on a phone', limit, t => visitFresh(t, { script: false, size: 'phone' }, matching))

// Rows M04, B14: who belongs is looked up, the file goes out, the receipt comes back and names who was refused.
test('a report goes out and its receipt comes back', limit, t =>
  visitFresh(t, {}, async v => {
    await v.signIn('王建国')
    await v.go('/reporting')
    await v.heading('上报').waitFor()
    await v.check('systems')
    await v.go('/reporting/systems/low_income')
    await v.page.getByRole('button', { name: '核对对象' }).click()
    await appears(v, v.page.getByRole('cell', { name: '待报' }))
    await v.check('system')
    await v.page.getByRole('link', { name: '对照表' }).click()
    await v.page.getByText('待当地确认').first().waitFor()
    await v.check('mapping')
    await v.go('/reporting/systems/low_income/new')
    await v.check('new-file')
    await v.page.getByRole('radio', { name: 'CSV（UTF-8）' }).check()
    await v.page.getByRole('button', { name: '生成文件' }).click()
    await v.heading(/^上报\d{4}-\d{4}$/).waitFor()
    const lines = await downloaded(v)
    assert.ok(lines[0].startsWith('姓名,证件号码'))
    await v.check('file')
    const [name, number] = lines[1].split(',')
    await returns(v, '回执.csv', `证件号码,姓名,结果,失败原因\n${number},${name},失败,证件已注销\n`)
    await v.go('/reporting/systems/low_income?state=returned')
    await v.page.getByText('退回：证件已注销').waitFor()
    await v.page.getByRole('button', { name: `${name}重新上报` }).click()
    await v.page.getByText('已变为待报').waitFor()
  }))
