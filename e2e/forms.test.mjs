// The forms that write: registering, reporting a death, two people at one record, and reading a full number.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { journeys, limit } from './lib/journey.mjs'

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
// An identity number of a county that does not exist, with its check digit by GB 11643.
const withCheck = body => body + '10X98765432'[WEIGHTS.reduce((sum, weight, at) => sum + weight * Number(body[at]), 0) % 11]
const NUMBER = withCheck('42990019400101998')
const WRONG = NUMBER.slice(0, 17) + (NUMBER[17] === '1' ? '2' : '1')
const NAME = '何试芳'

const { visit, visitAll, visitFresh } = journeys({ secrets: [NAME, NUMBER, '王念慈', '李守望'] })

async function openPerson(v, name) {
  await v.findPeople(name)
  await v.heading(name).waitFor()
  return new URL(v.page.url()).pathname
}

async function fillNew(v, number) {
  const { page } = v
  await page.getByRole('textbox', { name: /^姓名/ }).fill(NAME)
  await page.getByRole('textbox', { name: /^身份证号/ }).fill(number)
  await page.getByRole('textbox', { name: /^详细地址/ }).fill('老街 1 号')
}

// Picks 县, 乡镇 and 村 in the area picker of one field.
async function pickArea(v, label, names) {
  const group = v.page.getByRole('group', { name: label })
  for (const [level, name] of names) await group.getByRole('combobox', { name: level }).selectOption({ label: name })
}

// Rows B01, M03; invariant 14: a wrong check digit keeps what was typed; the same number is registered once.
test('registering a person', limit, t =>
  visitFresh(t, {}, async v => {
    v.expects(422)
    const { page } = v
    await v.signIn('张敏')
    await v.go('/people')
    await page.getByRole('link', { name: '新增人员' }).click()
    await v.heading('新增人员').waitFor()
    await page.getByRole('group', { name: '常住地' }).getByRole('combobox').first().waitFor()
    await v.check('new')
    await fillNew(v, WRONG)
    await pickArea(v, '常住地', [
      ['县（市、区）', '随县'],
      ['乡镇、街道', '唐县镇']
    ])
    await page.getByRole('button', { name: '建档' }).click()
    const summary = page.getByRole('alert')
    await summary.getByText(/校验码|校验位/).waitFor()
    assert.ok(await summary.evaluate(element => element === document.activeElement), 'the summary has the focus')
    assert.equal(await page.getByRole('textbox', { name: /^身份证号/ }).inputValue(), WRONG)
    assert.equal(await page.getByRole('textbox', { name: /^姓名/ }).inputValue(), NAME)
    assert.equal(await page.getByRole('textbox', { name: /^详细地址/ }).inputValue(), '老街 1 号')
    const town = page.getByRole('group', { name: '常住地' }).getByRole('combobox', { name: '乡镇、街道' })
    await town.waitFor()
    assert.equal(await town.evaluate(box => box.selectedOptions[0].text), '唐县镇', 'the area is kept')
    await v.check('new-refused')
    await page.getByRole('textbox', { name: /^身份证号/ }).fill(NUMBER)
    await page.getByRole('button', { name: '建档' }).click()
    await v.heading(NAME).waitFor()
    await page.getByText('已建档。').waitFor()
    await v.check('registered')
    const path = await openPerson(v, NAME)
    // The same number again: told where the record is.
    await v.go('/people/new')
    await fillNew(v, NUMBER)
    await pickArea(v, '常住地', [
      ['县（市、区）', '随县'],
      ['乡镇、街道', '唐县镇']
    ])
    await page.getByRole('button', { name: '建档' }).click()
    await page.getByText(`已有档案：${NAME}`).waitFor()
    await v.check('twice')
    assert.equal(new URL(await page.getByRole('link', { name: '打开档案' }).evaluate(link => link.href)).pathname, path)
    // Another town is told the office and not the name.
    await v.signIn('赵立新')
    await v.go('/people/new')
    await page.getByRole('textbox', { name: /^姓名/ }).fill('别人')
    await page.getByRole('textbox', { name: /^身份证号/ }).fill(NUMBER)
    await pickArea(v, '常住地', [
      ['县（市、区）', '广水市'],
      ['乡镇、街道', '武胜关镇']
    ])
    await page.getByRole('button', { name: '建档' }).click()
    await page.getByText(/档案不在您的管辖范围，可向.*唐县镇.*申请/).waitFor()
    assert.ok(!(await page.getByRole('main').innerText()).includes(NAME), 'no name of another town')
  }))

// Row B01; invariant 14: the form with nothing in it, in every size.
test('an empty form says what is missing', limit, t =>
  visitAll(t, async v => {
    v.expects(422)
    await v.signIn('张敏')
    await v.go('/people/new')
    await v.page.getByRole('button', { name: '建档' }).click()
    const summary = v.page.getByRole('alert')
    await summary.getByRole('link', { name: '请填写姓名' }).waitFor()
    await summary.getByRole('link', { name: '请选择常住地' }).waitFor()
    await v.page.getByRole('group', { name: '常住地' }).getByRole('combobox').first().waitFor()
    await v.check('empty')
    for (const link of await summary.getByRole('link').all()) {
      await link.click()
      const inside = await v.page.evaluate(() => document.activeElement?.closest('.field') !== null)
      assert.ok(inside, `${await link.innerText()} leads into its field`)
    }
  }))

// Rows B14, C05; invariants 5 and 11: a death asks first, then ends what was owed.
test('reporting a death', limit, t =>
  visitFresh(t, {}, async v => {
    v.expects(422)
    const { page } = v
    await v.signIn('张敏')
    const path = await openPerson(v, '王念慈')
    await page.getByRole('link', { name: '报去世' }).click()
    const drawer = page.getByRole('dialog').first()
    await drawer.getByRole('textbox', { name: /去世日期/ }).fill('2025-07-01')
    await drawer.getByRole('button', { name: '登记去世' }).click()
    const ask = page.getByRole('dialog', { name: '请确认' })
    await ask.getByText('确定登记王念慈去世吗？').waitFor()
    await v.check('ask')
    await ask.getByRole('button', { name: '取消' }).click()
    await ask.waitFor({ state: 'hidden' })
    await drawer.getByRole('button', { name: '登记去世' }).click()
    await ask.getByRole('button', { name: '登记去世' }).click()
    await drawer.getByRole('link', { name: '去世日期不能晚于今天' }).waitFor()
    assert.equal(await drawer.getByRole('textbox', { name: /去世日期/ }).inputValue(), '2025-07-01')
    await v.check('death-refused')
    await drawer.getByRole('textbox', { name: /去世日期/ }).fill('2025-06-20')
    await drawer.getByRole('button', { name: '登记去世' }).click()
    await ask.getByRole('button', { name: '登记去世' }).click()
    await page.getByText('已去世').first().waitFor()
    await page.getByText('2025年6月20日').first().waitFor()
    await v.check('dead')
    await v.go('/owed')
    await page.getByText('没有符合条件的人员').waitFor()
    await v.go(`${path}?tab=history`)
    await page.getByRole('region', { name: '变更记录' }).getByText(/去世/).first().waitFor()
  }))

// Row B01; invariant 5: two tabs save one fact; the second is told, loses nothing, and can save then.
test('two tabs at one fact', limit, t =>
  visitFresh(t, {}, async v => {
    v.expects(409)
    await v.signIn('张敏')
    const path = await openPerson(v, '王念慈')
    const form = `${v.city.base}${path}/facts/living/correction`
    const second = await v.context.newPage()
    v.watch(second)
    for (const tab of [second, v.page]) {
      await tab.bringToFront()
      await tab.goto(form)
      await tab.getByRole('combobox', { name: /更正依据/ }).selectOption({ label: '入户核实' })
      await tab.getByRole('textbox', { name: /自何时起/ }).fill('2025-06-02')
    }
    await v.page.getByRole('radio', { name: '与家人同住' }).check()
    await v.page.getByRole('button', { name: '保存更正' }).click()
    await v.page.getByText('已更正「居住状况」').waitFor()
    await second.bringToFront()
    await second.getByRole('radio', { name: '机构入住' }).check()
    await second.getByRole('textbox', { name: '说明' }).fill('院方电话确认')
    await second.getByRole('button', { name: '保存更正' }).click()
    await second.getByText('别人已经改动了').waitFor()
    await second.getByText('现在登记的是「与家人同住」').waitFor()
    assert.ok(await second.getByRole('radio', { name: '机构入住' }).isChecked(), 'the choice is kept')
    assert.equal(await second.getByRole('textbox', { name: '说明' }).inputValue(), '院方电话确认')
    assert.equal(await second.getByRole('textbox', { name: /自何时起/ }).inputValue(), '2025-06-02')
    await second.getByRole('button', { name: '保存更正' }).click()
    await second.getByText('已更正「居住状况」').waitFor()
    await second.goto(`${v.city.base}${path}?tab=facts`)
    await second.getByRole('row').filter({ hasText: '居住状况' }).getByText('机构入住').waitFor()
  }))

// Rows B14, C23; invariant 3: recording what was unknown settles the open item, from the list of the unsettled.
test('what a visit finds settles an open item', limit, t =>
  visitFresh(t, {}, async v => {
    const { page } = v
    await v.signIn('王建国')
    await v.go('/unsettled/living')
    const link = page.getByRole('link', { name: /^补上.*的事实$/ }).first()
    const name = /^补上(.*)的事实$/.exec(await link.getAttribute('aria-label'))[1]
    await link.click()
    const drawer = page.getByRole('dialog', { name: '更正居住状况' })
    await drawer.getByRole('radio', { name: '独居' }).check()
    await drawer.getByRole('textbox', { name: /自何时起/ }).fill('2024-01-01')
    await drawer.getByRole('combobox', { name: /更正依据/ }).selectOption({ label: '入户核实' })
    await drawer.getByRole('button', { name: '保存更正' }).click()
    await page.getByText('已更正「居住状况」').waitFor()
    await v.go('/unsettled/living')
    await v.heading(/居住状况/).waitFor()
    assert.equal(await page.getByRole('link', { name: `补上${name}的事实` }).count(), 0, 'settled, and gone from the list')
    await v.check('settled')
  }))

// Row M05; invariant 10: full number and telephone with a reason, and the person can see who looked.
test('unmasking asks for a reason and is on record', limit, t =>
  visitAll(t, async v => {
    const { page } = v
    await v.signIn('张敏')
    const path = await openPerson(v, '王念慈')
    await page.getByText(/429\*+\d{4}/).first().waitFor()
    await page.getByText('查看完整证号和电话').click()
    await page.getByRole('combobox', { name: '事由' }).selectOption({ label: '核对证件' })
    await v.check('unmask')
    await page.getByRole('button', { name: '显示' }).click()
    await page.getByText(/4299\d{13}[\dX]/).first().waitFor()
    await page.getByRole('link', { name: /160\d{8}/ }).first().waitFor()
    await v.check('unmasked')
    await v.go(path)
    await page.getByText(/429\*+\d{4}/).first().waitFor()
    await v.go(`${path}?tab=history`)
    const reads = page.getByRole('region', { name: /谁看过/ })
    await reads.getByText(/查看完整证号/).first().waitFor()
  }))
