// 消费券和赡养督促: given out in the demo's month, taken by an institution, taken back, settled; a duty is followed up.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { journeys } from './lib/journey.mjs'

const { visitAll, visitFresh } = journeys()

const as = async (v, name) => {
  await v.context.clearCookies()
  await v.signIn(name)
}

// Row C28; invariant 14: every page is clean in three sizes.
test('the pages of vouchers', { timeout: 240_000 }, t =>
  visitAll(t, async v => {
    const look = async (path, what) => {
      await v.go(path)
      await v.heading().waitFor()
      await v.check(what)
    }
    await v.signIn('王建国')
    await look('/vouchers', 'vouchers')
    await look('/vouchers/uses', 'voucher-uses')
    await look('/vouchers/places', 'voucher-places')
    await look('/vouchers/settlements', 'voucher-settlements')
    await as(v, '秦服务')
    await look('/vouchers/take', 'voucher-take')
  }))

// Row C28; invariants 6, 10: an institution takes a voucher on the telephone, takes it back, and is paid.
test('an institution takes a voucher and is paid', { timeout: 180_000 }, t =>
  visitFresh(t, { size: 'phone' }, async v => {
    const { page } = v
    v.expects(422)
    await v.signIn('王建国')
    await v.go('/vouchers/uses')
    await page.locator('#list td[data-label="持券人"] a').first().click()
    await page.getByRole('link', { name: '打印券' }).first().click()
    await page.getByText('元（共').waitFor()
    await v.check('voucher-slip')
    const code = /\d{4} \d{4} \d{4} \d{4}/.exec(await page.locator('main').innerText())[0]
    await as(v, '秦服务')
    await v.go('/vouchers/take')
    await page.getByLabel('券号').fill(code.replace(/\d$/, d => String((Number(d) + 1) % 10)))
    await page.getByRole('radio', { name: '幸福食堂就餐' }).check()
    await page.getByLabel('账单金额').fill('21')
    await page.getByRole('button', { name: '下一步：核对' }).click()
    await page.getByText('有一位不对').first().waitFor()
    assert.equal(await page.getByLabel('账单金额').inputValue(), '21')
    await page.getByLabel('券号').fill(code)
    await page.getByRole('button', { name: '下一步：核对' }).click()
    await page.getByRole('heading', { name: '核对以后确认' }).waitFor()
    await v.check('voucher-confirm')
    await page.getByRole('button', { name: '确认核销' }).click()
    await page.getByText('券付 10.50 元').first().waitFor()
    const last = page.getByRole('row').filter({ hasText: '21.00' }).first()
    await last.locator('summary').click()
    await last.getByRole('textbox').fill('金额输错')
    await last.getByRole('button', { name: '撤销' }).click()
    await page.getByText('已撤销，金额退回券上').first().waitFor()
    await as(v, '王建国')
    await v.go('/vouchers/settlements')
    assert.equal(await page.getByLabel('结到').locator('option').first().textContent(), '2025年6月')
    await page.getByRole('button', { name: '制结算单' }).click()
    await page.getByText('待财政付款').first().waitFor()
    await as(v, '卫财政')
    await v.go('/vouchers/settlements')
    await page.getByRole('button', { name: '已付款' }).first().click()
    await page.getByText('付款要写凭证号').first().waitFor()
    await page.getByPlaceholder('付款凭证号（必填）').first().fill('2025-06-付-1')
    await page.getByRole('button', { name: '已付款' }).first().click()
    await page.getByText('已登记付款').first().waitFor()
    await v.go('/ledger')
    await page.getByText('未用消费券').first().waitFor()
    assert.equal(await page.getByText('账与明细不一致').count(), 0)
  }))

// Row B16; invariants 11, 14: somebody who owes support is urged, in big text.
test('a duty is followed up', { timeout: 120_000 }, t =>
  visitFresh(t, { size: 'big' }, async v => {
    const { page } = v
    v.expects(422)
    await v.signIn('张敏')
    await v.go('/people')
    await page.locator('#list td a').first().click()
    await page.getByRole('link', { name: '家庭与监护人' }).click()
    await page.getByRole('link', { name: /开始督促/ }).click()
    await page.getByRole('button', { name: '登记' }).waitFor()
    await v.check('duty-new')
    await page.getByRole('button', { name: '登记' }).click()
    await page.getByText('请写明情况').first().waitFor()
    await page.getByRole('textbox', { name: '情况' }).fill('三个儿子都在外地，两年没有人回来')
    await page.getByLabel('责任人姓名').fill('何大强')
    await page.getByLabel('与本人关系').fill('儿子')
    await page.getByRole('radio', { name: '有能力，没有履行' }).check()
    await page.getByRole('button', { name: '登记' }).click()
    await page.getByText('三个儿子都在外地').waitFor()
    await v.check('duty')
    await page.getByLabel('做了什么').selectOption({ label: '电话提醒' })
    await page.getByRole('radio', { name: '答应履行' }).check()
    await page.getByRole('button', { name: '记下' }).click()
    await page.getByText('电话提醒：答应履行').waitFor()
    await page.getByRole('link', { name: '督促告知书' }).click()
    await page.getByText('第十四条').waitFor()
    await v.check('duty-letter')
    await v.go('/duties')
    await v.check('duties')
  }))
