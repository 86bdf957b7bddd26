// The kit: every part of the pages by itself, in three sizes; and what is printed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { journeys, limit } from './lib/journey.mjs'

// The kit shows what a page of a failure looks like.
const { visit, visitAll } = journeys({ fails: ['/kit/broken'] })

// Row B01; invariant 14: each page of the kit is clean on a desktop, on a telephone and in big text.
test('the kit', limit, t =>
  visitAll(t, async v => {
    v.expects(400, 403, 404, 409, 422, 500)
    await v.go('/kit')
    await v.heading().waitFor()
    await v.check('kit')
    const links = await v.page.getByRole('main').getByRole('link').evaluateAll(all => all.map(link => new URL(link.href).pathname))
    const pages = [...new Set(links.filter(path => path.startsWith('/kit/')))]
    assert.ok(pages.length >= 10, `${pages.length} pages`)
    for (const path of pages) {
      await v.go(path)
      await v.heading().first().waitFor()
      await v.check(path)
    }
  }))

// Row B01; invariant 14: the drawer takes the focus, closes by Esc and gives the focus back.
test('the drawer by keyboard', limit, t =>
  visitAll(t, async v => {
    const { page } = v
    await v.signIn('张敏')
    await v.findPeople('王念慈')
    await v.heading('王念慈').waitFor()
    const link = page.getByRole('link', { name: '报去世' })
    await link.focus()
    await page.keyboard.press('Enter')
    const drawer = page.getByRole('dialog')
    await drawer.getByRole('button', { name: '登记去世' }).waitFor()
    assert.ok(await drawer.evaluate(element => element.contains(document.activeElement)), 'the focus is inside')
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'hidden' })
    assert.ok(await link.evaluate(element => element === document.activeElement), 'the focus is back')
    await page.keyboard.press('Shift+Tab')
    await page.goto(page.url())
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'main', 'the first stop skips to the content')
  }))

// Rows B01, C01: on paper there is the content and neither menu, search nor buttons.
test('print', limit, t =>
  visit(t, { media: 'print' }, async v => {
    const { page } = v
    const bare = async what => {
      for (const gone of [
        page.getByRole('navigation', { name: '主菜单' }),
        page.getByRole('searchbox', { name: '查人' }),
        page.getByRole('button', { name: '打印' })
      ]) {
        if ((await gone.count()) > 0 && (await gone.first().isVisible())) v.problems.push(`${what}: ${gone} is printed`)
      }
    }
    await page.emulateMedia({ media: 'screen' })
    await v.signIn('张敏')
    await v.findPeople('王念慈')
    await v.heading('王念慈').waitFor()
    const person = new URL(page.url()).pathname
    await page.emulateMedia({ media: 'print' })
    await bare('person')
    assert.ok(await v.heading('王念慈').isVisible())
    await v.go(`${person}?tab=entitlement`)
    await page.getByText('本市户籍80周岁及以上老年人').waitFor()
    await bare('why')
    await v.go('/list/public')
    await v.heading().waitFor()
    assert.ok(await page.getByRole('cell', { name: '高龄津贴', exact: true }).isVisible())
    await bare('public')
    await v.go('/owed')
    await page.getByRole('link', { name: '王念慈' }).waitFor()
    await bare('owed')
  }))
