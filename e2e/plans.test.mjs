// 规划任务: reading, conflicts, editing, publishing, printing the plans of four places.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { journeys, limit } from './lib/journey.mjs'

const { visit, visitAll, visitFresh } = journeys()

// Rows A01, A02, A04–A07, A21–A53, M02; invariant 14: every page of the plans is clean in three sizes.
test('the pages of the plans', { timeout: 180_000 }, t =>
  visitAll(t, async v => {
    await v.signIn('冯发改')
    for (const path of ['indicators', 'tasks', 'capacity', 'standards', 'findings', 'compare', 'documents', 'changes']) {
      await v.go(`/plan/${path}`)
      await v.heading().waitFor()
      await v.check(path)
    }
    for (const path of [
      '/plan/rows/a_t2_10',
      '/plan/rows/a_t2_05/edit',
      '/plan/new?kind=indicator',
      '/plan/findings/addition%3Achildcare_places%3A2025',
      '/plan/compare?mode=documents&place=suizhou',
      '/plan/tasks?year=2024',
      '/plan/indicators?place=shaoyang',
      '/plan/findings?place=xianning',
      '/plan/standards?place=chongxin',
      '/plan/import'
    ]) {
      await v.go(path)
      await v.heading().waitFor()
      await v.check(path)
    }
  }))

// Rows A01, A02, A06, A21; invariants 2 and 14: a planner reads a target, opens its quote, finds a conflict,
// acknowledges it, edits a row, sees what changes; a second person publishes; the plan is printed.
test('from a target to a published change', { timeout: 180_000 }, t =>
  visitFresh(t, {}, async v => {
    const { page } = v
    v.expects(422)
    await v.signIn('冯发改')
    await v.go('/plan/indicators')
    await page.getByRole('link', { name: '每千名老年人养老床位数' }).first().click()
    await page.getByText('每千名老年人养老床位数|40.3|45').first().waitFor()

    // The conflict of another row, with both places, is acknowledged with a reason.
    await v.go('/plan/findings/addition%3Achildcare_centres%3A2025')
    await page.getByText('109').first().waitFor()
    await page.getByText('180').first().waitFor()
    await page.getByRole('button', { name: '确认' }).click()
    await page.getByText('填写').first().waitFor()
    await page.getByLabel('原因').or(page.getByLabel('理由')).first().fill('新建与改建口径待市卫健委明确')
    await page.getByRole('button', { name: '确认' }).click()
    await page.getByText('新建与改建口径待市卫健委明确').first().waitFor()
    await v.check('acknowledged')

    // A row gets the department that the document forgot.
    await v.go('/plan/rows/a_t2_05/edit')
    await page.getByLabel('责任单位').fill('市民政局')
    await page.getByRole('textbox', { name: '改动说明' }).fill('补上责任单位')
    await page.getByRole('button', { name: '存为草稿' }).click()
    await page.getByText('草稿').first().waitFor()
    await v.go('/plan/changes?draft=1')
    await page.getByText('市民政局').first().waitFor()
    await page.getByText('补上责任单位').first().waitFor()
    assert.equal(await page.getByRole('button', { name: '批准发布' }).count(), 0, 'not by who wrote it')
    await v.check('changes')
    await v.go('/plan/rows/a_t2_05')
    assert.equal(await page.getByText('文件没有写').count(), 1, 'not published yet')

    await page.context().clearCookies()
    await v.signIn('陈审定')
    await v.go('/plan/changes?draft=1')
    await page.getByRole('button', { name: '批准发布' }).click()
    await page.getByRole('dialog').getByRole('button', { name: /确定|批准|发布/ }).click()
    await page.getByText(/已发布/).first().waitFor()
    await v.go('/plan/rows/a_t2_05')
    await page.getByText('市民政局').first().waitFor()

    await v.go('/plan/print')
    await v.heading().waitFor()
    await v.check('print')
    const paper = await page.pdf({ format: 'A4' })
    assert.ok(paper.length > 50_000, `${paper.length} bytes`)
  }))

// Row M03; invariant 14: without scripts the same pages read and save.
test('a plan without scripts', limit, t =>
  visit(t, { script: false, size: 'phone' }, async v => {
    const { page } = v
    await v.signIn('冯发改')
    await v.go('/plan/indicators?domain=托育')
    await page.getByRole('link', { name: '每千人口托位数' }).first().click()
    await v.heading('每千人口托位数').waitFor()
    await page.getByText('4.50').first().waitFor()
  }))
