/** What comes in Slack some time after an act, waited for by its coming. */
import type { Slack } from './slack.ts'

/** In milliseconds, and more than a busy machine needs: nothing waits for it to pass. */
const patienceMs = 30_000

/** Looks now and whenever something has changed in Slack; undefined where nothing is seen in all the patience. */
export function onceSeen<T>(
  { onChange }: Pick<Slack, 'onChange'>,
  look: () => T | undefined,
): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<T | undefined>()
  const looking = () => {
    const seen = look()
    if (seen !== undefined) resolve(seen)
  }
  const stop = onChange(looking)
  const late = setTimeout(() => resolve(undefined), patienceMs)
  looking()
  return promise.finally(() => {
    stop()
    clearTimeout(late)
  })
}
