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
    // The same steps on a desktop, on a telephone and in big text, side by side; one failure does not hide another.
    async visitAll(t, steps) {
      const sizes = Object.keys(SIZES)
      const ends = await Promise.allSettled(sizes.map(size => visit(state.browser, state.city, t, { size }, steps)))
      const failures = ends.flatMap((end, at) => (end.status === 'rejected' ? [`${sizes[at]}: ${end.reason.message}`] : []))
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
