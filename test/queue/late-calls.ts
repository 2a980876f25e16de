/** A service that carries calls out long after the bot has given them up. */
import { anEffectDesk, type EffectDesk } from '../services/effect-desk.ts'

const givenUpMs = 10_000

/**
 * A desk of which each call that `isLate` takes is given up after 10 s and carried out `seconds` after it began; all others
 * are answered at once. `carryOut` does what is due by now: the service goes on by itself, too, and not only when it is asked.
 */
export async function aDeskWithLateCalls(seconds: number, isLate: (url: string, method?: string) => boolean) {
  const late: { readonly at: number; readonly send: () => Promise<unknown> }[] = []
  const begun: number[] = []
  const clock: { desk?: EffectDesk } = {}
  const timeOf = () => clock.desk?.outsideNow().getTime() ?? 0
  async function carryOut() {
    for (const one of late.filter(({ at }) => at <= timeOf())) {
      late.splice(late.indexOf(one), 1)
      await one.send()
    }
  }
  const desk = await anEffectDesk({
    reach:
      (services) =>
      async (url, { signal, ...init } = {}) => {
        await carryOut()
        if (!isLate(String(url), init.method)) return services(url, { ...init, ...(signal && { signal }) })
        begun.push(timeOf())
        late.push({ at: timeOf() + seconds * 1000, send: () => services(url, init) })
        clock.desk?.pass(givenUpMs)
        throw new DOMException('The operation was aborted due to timeout', 'TimeoutError')
      },
  })
  clock.desk = desk
  return { desk, begun, carryOut }
}
