// 数据导入: a GBK file with twelve kinds of bad rows, from the upload to taking it back; clean in three sizes.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { journeys } from './lib/journey.mjs'

const { visitAll, visitFresh } = journeys()

// Text as GBK: what the decoder of the platform reads as a character is how it is written.
const GBK = new Map()
for (let high = 0x81; high <= 0xfe; high++) {
  for (let low = 0x40; low <= 0xfe; low++) {
    if (low === 0x7f) continue
    const text = new TextDecoder('gbk').decode(new Uint8Array([high, low]))
    if (text.length === 1 && !GBK.has(text)) GBK.set(text, [high, low])
  }
}

function gbk(text) {
  return Buffer.from(Array.from(text).flatMap(c => (c.codePointAt(0) < 0x80 ? [c.codePointAt(0)] : GBK.get(c))))
}

// An identity number with its check digit.
function number(birth, order) {
  const seventeen = `421388${birth}${String(order).padStart(3, '0')}`
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  const sum = weights.reduce((sum, weight, at) => sum + weight * Number(seventeen[at]), 0)
  return seventeen + '10X98765432'[sum % 11]
}

const HOME = '曾都区西城街道草店子居委会（社区）'

// Columns: 序号, 老人, 公民证号, 性别, 出生日期, 户籍地, 电话, 居住状况.
function row(at, changes = {}) {
  const one = {
    name: '测试人',
    number: number('19480301', 100 + at),
    sex: (100 + at) % 2 ? '男' : '女',
    birth: '1948-03-01',
    home: HOME,
    phone: '13900000000',
    living: '独居',
    ...changes
  }
  return [at, one.name, one.number, one.sex, one.birth, one.home, one.phone, one.living].join(',')
}

const BAD = [
  { number: '4.21388E+17' },
  { number: '421388194803011000' },
  { number: `${number('19480301', 202).slice(0, 17)}${number('19480301', 202)[17] === '1' ? '2' : '1'}` },
  { number: '' },
  { name: '' },
  { birth: '2023-02-30' },
  { birth: '1950-01-01' },
  { home: '没有这个村' },
  { home: '' },
  { sex: '未说明' },
  { phone: '12345' },
  { living: '不知道' }
]

function list() {
  const good = Array.from({ length: 8 }, (_, at) => row(at + 1))
  const bad = BAD.map((changes, at) => row(at + 20, changes))
  return gbk(['西城街道老年人名册', '序号,老人,公民证号,性别,出生日期,户籍地,电话,居住状况', ...good, ...bad, ''].join('\r\n'))
}

async function reload(v, words, script) {
  const found = v.page.getByText(words).first()
  if (script) return found.waitFor({ timeout: 40_000 })
  for (let tries = 0; tries < 40 && (await found.count()) === 0; tries++) {
    await v.page.reload()
    await found.waitFor({ timeout: 1_000 }).catch(() => undefined)
  }
  return found.waitFor()
}

async function upload(v) {
  const { page } = v
  await v.signIn('李规划')
  await v.go('/intake/new')
  await page.getByRole('radio', { name: /^人员/ }).check()
  await page.getByLabel('文件').setInputFiles({ name: '西城名册.csv', mimeType: 'text/csv', buffer: list() })
  await page.getByRole('button', { name: '上传，下一步' }).click()
  await page.getByText('GBK 编码').waitFor()
}

async function journey(v, script) {
  const { page } = v
  await upload(v)
  if (script) await v.check('columns')
  // The line of the headings said otherwise and back: the file and what was typed stay.
  await page.getByLabel('名单来源').fill('西城街道6月名册')
  await page.getByLabel('表头在第几行').fill('3')
  await page.getByRole('button', { name: '按所选重新读' }).click()
  await page.getByText('表头在第 3 行').waitFor()
  assert.equal(await page.getByLabel('名单来源').inputValue(), '西城街道6月名册')
  await page.getByLabel('表头在第几行').fill('2')
  await page.getByRole('button', { name: '按所选重新读' }).click()
  await page.getByText('表头在第 2 行').waitFor()
  await page.getByLabel('老人', { exact: true }).selectOption({ label: '姓名（必需）' })
  // One column is missing: told, and nothing typed is lost.
  await page.getByRole('button', { name: '开始校验' }).click()
  await page.getByText('没有找到「身份证号」这一列').first().waitFor()
  assert.equal(await page.getByLabel('名单来源').inputValue(), '西城街道6月名册')
  await page.getByLabel('公民证号').selectOption({ label: '身份证号（必需）' })
  await page.getByRole('button', { name: '开始校验' }).click()
  await reload(v, '没有导入的原因', script)
  const tile = name => page.getByRole('group', { name: '校验结果' }).getByText(name).first()
  await tile('不能导入').waitFor()
  await page.getByRole('button', { name: '提交 8 人的变化' }).waitFor()
  await page.getByRole('heading', { name: '没有导入的原因' }).waitFor()
  assert.equal(await page.getByText(number('19480301', 101)).count(), 0, 'numbers are masked')
  if (script) await v.check('preview')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: '下载没有导入的 12 行' }).click()
  ])
  assert.match(download.suggestedFilename(), /未导入-西城名册\.csv/)
  const back = new TextDecoder('gbk').decode(await readFile(await download.path()))
  const lines = back.trim().split(/\r?\n/)
  assert.match(lines[0], /西城街道老年人名册/)
  assert.match(lines[1], /^序号,老人,公民证号,性别,出生日期,户籍地,电话,居住状况/)
  assert.equal(lines.length, 2 + BAD.length, back)
  BAD.forEach((_, at) => assert.match(lines[at + 2], new RegExp(`^${at + 20},`)))
  await page.getByRole('button', { name: '提交 8 人的变化' }).click()
  await reload(v, '已完成', script)
  if (script) await v.check('done')
  await page.getByRole('button', { name: '撤销整批' }).click()
  if (script) await page.getByRole('dialog').getByRole('button', { name: /确定|撤销/ }).click()
  await reload(v, '已撤销', script)
  await v.go('/intake')
  await page.getByRole('link', { name: /西城街道6月名册/ }).waitFor()
}

// Rows B01, B14; issue 5.1, 5.8: the whole way.
test('a list goes in, its bad rows come back, and it is taken back', { timeout: 180_000 }, t =>
  visitFresh(t, {}, async v => {
    v.expects(422)
    await journey(v, true)
  }))

// Invariant 14: the same on a phone without script.
test('the same without script on a phone', { timeout: 180_000 }, t =>
  visitFresh(t, { script: false, size: 'phone' }, async v => {
    v.expects(422)
    await journey(v, false)
  }))

// Invariant 14: the pages are clean in three sizes.
test('the pages of imports', { timeout: 120_000 }, t =>
  visitAll(t, async v => {
    await upload(v)
    await v.check('columns')
    for (const path of ['/intake', '/intake/new', '/desk/jobs']) {
      await v.go(path)
      await v.heading().waitFor()
      await v.check(path.replaceAll(/[^\w]+/g, '-'))
    }
  }))

// Row M03; issue 5.8: a form that was left open until the session ended asks for a new sign-in, and leads back to the
// import, whose file is still there.
test('a stale form after sign-out loses no file', { timeout: 90_000 }, t =>
  visitFresh(t, {}, async v => {
    v.expects(401, 403, 422)
    const { page } = v
    await upload(v)
    const here = page.url()
    await page.getByLabel('名单来源').fill('来源')
    await v.context.clearCookies()
    await page.getByRole('button', { name: '开始校验' }).click()
    await v.heading('请重新登录').waitFor()
    await page.getByRole('link', { name: '去登录' }).click()
    await page.waitForURL(url => url.pathname === '/sign-in')
    await page.getByRole('button', { name: '李规划' }).click()
    await page.waitForURL(url => url.pathname !== '/sign-in' && url.pathname !== '/demo/sign-in')
    await page.goto(here)
    await page.getByText('每一列是什么').waitFor()
    await page.getByText('GBK 编码').waitFor()
  }))
