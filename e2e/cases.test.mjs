// 申请审批: a family applies in big text, a town accepts and checks, what is posted is masked; a county decides a case
// whose publicity is over and the grant is there. Every page is clean in three sizes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { journeys } from './lib/journey.mjs'

const { visitAll, visitFresh } = journeys()

const as = async (v, name) => {
  await v.context.clearCookies()
  await v.signIn(name)
}

// Rows C05, C33; invariant 14: every page is clean in three sizes.
test('the pages of cases', { timeout: 240_000 }, t =>
  visitAll(t, async v => {
    const { page } = v
    const look = async (path, what) => {
      await v.go(path)
      await v.heading().waitFor()
      await v.check(what)
    }
    await look('/guides', 'guides')
    await look('/guides/severe_disability_nursing', 'guide')
    await v.signIn('张敏')
    for (const path of ['/cases', '/cases?box=all', '/publicity']) await look(path, path.replaceAll(/[^\w]+/g, '-'))
    await v.go('/cases?box=all')
    await look(await page.locator('#list tbody .cell-main a').first().getAttribute('href'), 'case')
    await as(v, '王建国')
    for (const path of ['/cases', '/cases/free', '/ratings']) await look(path, path.replaceAll(/[^\w]+/g, '-county-'))
    await as(v, '王家属')
    await look('/apply', 'apply')
  }))

// Rows C05, C33; invariant 11: applied for in big text, accepted, checked, posted with a masked name.
test('a family applies and follows', { timeout: 150_000 }, t =>
  visitFresh(t, { size: 'big' }, async v => {
    const { page } = v
    v.expects(422)
    await v.signIn('王家属')
    await v.go('/apply')
    await page.getByText('无需申请').first().waitFor()
    await page.getByRole('button', { name: '等不及，自己申请高龄津贴' }).click()
    await page.getByLabel('联系电话').fill('13800000000')
    await page.getByRole('button', { name: '下一步' }).click()
    await page.getByText('请填代办人姓名').first().waitFor()
    assert.equal(await page.getByLabel('联系电话').inputValue(), '13800000000')
    await page.getByLabel('代办人姓名和与本人的关系').fill('王家属，女儿')
    await page.getByRole('button', { name: '下一步' }).click()
    await page.getByText('不用带').first().waitFor()
    await page.getByLabel('社会保障卡').check()
    await v.check('evidence')
    await page.getByRole('button', { name: '下一步' }).click()
    await page.getByRole('button', { name: '提交申请' }).click()
    await page.getByText('待受理').first().waitFor()
    const here = new URL(page.url()).pathname

    await as(v, '张敏')
    await v.go(here)
    await page.getByRole('button', { name: '受理', exact: true }).click()
    await page.getByText('审核中').first().waitFor()
    await page.getByRole('button', { name: '乡镇审核：通过' }).click()
    await page.getByText('公示中').first().waitFor()
    await v.go('/publicity')
    await page.getByText(/\*/).first().waitFor()

    await as(v, '王家属')
    await v.go(here)
    await page.getByText('乡镇审核通过').waitFor()
  }))

// Rows C33; invariants 6 and 11: a decision is a grant at once, with its reasons.
test('a county decides and the grant is there', { timeout: 150_000 }, t =>
  visitFresh(t, {}, async v => {
    const { page } = v
    await v.signIn('王建国')
    await v.go('/cases?box=mine')
    await page.locator('#list tbody .cell-main a').first().click()
    await page.getByRole('button', { name: '批准', exact: true }).click()
    const sure = page.getByRole('dialog').getByRole('button', { name: '批准' })
    await sure.click()
    await page.getByText('已批准').first().waitFor()
    await page.getByRole('link', { name: '看台账' }).click()
    await page.getByText('决定时的依据').waitFor()
    await page.locator('main').getByText('在享', { exact: true }).first().waitFor()
  }))
