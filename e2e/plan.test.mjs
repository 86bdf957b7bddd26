// The published list, its versions, parameters and cases.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { journeys, limit } from './lib/journey.mjs'

const { visit, visitAll } = journeys()

// Rows C01, C02; invariants 1 and 14: each page of the plan is clean in three sizes.
test('the pages of the list', limit, t =>
  visitAll(t, async v => {
    const { page } = v
    await v.signIn('李规划')
    await v.go('/list/versions')
    await v.heading('清单版本').waitFor()
    await v.check('versions')
    await page.getByRole('table').getByRole('link').first().click()
    await page.getByRole('heading', { name: '依据文件' }).waitFor()
    await v.check('version')
    await v.go('/list/params')
    await page.getByText('演示值').first().waitFor()
    await v.check('params')
    await v.go('/list/cases')
    await page.getByText(/通过 \d+ 个/).first().waitFor()
    await v.check('cases')
    await v.go('/list/cases?no=3')
    await page.getByRole('link', { name: '3 高龄津贴' }).first().waitFor()
    await v.check('cases-of-an-item')
    await v.go('/list/public')
    await v.heading().waitFor()
    const numbers = await page.getByRole('row').evaluateAll(rows => rows.map(row => row.firstElementChild?.textContent.trim()))
    assert.deepEqual(numbers.filter(text => /^\d+$/.test(text ?? '')).map(Number), Array.from({ length: 28 }, (_, at) => at + 1))
    await v.check('public')
    await v.go('/list')
    await v.check('list')
  }))

// Rows B01, B02, B04, M05; invariant 14: lists of people and groups, the password, and an address that leads nowhere.
test('the other pages', limit, t =>
  visitAll(t, async v => {
    v.expects(404)
    await v.signIn('李规划')
    for (const path of ['/people', '/children', '/groups', '/password', '/nowhere', '/people/nobody']) {
      await v.go(path)
      await v.heading().waitFor()
      await v.check(path)
    }
    await v.go('/people?area=421321')
    await v.heading().waitFor()
    await v.check('people-of-a-county')
    await v.page.getByRole('navigation', { name: '翻页' }).getByRole('link', { name: '下一页' }).click()
    await v.page.waitForURL(/page=2|after=/)
    await v.check('page-2')
  }))

// Row C01; invariant 14: the page for the public is read without signing in, or leads to the sign-in.
test('the page for the public', limit, t =>
  visit(t, { size: 'phone' }, async v => {
    await v.go('/list/public')
    await v.heading().waitFor()
    await v.check('public')
  }))
