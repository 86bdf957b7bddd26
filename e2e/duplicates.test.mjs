// Two files of one person: warned before saving, reviewed side by side, merged, taken apart again.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { journeys, limit } from './lib/journey.mjs'

const { visitFresh } = journeys({ secrets: ['周桂香', '周桂湘'] })

// Rows B01, B02: whoever registers somebody who is there is warned; who says it is another person is believed, and a
// reviewer makes them one, and two again.
test('a near duplicate is warned of, merged and taken apart', limit, async t => {
  await visitFresh(t, {}, async v => {
    v.expects(422)
    await v.signIn('王建国')
    await compared(v, '双胞胎', '周桂香')
    await v.findPeople('周桂香')
    await v.page.getByRole('link', { name: '周桂香' }).first().click()
    await v.heading('周桂香').waitFor()
    await v.page.getByRole('link', { name: '核对' }).first().waitFor()
    await v.check('person')
    await v.go('/duplicates')
    await v.heading('疑似重复').waitFor()
    await v.page.getByText('双胞胎').first().waitFor()
    await v.check('queue')
    await v.page.getByRole('link', { name: /核对周桂香/ }).first().click()
    await v.heading('核对疑似重复').waitFor()
    await v.page.getByText('出生的月和日写反').waitFor()
    await v.check('pair')
    await v.page.getByRole('button', { name: '合并' }).click()
    await confirmed(v)
    await v.page.getByText('请选定').first().waitFor()
    for (const radio of await v.page.locator('table input[type=radio][value=a]').all()) await radio.check()
    await v.page.getByRole('button', { name: '合并' }).click()
    await confirmed(v)
    await v.heading('合并的档案').waitFor()
    await v.check('merged')
    await v.page.getByLabel('撤销原因').fill('核实为两个人')
    await v.page.getByRole('button', { name: '撤销合并' }).click()
    await confirmed(v)
    await v.page.getByText('两份档案恢复原样').waitFor()
    await v.heading('核对疑似重复').waitFor()
  })
})

// The first worker of the day compares everybody; the queue fills, pair by pair, until it has.
async function compared(v, ...texts) {
  await v.go('/duplicates')
  for (const text of texts) while (!(await v.page.getByText(text).count())) await v.go('/duplicates')
}

// A page without scripts asks nothing; with them a dialog does.
async function confirmed(v) {
  const sure = v.page.getByRole('dialog').getByRole('button', { name: /确定|合并|撤销/ })
  if (await sure.count()) await sure.first().click()
}

// Rows B01, M03; invariant 10: of a pair across two counties only the office of the other file is told.
test('another county is only told of', limit, async t => {
  await visitFresh(t, {}, async v => {
    await v.signIn('王建国')
    await compared(v, '不在您的管辖范围', '何秀珍')
    const row = v.page.getByRole('row').filter({ hasText: '何秀珍' })
    assert.equal(await row.count(), 1)
    await row.getByRole('link', { name: /核对/ }).click()
    await v.page.getByText('这里不显示它的内容').waitFor()
    await v.check('across')
  })
})
