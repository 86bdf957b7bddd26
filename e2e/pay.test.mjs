// 发放批次: a month from its doubts to the bank and back, with what came back sent again; the book balances.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { journeys } from './lib/journey.mjs'

const { visitFresh } = journeys()
const limit = { timeout: 240_000 }

// A number nobody has, with the check digit cards have.
function card(body) {
  for (let digit = 0; digit < 10; digit++) {
    let sum = 0
    for (const [at, sign] of [...`${body}${digit}`].reverse().entries()) {
      const twice = Number(sign) * (at % 2 === 1 ? 2 : 1)
      sum += twice > 9 ? twice - 9 : twice
    }
    if (sum % 10 === 0) return `${body}${digit}`
  }
  throw new Error('no check digit')
}

async function sign(v, who, run, words) {
  await v.signIn(who)
  await v.go(run)
  await v.page.getByRole('button', { name: words }).click()
  await v.page.waitForLoadState()
}

// Every doubt one by one: without a card it waits for the next month, an account in the handler's own name is for a
// colleague to look at, everything else is paid.
async function settle(v, run) {
  for (let tries = 0; tries < 200; tries++) {
    await v.go(`${run}?tab=doubts`)
    const row = v.page.getByRole('row').filter({ has: v.page.getByRole('button', { name: '照发' }) }).first()
    if ((await row.count()) === 0) return
    const says = (await row.textContent()) ?? ''
    const hold = /没有登记收款卡号/.test(says)
    if (/经办人本人账户/.test(says)) {
      await v.signIn('李复核')
      await v.go(`${run}?tab=doubts`)
      const hers = v.page.getByRole('row').filter({ hasText: '经办人本人账户' }).first()
      await hers.getByRole('textbox').fill('本人到场核对，账户确是老人的，与经办人同名')
      await hers.getByRole('button', { name: '照发' }).click()
      await v.page.waitForLoadState()
      await v.signIn('王建国')
      continue
    }
    await row.getByRole('textbox').fill(hold ? '卡号在补登' : '已电话核实')
    await row.getByRole('button', { name: hold ? '本月不发' : '照发' }).click()
    await v.page.waitForLoadState()
  }
  assert.fail('doubts do not come to an end')
}

// The file as the bank gets it, in bytes.
async function file(v, run) {
  await v.go(`${run}?tab=files`)
  const [download] = await Promise.all([
    v.page.waitForEvent('download'),
    v.page.getByRole('link', { name: '报盘文件' }).click()
  ])
  return (await readFile(await download.path())).toString('latin1').split(/\r?\n/).filter(line => line !== '')
}

// What the bank answers: everybody is paid but the `failed` first.
function answer(lines, failed) {
  const rows = lines.slice(1, -1).map((line, at) => {
    const [no, , , account, fen] = line.split('|')
    return [no, account, fen, at < failed ? '1003' : '0000', ''].join('|')
  })
  return [lines[0], ...rows, lines.at(-1)]
}

async function upload(v, run, lines) {
  await v.go(run)
  const buffer = Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1')
  await v.page.setInputFiles('#answer', { name: '回盘.txt', mimeType: 'text/plain', buffer })
  await v.page.getByRole('button', { name: '上传回盘' }).click()
  await v.page.waitForLoadState()
}

// From the handler's table to the bank; gives the rows of the file.
async function approve(v, run) {
  await sign(v, '王建国', run, '比对完成，提交复核')
  await v.text('待复核').first().waitFor()
  await sign(v, '李复核', run, '复核通过')
  await v.text('待分管领导审批').first().waitFor()
  await sign(v, '周县长', run, '同意，送财政审核')
  await v.text('待财政审核').first().waitFor()
  await sign(v, '卫财政', run, '审核通过')
  await v.text('待报盘').first().waitFor()
  await v.page.getByRole('button', { name: '生成报盘文件' }).click()
  await v.text('待回盘').first().waitFor()
  return file(v, run)
}

async function month(v) {
  v.expects(422)
  await v.signIn('王建国')
  await v.go('/payments')
  if (v.script) await v.check('runs')
  await v.page.getByRole('row').filter({ hasText: '比对中' }).filter({ hasText: '高龄津贴' }).getByRole('link', { name: /^办理/ }).click()
  await v.text('算到分，平').waitFor()
  const run = new URL(v.page.url()).pathname
  if (v.script) await v.check('run')
  await v.go(`${run}?tab=doubts`)
  if (v.script) await v.check('doubts')
  await v.page.getByRole('button', { name: '照发' }).first().click()
  await v.text('核实疑点要写核实情况').first().waitFor()
  await settle(v, run)
  const sent = await approve(v, run)
  assert.match(sent[0], /^H\|GLJT-421321-\d{6}-1\|/)
  // The bank: a doubled row is refused whole and named; then the right one.
  await v.signIn('蒋代发')
  const good = answer(sent, 1)
  await upload(v, run, [good[0], good[1], ...good.slice(1)])
  await v.text('在文件里出现了不止一次').first().waitFor()
  await upload(v, run, good)
  await v.text('待结账').first().waitFor()
  // What came back: another card, and sent again.
  await v.signIn('王建国')
  await v.go('/payments/returned')
  if (v.script) await v.check('returned')
  const rows = v.page.getByRole('row').filter({ has: v.page.locator(`a[href="${run}"]`) })
  const listed = (await rows.count()) > 0
  const account = v.page.locator('a[href$="/account"]')
  const hrefs = await account.evaluateAll(all => all.map(one => one.getAttribute('href')))
  assert.ok(hrefs.length > 0 || listed, 'somebody came back')
  for (const [at, href] of hrefs.entries()) {
    await v.go(href)
    if (v.script && at === 0) await v.check('account')
    await v.page.getByLabel('卡号（账号）').fill(card(`9999998888${String(at).padStart(8, '0')}`))
    await v.page.getByLabel('开户行').fill('演示农村商业银行')
    await v.page.getByRole('radio', { name: '本人或监护人确认' }).check()
    await v.page.getByRole('button', { name: '登记' }).click()
    await v.page.waitForLoadState()
  }
  await v.go(run)
  await v.page.getByRole('button', { name: '换卡的重新发放' }).click()
  await v.page.waitForURL(url => url.pathname !== run && url.pathname.startsWith('/payments/'))
  const second = new URL(v.page.url()).pathname
  await settle(v, second)
  const again = await approve(v, second)
  assert.equal(again.length, 3, 'one row between head and tail')
  await v.signIn('蒋代发')
  await upload(v, second, answer(again, 0))
  await v.text('待结账').first().waitFor()
  for (const path of [second, run]) {
    await sign(v, '王建国', path, '结账')
    await v.text('已结账').first().waitFor()
  }
  await v.signIn('卫财政')
  await v.go('/ledger')
  await v.text('平', { exact: true }).first().waitFor()
  assert.equal(await v.text('账与明细不一致').count(), 0)
  if (v.script) {
    await v.check('ledger')
    for (const path of ['/payments/budgets', '/payments/terms', '/recoveries']) {
      await v.go(path)
      await v.check(path)
    }
    await v.signIn('张敏')
    for (const path of ['/grants', '/proofs?tab=all']) {
      await v.go(path)
      await v.check(path)
    }
    await v.page.getByRole('link', { name: /^认证/ }).first().click()
    await v.heading(/^资格认证 · /).waitFor()
    await v.check('proof')
  }
}

// Row C03; invariants 6, 14: a month on the handler's desktop.
test('a month is approved, sent, answered and closed', limit, t => visitFresh(t, {}, month))

// Invariant 14: the same on a telephone without script.
test('the same without script on a phone', limit, t => visitFresh(t, { script: false, size: 'phone' }, month))
