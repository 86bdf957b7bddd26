// 驾驶舱 and 填报: every page clean in three sizes; a leader goes from a red light to the plan's own words; an
// office reports a value and corrects it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { journeys } from './lib/journey.mjs'

const { visit, visitAll, visitFresh } = journeys()

// Rows A03, A07, A22–A52; invariant 14: every page is clean in three sizes.
test('the pages of figures', { timeout: 180_000 }, t =>
  visitAll(t, async v => {
    await v.signIn('李规划')
    for (const path of [
      '/dashboard',
      '/dashboard?half=young',
      '/dashboard?day=2026-01-01',
      '/dashboard?screen=1',
      '/dashboard?area=E:421321000000',
      '/dashboard/drill?figure=elders_60',
      '/dashboard/drill?figure=owed&tree=bodies',
      '/dashboard/map',
      '/dashboard/money',
      '/dashboard/safety',
      '/dashboard/tasks?year=2024',
      '/dashboard/nursing_bed_share',
      '/dashboard/home_adaptation',
      '/dashboard/elders_60',
      '/reports',
      '/reports/nursing_bed_share'
    ]) {
      await v.go(path)
      await v.heading().waitFor()
      await v.check(path.replaceAll(/[^\w]+/g, '-'))
    }
  }))

// Rows A03, A21; product.md 42: from a red light to its figure to the quote in the plan, without a name of anybody.
test('from a red light to the quote', { timeout: 90_000 }, t =>
  visit(t, {}, async v => {
    const { page } = v
    await v.signIn('刘市长')
    await v.go('/dashboard')
    const list = page.locator('.dash-red')
    assert.ok((await list.locator('tbody tr').count()) <= 10)
    const first = list.locator('tbody tr').first().getByRole('link').first()
    const name = await first.textContent()
    await first.click()
    await v.heading(name).waitFor()
    await page.getByText('红黄绿灯怎么定').click()
    await page.getByText('应到进度：').waitFor()
    await page.locator('a[href^="/plan/rows/"]').first().click()
    await page.getByText('原文').first().waitFor()
    assert.match(page.url(), /\/plan\/rows\//)
    await v.go('/dashboard?screen=1')
    assert.equal(await page.getByRole('navigation', { name: '主菜单' }).count(), 0)
  }))

// Row A03; invariant 5: what is typed survives a mistake; a correction keeps what it replaces.
test('a value is reported and corrected', { timeout: 120_000 }, t =>
  visitFresh(t, { script: false, size: 'phone' }, async v => {
    const { page } = v
    v.expects(422)
    await v.signIn('吴卫健')
    await v.go('/reports?domain=托育')
    await page.getByRole('link', { name: '填报普惠性托位占比' }).click()
    await page.getByRole('textbox', { name: '数值' }).fill('120')
    await page.getByRole('textbox', { name: '来源' }).fill('托育备案台账')
    await page.getByRole('button', { name: '填报' }).click()
    await page.getByText('不可能大于 100%').first().waitFor()
    assert.equal(await page.getByRole('textbox', { name: '来源' }).inputValue(), '托育备案台账')
    await page.getByRole('textbox', { name: '数值' }).fill('71.5')
    await page.getByRole('button', { name: '填报' }).click()
    await page.getByText('已更正').first().waitFor()
    await page.getByText('71.5').first().waitFor()
    await v.go('/dashboard/inclusive_place_share')
    await page.getByText('托育备案台账').first().waitFor()
  }))

// Rows A03, A20, C01; product.md 42: from the dashboard to its red light's letter, and from a count down to the people.
test('from the dashboard to the records', { timeout: 120_000 }, t =>
  visit(t, {}, async v => {
    const { page } = v
    await v.signIn('李规划')
    await v.go('/dashboard')
    await page.getByRole('link', { name: /^督办：/ }).first().click()
    await page.getByRole('button', { name: '发出督办单' }).waitFor()
    await v.go('/dashboard')
    await page.getByRole('link', { name: '60岁以上常住老人', exact: true }).click()
    await page.getByRole('link', { name: '逐级看' }).click()
    for (let level = 0; level < 2; level += 1) {
      await page.locator('.dash-drill tbody a[href^="/dashboard/drill"]').first().click()
      await page.getByText('合计 = 各行之和').waitFor()
    }
    await page.getByRole('link', { name: /名单$/ }).last().click()
    await v.heading('老年人').waitFor()
    assert.match(page.url(), /basis=residence/)
  }))
