// 督办通报: a county reports a month with evidence, the city sends it back and accepts it; a red part gets a 督办单, it
// is answered and closed; every page is clean in three sizes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { journeys } from './lib/journey.mjs'

const { visit, visitAll, visitFresh } = journeys()
const LEDGER = { name: '台账.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 台账') }

const as = async (v, name) => {
  await v.context.clearCookies()
  await v.signIn(name)
}

// Rows A06, A07, A14, A16; invariant 14: every page is clean in three sizes.
test('the pages of the task loop', { timeout: 240_000 }, t =>
  visitAll(t, async v => {
    const { page } = v
    const look = async (path, what) => {
      await v.go(path)
      await v.heading().waitFor()
      await v.check(what)
    }
    await v.signIn('李规划')
    for (const path of [
      '/tasks',
      '/tasks?colour=red',
      '/tasks/take?year=2024',
      '/tasks/review',
      '/tasks/items/new',
      '/tasks/letters',
      '/tasks/letters/new?measure=day_care_coverage',
      '/tasks/bulletins',
      '/tasks/bulletins/2025-05'
    ]) {
      await look(path, path.replaceAll(/[^\w]+/g, '-'))
    }
    await v.go('/tasks?year=2025')
    const item = await page.getByRole('link', { name: '特殊困难老年人居家适老化改造' }).getAttribute('href')
    await look(item, 'item')
    await look(`${item}/split`, 'split')
    await v.go('/tasks/letters')
    await look(await page.locator('#list tbody a').first().getAttribute('href'), 'letter')
    await as(v, '王建国')
    await look('/tasks/mine', 'mine')
    await page.locator('#list tbody .cell-actions a').first().click()
    await v.heading().waitFor()
    await v.check('report')
  }))

// Row A06; invariants 10, 11: reported with a file, sent back with a reason, reported again, accepted; the colour follows.
test('a month is reported, sent back and accepted', { timeout: 150_000 }, t =>
  visitFresh(t, {}, async v => {
    const { page } = v
    v.expects(422)
    await v.signIn('王建国')
    await page.getByRole('link', { name: /本月进展未报/ }).click()
    const title = '特殊困难老年人居家适老化改造'
    await page.getByRole('link', { name: `报6月：${title}（随县）` }).click()
    await page.getByLabel('老年人家庭适老化改造户数').fill('许多')
    await page.getByLabel('进展情况').fill('已完成全部改造，逐户验收')
    await page.getByLabel('佐证文件').setInputFiles(LEDGER)
    await page.getByRole('button', { name: '报送' }).click()
    await page.getByText('不是数字').first().waitFor()
    assert.equal(await page.getByLabel('进展情况').inputValue(), '已完成全部改造，逐户验收')
    await page.getByRole('link', { name: /佐证-随县-2025-06/ }).waitFor()
    await page.getByLabel('老年人家庭适老化改造户数').fill('180')
    await page.getByRole('button', { name: '报送' }).click()
    await page.getByText('已报送，等牵头单位核定').waitFor()
    const here = new URL(page.url()).pathname

    await as(v, '李规划')
    await v.go('/tasks/review')
    await page.getByRole('link', { name: new RegExp(`^核定：${title}`) }).click()
    await page.getByRole('button', { name: '退回' }).click()
    await page.getByText('请写明退回的原因').waitFor()
    await page.getByLabel('意见').fill('请附分乡镇台账')
    await page.getByRole('button', { name: '退回' }).click()
    await page.getByText('已退回').first().waitFor()

    await as(v, '王建国')
    await v.go(here)
    await page.getByText('请附分乡镇台账').first().waitFor()
    await page.getByLabel('进展情况').fill('已附分乡镇台账')
    await page.getByRole('button', { name: '报送' }).click()
    await page.getByText('已报送').first().waitFor()

    await as(v, '李规划')
    await v.go(here)
    await page.getByRole('button', { name: '核定' }).click()
    await page.getByText('已核定，计入进度').waitFor()
    await page.getByRole('link', { name: '看事项' }).click()
    const row = page.getByRole('row', { name: /随县/ }).first()
    await row.getByText('完成').waitFor()
    await page.getByText('核定随县2025年6月进展').waitFor()
  }))

// Rows A06, A14: a red part, a 督办单 with number and deadline, the reply, the closing; from the dashboard too.
test('a red part is driven to an end', { timeout: 150_000 }, t =>
  visitFresh(t, {}, async v => {
    const { page } = v
    await v.signIn('李规划')
    await v.go('/tasks?colour=red&year=2025')
    await page.locator('#list tbody a').first().click()
    await page.getByRole('link', { name: '督办：随县' }).click()
    await page.getByText('单上写的事实').waitFor()
    await page.getByRole('button', { name: '发出督办单' }).click()
    await page.getByText('督 办 单').waitFor()
    await page.getByText('〔2025〕督 3 号').first().waitFor()
    const here = new URL(page.url()).pathname

    await as(v, '王建国')
    await page.getByRole('link', { name: /督办未回/ }).click()
    await v.go(here)
    await page.getByLabel('答复', { exact: false }).first().fill('资金已到位，7月底前完成一半')
    await page.getByRole('button', { name: '提交答复' }).click()
    await page.getByText('已答复，等签发单位销号').waitFor()

    await as(v, '李规划')
    await v.go(here)
    await page.getByLabel('意见').fill('措施落实')
    await page.getByRole('button', { name: '销号' }).click()
    await page.getByText('已销号').first().waitFor()
  }))
