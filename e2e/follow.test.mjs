// 跟进和消息: what is owed is followed until it is settled; papers are photographed; what was told is read by the family.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { journeys } from './lib/journey.mjs'

const { visitAll, visitFresh } = journeys()

const as = async (v, name) => {
  await v.context.clearCookies()
  await v.signIn(name)
}

const picture = {
  name: '卡.png',
  mimeType: 'image/png',
  buffer: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
    'base64'
  )
}

// Row B14, C33; invariant 14: every page is clean in three sizes.
test('the pages of following and of messages', { timeout: 240_000 }, t =>
  visitAll(t, async v => {
    const { page } = v
    const look = async (path, what) => {
      await v.go(path)
      await v.heading().waitFor()
      await v.check(what)
    }
    await v.signIn('张敏')
    await look('/owed', 'owed')
    await look(await page.locator('#list td[data-label="跟进"] a').first().getAttribute('href'), 'follow')
    await look('/owed/months', 'months')
    await look('/messages', 'messages')
    await as(v, '王家属')
    await look('/family/messages', 'family-messages')
  }))

// Row B14; invariant 11: put off with a reason, off the list, still in the list of what is settled.
test('a finding is put off and leaves the list', { timeout: 120_000 }, t =>
  visitFresh(t, {}, async v => {
    const { page } = v
    v.expects(422)
    await v.signIn('张敏')
    await v.go('/owed')
    const link = page.locator('#list td[data-label="跟进"] a').first()
    const path = await link.getAttribute('href')
    await link.click()
    await page.getByText('还没有人跟进').waitFor()
    await page.getByRole('radio', { name: /暂缓/ }).check()
    await page.getByRole('button', { name: '记下' }).click()
    await page.getByText('请写明原因').first().waitFor()
    assert.ok(await page.getByRole('radio', { name: /暂缓/ }).isChecked())
    await page.getByRole('textbox', { name: '说明' }).fill('住院，出院再办')
    await page.getByRole('button', { name: '记下' }).click()
    await page.getByText('以前不再提醒').first().waitFor()
    await v.go('/owed')
    assert.equal(await page.locator(`a[href="${path}"]`).count(), 0)
    await v.go('/owed?state=quiet')
    await page.locator(`a[href="${path}"]`).first().waitFor()
  }))

// Row C33; invariants 11 and 14: a paper is photographed in big text; the family reads what it was told.
test('a paper is photographed and the family is told', { timeout: 120_000 }, t =>
  visitFresh(t, { size: 'big' }, async v => {
    const { page } = v
    await v.signIn('王家属')
    await v.go('/apply')
    await page.getByRole('button', { name: '等不及，自己申请高龄津贴' }).click()
    await page.getByLabel('代办人姓名和与本人的关系').fill('王家属，女儿')
    await page.getByRole('button', { name: '下一步' }).click()
    await page.getByRole('heading', { name: /拍照上传/ }).waitFor()
    await v.check('photograph')
    await page.getByLabel('这是哪一份材料').selectOption({ label: '社会保障卡' })
    await page.setInputFiles('#f-file', picture)
    await page.getByRole('button', { name: '上传' }).click()
    await page.getByRole('link', { name: '社会保障卡' }).waitFor()
    await page.getByRole('button', { name: '下一步' }).click()
    await page.getByRole('button', { name: '提交申请' }).click()
    await page.getByText('待受理').first().waitFor()
    const here = new URL(page.url()).pathname
    await as(v, '张敏')
    await v.go(here)
    await page.getByRole('link', { name: '社会保障卡' }).waitFor()
    await page.getByRole('button', { name: '受理', exact: true }).click()
    await page.getByText('审核中').first().waitFor()
    await as(v, '王家属')
    await v.go('/family/messages')
    await page.getByText('高龄津贴申请已受理').first().waitFor()
  }))
