// 导出台账: list → reason → progress → download, with and without script, clean in three sizes.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { journeys } from './lib/journey.mjs'

const { visitAll, visitFresh } = journeys()

async function toFile(v, script) {
  const { page } = v
  await v.signIn('王建国')
  await v.go('/people?age=80')
  await page.getByRole('link', { name: '导出台账' }).click()
  await page.getByRole('combobox', { name: '事由' }).waitFor()
  // Without a reason nothing begins.
  await page.getByRole('button', { name: '开始导出' }).click()
  await page.getByText('请选择事由').first().waitFor()
  await page.getByRole('combobox', { name: '事由' }).selectOption({ label: '核对待遇资格' })
  await page.getByRole('button', { name: '开始导出' }).click()
  await page.waitForURL(url => /^\/exports\/(?!new)[^/]+$/.test(url.pathname))
  const link = page.getByRole('link', { name: /^下载（/ })
  if (script) {
    await link.waitFor({ timeout: 30_000 })
  } else {
    for (let tries = 0; tries < 30 && (await link.count()) === 0; tries++) {
      await page.getByRole('link', { name: '刷新' }).click({ timeout: 1_000 }).catch(() => page.reload())
      await link.waitFor({ timeout: 1_000 }).catch(() => undefined)
    }
  }
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
  assert.match(download.suggestedFilename(), /^老年人台账-\d{4}-\d{2}-\d{2}\.xlsx$/)
  const bytes = await readFile(await download.path())
  assert.equal(bytes.subarray(0, 2).toString(), 'PK')
  await v.go('/exports')
  await page.getByRole('link', { name: '老年人台账', exact: true }).first().waitFor()
}

// Rows K01, M03: the whole way, the progress moving by itself.
test('a list becomes a file', { timeout: 120_000 }, t =>
  visitFresh(t, {}, async v => {
    v.expects(422)
    await toFile(v, true)
  }))

// Invariant 14: the same on a phone without script, by reloading.
test('the same without script on a phone', { timeout: 120_000 }, t =>
  visitFresh(t, { script: false, size: 'phone' }, async v => {
    v.expects(422)
    await toFile(v, false)
  }))

// Invariant 14: the pages are clean in three sizes.
test('the pages of exports', { timeout: 120_000 }, t =>
  visitAll(t, async v => {
    await v.signIn('王建国')
    for (const path of ['/exports', '/exports/new?list=people.elders&age=80']) {
      await v.go(path)
      await v.heading().waitFor()
      await v.check(path.replaceAll(/[^\w]+/g, '-'))
    }
  }))
