// Everything without JavaScript: axe and evaluate hang in such a context and are not used here.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { journeys, limit } from './lib/journey.mjs'

const { visitFresh } = journeys({ secrets: ['王念慈'] })
const off = { script: false }
const AGE = '80—89周岁'

// Rows B01, B14, C03; invariant 14: signed in, searched, filtered, explained and corrected on full pages.
test('find, explain and correct without script', limit, t =>
  visitFresh(t, off, async v => {
    v.expects(422)
    const { page } = v
    await v.signIn('张敏')
    await v.heading('工作台').waitFor()
    await page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name: '老年人' }).click()
    await v.heading('老年人').waitFor()
    await page.getByRole('combobox', { name: '年龄' }).selectOption({ label: AGE })
    await page.getByRole('button', { name: '查询' }).click()
    await page.getByRole('link', { name: '王念慈' }).waitFor()
    await v.findPeople('wnc')
    await v.heading('王念慈').waitFor()
    await page.getByRole('link', { name: '资格与待遇' }).click()
    await page.getByText('本市户籍80周岁及以上老年人').waitFor()
    await page.getByRole('link', { name: '事实与来源' }).click()
    await page.getByRole('link', { name: '更正居住状况' }).click()
    await v.heading('更正居住状况').waitFor()
    await page.getByRole('radio', { name: '空巢' }).check()
    await page.getByRole('textbox', { name: '说明' }).fill('邻居说老伴回来了')
    await page.getByRole('button', { name: '保存更正' }).click()
    await page.getByRole('alert').getByRole('link', { name: '请填写从哪一天起' }).waitFor()
    assert.ok(await page.getByRole('radio', { name: '空巢' }).isChecked(), 'the choice is kept')
    assert.equal(await page.getByRole('textbox', { name: '说明' }).inputValue(), '邻居说老伴回来了')
    await page.getByRole('textbox', { name: /自何时起/ }).fill('2025-06-01')
    await page.getByRole('combobox', { name: /更正依据/ }).selectOption({ label: '入户核实' })
    await page.getByRole('button', { name: '保存更正' }).click()
    await page.getByText('已更正「居住状况」').waitFor()
    await page.getByRole('row').filter({ hasText: '居住状况' }).getByText('空巢').waitFor()
  }))

// Rows B01, M03; invariant 14: registering by area code, reporting a death, leaving.
test('register, report and leave without script', limit, t =>
  visitFresh(t, off, async v => {
    const { page } = v
    await v.signIn('张敏')
    await v.go('/people/new')
    await page.getByRole('textbox', { name: /^姓名/ }).fill('何无码')
    await page.getByRole('textbox', { name: /^出生日期/ }).fill('1940-02-03')
    await page.getByRole('radio', { name: '女' }).check()
    await page.getByRole('textbox', { name: /^常住地/ }).fill('421321109217')
    await page.getByRole('button', { name: '建档' }).click()
    await v.heading('何无码').waitFor()
    await page.getByText(/已建档，临时编号/).waitFor()
    await page.getByRole('link', { name: '报去世' }).click()
    await page.getByRole('textbox', { name: /去世日期/ }).fill('2025-06-20')
    await page.getByRole('button', { name: '登记去世' }).click()
    await page.getByText('已去世').first().waitFor()
    await page.getByText('乡镇民政办').first().click()
    await page.getByRole('button', { name: '退出登录' }).click()
    await page.getByRole('heading', { name: '账号登录' }).waitFor()
    await v.go('/people')
    await page.getByRole('heading', { name: '账号登录' }).waitFor()
  }))

// Row C01; invariant 14: the list, an item, its people, the lists of findings, big text by a plain link.
test('the lists without script', limit, t =>
  visitFresh(t, { ...off, size: 'phone' }, async v => {
    const { page } = v
    await v.signIn('王建国')
    await page.locator('summary').filter({ hasText: '菜单' }).click()
    await page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name: '清单管理' }).click()
    await v.heading('清单管理').waitFor()
    await page.getByRole('combobox', { name: '区划' }).selectOption({ label: '随县唐县镇' })
    await page.getByRole('button', { name: '查询' }).click()
    await page.waitForURL(/area=/)
    await page.getByRole('link', { name: '高龄津贴', exact: true }).click()
    await v.heading(/高龄津贴/).waitFor()
    await page.getByRole('link', { name: '看名单' }).click()
    await v.heading('高龄津贴：符合').waitFor()
    await page.getByRole('link', { name: '大字' }).click()
    await page.getByRole('link', { name: '标准字' }).waitFor()
    await v.heading('高龄津贴：符合').waitFor()
    await v.go('/owed')
    await page.getByRole('link', { name: '王念慈' }).waitFor()
    await v.go('/unsettled')
    await page.getByRole('link', { name: '居住状况', exact: true }).waitFor()
  }))
