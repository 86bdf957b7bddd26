// Who sees what: the neighbour town, leaders, families, administrators; and every role's first page.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { journeys, limit } from './lib/journey.mjs'

const { visit, visitAll } = journeys({ secrets: ['王念慈'] })

// One account for each kind of first page: desk, still to come, family, accounts, security, log.
const KINDS = ['张敏', '刘市长', '吴卫健', '王家属', '吕系统', '施安全', '张日志']

// Her address, as her own town worker finds it; other tests of this file go there.
async function herAddress(t, visitAs) {
  let path = ''
  await visitAs(t, {}, async v => {
    await v.signIn('张敏')
    await v.findPeople('王念慈')
    await v.heading('王念慈').waitFor()
    path = new URL(v.page.url()).pathname
  })
  return path
}

// Every path here is refused or empty of `name`.
async function sees(v, paths, name) {
  for (const path of paths) {
    await v.go(path)
    await v.heading().waitFor()
    const words = await v.page.getByRole('main').innerText()
    assert.ok(!words.includes(name), `${path} shows ${name}`)
  }
}

// Rows M03, M05; invariant 10: another town's worker is refused and told whom to ask.
test('another town is refused and told the office', limit, async t => {
  const path = await herAddress(t, visit)
  await visit(t, {}, async v => {
    v.expects(403)
    await v.signIn('赵立新')
    for (const tail of ['', '?tab=entitlement', '/death', '/move', '/facts/living/correction']) {
      await v.go(path + tail)
      await v.heading('不能查看').waitFor()
      await v.page.getByText('不在您的管辖范围，可向随县民政局或唐县镇民政办申请。').waitFor()
      const words = await v.page.getByRole('main').innerText()
      assert.ok(!words.includes('王念慈'), 'no name')
    }
    await v.check('refused')
    await v.findPeople('王念慈')
    await v.page.getByText('在您的管辖范围内找到 0 人').waitFor()
    await v.check('nobody-found')
    await v.go('/list/3/people?state=owed')
    assert.equal(await v.page.getByRole('link', { name: '王念慈' }).count(), 0)
  })
})

// Row M03; invariant 10: who has no record of hers sees neither her page nor her name anywhere.
test('a leader sees counts and no names', limit, async t => {
  const path = await herAddress(t, visit)
  await visit(t, {}, async v => {
    v.expects(403)
    await v.signIn('刘市长')
    await v.go('/list')
    await v.page.getByRole('row').filter({ hasText: '高龄津贴' }).first().waitFor()
    await v.check('list')
    assert.equal(await v.page.locator('a[href*="/people"]').count(), 0, 'no way to names')
    await v.go('/list/3')
    assert.equal(await v.page.locator('a[href*="/people"]').count(), 0, 'no way to names')
    await sees(v, ['/', '/list', '/list/3', '/list/3/people?state=owed', '/owed', '/unsettled', '/people', path], '王念慈')
    await v.check('refused')
  })
})

// Row M03; invariant 10: a family sees its own person, why, and nobody else.
test('a family sees its own person', limit, t =>
  visitAll(t, async v => {
    v.expects(403)
    await v.signIn('王家属')
    await v.heading('家人').waitFor()
    await v.check('family')
    await v.page.getByRole('link', { name: '王念慈', exact: true }).click()
    await v.heading('王念慈').waitFor()
    await v.page.getByRole('link', { name: '高龄津贴' }).first().waitFor()
    await v.check('person')
    await v.page.getByRole('link', { name: '变更与查阅记录' }).click()
    await v.page.getByRole('region', { name: /谁看过/ }).waitFor()
    await v.check('history')
    assert.equal(await v.page.getByRole('link', { name: /更正|报去世|报迁移/ }).count(), 0)
    for (const path of ['/people', '/owed', '/unsettled', '/people/new']) {
      await v.go(path)
      await v.heading().waitFor()
      assert.equal(await v.page.getByRole('table').count(), 0, `${path} shows a list`)
    }
    await v.check('refused')
  }))

// Rows M03, M05; invariant 10: administrators keep accounts and logs and see nobody.
test('administrators see no people', limit, async t => {
  const path = await herAddress(t, visit)
  for (const name of ['吕系统', '施安全', '张日志']) {
    await visit(t, {}, async v => {
      v.expects(403)
      await v.signIn(name)
      await v.check('home')
      await sees(v, ['/', '/people', '/owed', '/unsettled', '/children', '/groups', path], '王念慈')
      await v.check('refused')
    })
  }
})

// Rows M03, M05: the log of the day names doors tried, holds no names, and its chain is whole.
test('the auditor reads the log and checks its chain', limit, t =>
  visit(t, {}, async v => {
    await v.signIn('张日志')
    await v.heading().waitFor()
    await v.check('log')
    assert.ok(!(await v.page.getByRole('main').innerText()).includes('王念慈'), 'no names in the log')
    await v.page.getByRole('button', { name: '链校验' }).click()
    await v.page.getByRole('status').filter({ hasText: /链/ }).waitFor()
    await v.check('log-checked')
  }))

// Row M03; invariant 14: each role button signs in, shows a menu and a first page.
test('every role has a first page', limit, t =>
  visitAll(t, async v => {
    const { page } = v
    await v.go('/sign-in')
    await v.check('sign-in')
    const doors = await page.getByRole('region', { name: /选一个角色/ }).getByRole('button').allInnerTexts()
    assert.equal(doors.length, 35)
    const all = doors.map(door => door.split('·').at(-1).trim())
    // The telephone and big text look at each kind of first page once.
    const names = v.size === 'desktop' ? all : all.filter(name => KINDS.includes(name))
    assert.ok(names.length >= KINDS.length)
    for (const name of names) {
      await v.signIn(name)
      const button = page.locator('summary').filter({ hasText: '菜单' })
      if (await button.isVisible()) await button.click()
      const menu = page.getByRole('navigation', { name: '主菜单' })
      assert.ok((await menu.innerText()).trim().length > 1, `${name} has a menu`)
      await v.check(`home-${name}`)
    }
  }))
