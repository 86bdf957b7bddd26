// A daughter reads who opened her mother's record, in plain words, and sees what its data are used for.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { journeys, limit } from './lib/journey.mjs'

const { visitAll, visitFresh } = journeys({ secrets: ['王念慈', '不认识这个单位'] })

// Rows M03, M05; invariants 10, 14: from her own cards to the log of her mother's record: day, office and reason of
// each look, never who sat there; another month; on a desktop, on a telephone and in big text, without an axe finding.
test('a daughter reads who opened the record', limit, async t => {
  await visitAll(t, async v => {
    const { page } = v
    await v.signIn('王家属')
    await v.go('/family')
    await v.heading('我的家人').waitFor()
    await v.check('family')
    await page.getByRole('link', { name: '谁看过王念慈的档案' }).click()
    await v.heading('谁看过王念慈的档案').waitFor()
    const log = page.getByRole('region', { name: '查阅记录' })
    const says = await log.innerText()
    for (const words of ['查阅档案', '列入名单并显示', '查看完整证号、电话', '办理申请', '越权被拒绝', '乡镇民政办']) {
      assert.ok(says.includes(words), `the log says 「${words}」: ${says}`)
    }
    for (const name of ['张敏', '赵立新', '王建国', 'demo-']) assert.ok(!says.includes(name), `the family reads no 「${name}」`)
    await v.check('reads')
    await page.getByRole('combobox', { name: '月份' }).selectOption({ index: 1 })
    await page.getByRole('button', { name: '查看' }).click()
    await page.getByText(/没有人看过、办过/).waitFor()
    await v.check('empty-month')
    await page.goBack()
    await v.heading('谁看过王念慈的档案').waitFor()
    await page.getByRole('link', { name: /有疑问/ }).first().click()
    await page.getByRole('radio', { name: '不知道这是谁、为什么看' }).waitFor()
    await v.check('question')
  })
})

// Rows B03, M05: what rests on consent is shown and taken back in one click; the page is clean before and after.
test('a daughter takes a consent back', limit, async t => {
  await visitFresh(t, { size: 'phone' }, async v => {
    const { page } = v
    await v.signIn('王家属')
    await v.go('/family/consents')
    await v.heading('个人信息授权').waitFor()
    await v.check('consents')
    await page.getByRole('button', { name: '撤回对健康档案的同意' }).click()
    const sure = page.getByRole('dialog').getByRole('button', { name: /确定|撤回/ })
    if (await sure.count()) await sure.first().click()
    await page.getByText('已撤回对「健康档案」的同意').waitFor()
    assert.equal(await page.getByRole('button', { name: '撤回对健康档案的同意' }).count(), 0)
    await v.check('withdrawn')
    await page.getByRole('link', { name: '要求删除' }).click()
    await v.heading('要求删除个人信息').waitFor()
    await page.getByText('在本地登记生活').waitFor()
    await v.check('erasure')
  })
})
