// 服务清单: a county's list made, raised and published by a second person; one change asked about the next years; an example added.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { journeys, limit } from './lib/journey.mjs'

const { visit, visitAll, visitFresh } = journeys()

async function until(page, text, tries = 40) {
  for (let at = 0; at < tries; at += 1) {
    if (await page.getByText(text).first().isVisible().catch(() => false)) return
    await page.waitForTimeout(1000)
    await page.reload()
  }
  throw new Error(`${text} did not come`)
}

// Rows C02, C03; invariants 6, 10 and 14: 高龄津贴 from 75, next year by county: asked, shown, exported.
test('what one change would cost', { timeout: 180_000 }, t =>
  visitAll(t, async v => {
    const { page } = v
    v.expects(422)
    await v.signIn('李规划')
    await v.go('/trials')
    await page.getByRole('link', { name: '改一处试算' }).first().click()
    await page.getByLabel('哪一项').selectOption('3')
    await page.getByLabel('改一个条件').check()
    await page.getByRole('button', { name: '下一步' }).click()
    await page.getByLabel('改“80周岁及以上”').check()
    await page.getByLabel('条件怎么说').fill('75周岁及以上')
    await page.getByLabel('条件表达式').fill('ages >= 75')
    await page.getByRole('button', { name: '开始测算' }).click()
    await page.getByText('事实词典里没有 ages').first().waitFor()
    assert.equal(await page.getByLabel('条件怎么说').inputValue(), '75周岁及以上')
    await v.check('what-if-form')
    await page.getByLabel('条件表达式').fill('age >= 75')
    await page.getByRole('button', { name: '开始测算' }).click()
    await until(page, '按行政区划')
    await page.getByText('曾都区').first().waitFor()
    await page.getByText('2026年').first().waitFor()
    await v.check('what-if')
    const href = await page.getByRole('link', { name: '导出 Excel' }).getAttribute('href')
    const book = await v.context.request.get(`${v.city.base}${href}`)
    assert.equal(book.status(), 200)
    assert.match(book.headers()['content-type'], /spreadsheetml/)
  }))

// Rows C01, C02; invariants 4 and 14: a county's list below the city's standard is refused by name; raised, it is published by another.
test('a county list is published by a second person', { timeout: 240_000 }, t =>
  visitFresh(t, {}, async v => {
    const { page } = v
    await v.signIn('李规划')
    await v.go('/list/versions')
    await page.getByRole('link', { name: '建县级版' }).click()
    await page.getByLabel('哪个县（市、区）或管委会').selectOption({ label: '随县' })
    await page.getByRole('button', { name: '建草稿' }).click()
    await page.getByText('随县：与市级清单对照').first().waitFor()
    await v.check('county-draft')
    const raise = async yuan => {
      await page.getByRole('link', { name: '参数表' }).first().click()
      await page.getByRole('link', { name: '修改养老服务补贴' }).click()
      await page.getByLabel('改为').fill(yuan)
      await page.getByRole('button', { name: '保存到草稿' }).click()
    }
    await raise('90')
    await page.getByText('低于市级标准').first().waitFor()
    await v.check('county-below')
    await raise('150')
    await page.getByText('标准提高').first().waitFor()
    await page.getByRole('button', { name: '提请发布' }).click()
    await page.getByText(/已提请发布/).first().waitFor()
    await page.getByRole('button', { name: '先测算' }).click()
    await until(page, '按行政区划')
    const draft = await page.evaluate(() => document.referrer)
    assert.ok(draft)
    await page.context().clearCookies()
    await v.signIn('陈审定')
    await v.go('/list/versions')
    await page.getByRole('link', { name: '随县基本养老服务清单' }).first().click()
    await page.getByRole('button', { name: '批准发布' }).click()
    await page.getByRole('dialog').getByRole('button', { name: /确定|批准|发布/ }).click()
    await page.getByText(/已发布/).first().waitFor()
    await v.go('/list')
    await page.getByText(/高于市级/).first().waitFor()
    await v.check('list-bar')
    await v.go('/list/public?county=421321')
    await page.getByText('随县基本养老服务清单').first().waitFor()
    await v.check('county-public')
  }))

// Rows C01, C03; invariant 14: an example is added on the web; the history of the list; a list as of a day.
test('an example, the history and a list of the past', limit, t =>
  visit(t, {}, async v => {
    const { page } = v
    await v.signIn('李规划')
    await v.go('/list/cases/new?no=3')
    await page.getByLabel('样例怎么说').fill('刚满80周岁的本市户籍老人')
    await page.getByLabel('户籍地').selectOption({ label: '曾都区' })
    await v.check('case')
    await v.go('/list/public/history')
    await page.getByText('第一份').first().waitFor()
    await v.check('history')
    await v.go('/list/as-of?no=17')
    await page.getByLabel('按哪一天').first().fill('2025-03-01')
    await page.getByRole('button', { name: '开始' }).click()
    await until(page, '导出名单')
    await v.check('as-of')
  }))
