// What every journey file begins with: one browser, and a city of its own.
import { after, before } from 'node:test'
import { SIZES, launch, visit } from './browser.mjs'
import { startCity } from './city.mjs'

// The limit of one test.
export const limit = { timeout: 90_000 }

// A city for the whole file. At the end the server's log holds none of the words in `secrets`, and no failure but
// those of the routes in `fails`.
export function journeys({ secrets = [], fails = [] } = {}) {
  const state = {}
  before(async () => {
    state.browser = await launch()
    state.city = await startCity()
  })
  after(async () => {
    await state.browser?.close()
    await state.city?.stop(secrets, fails)
  })
  return {
    get city() {
      return state.city
    },
    visit: (t, options, steps) => visit(state.browser, state.city, t, options, steps),
    // The same steps on a desktop, on a telephone and in big text; the last failure does not hide the first.
    async visitAll(t, steps) {
      const failures = []
      for (const size of Object.keys(SIZES)) {
        await visit(state.browser, state.city, t, { size }, steps).catch(error => failures.push(`${size}: ${error.message}`))
      }
      if (failures.length > 0) throw new Error(failures.join('\n'))
    },
    // As visit, with a city nobody else has touched.
    async visitFresh(t, options, steps) {
      const city = await startCity()
      try {
        await visit(state.browser, city, t, options, steps)
      } catch (error) {
        await city.stop().catch(() => undefined)
        throw error
      }
      await city.stop(secrets, fails)
    }
  }
}
