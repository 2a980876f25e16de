/** Lets virtual time pass until the bot has come to rest, and a poll has found nothing more. */
import type { LocalGitLab } from '../../sandbox/gitlab/gitlab.ts'
import type { LocalZendesk } from '../../sandbox/zendesk/zendesk.ts'
import type { Rest } from '../kill/rest.ts'
import type { Bot } from '../simulation/bot.ts'
import { unrest } from '../simulation/database.ts'
import type { VirtualTime } from '../simulation/virtual-time.ts'

interface Resting {
  readonly time: VirtualTime
  readonly bot: Bot
  readonly gitlab: LocalGitLab
  readonly zendesk: LocalZendesk
}

const lookEveryMs = 2_000
/** So many looks in a row with nothing left: longer than the bot waits between two polls. */
const quietLooks = 12
/** After so many, what still waits waits for long: its time is made to come. */
const patientLooks = 30
const mostLooks = 200
const leapMs = 60_000

export async function restOf({ time, bot, gitlab, zendesk }: Resting): Promise<Rest> {
  let quiet = 0
  for (let look = 0; look < mostLooks; look++) {
    await time.wait(lookEveryMs)
    await Promise.all([gitlab.webhooks.settled(), zendesk.webhooks.settled()])
    quiet = bot.isReady && unrest(bot.databaseFile).length === 0 ? quiet + 1 : 0
    if (quiet >= quietLooks) return 'at-rest'
    if (look > patientLooks && quiet === 0) time.jump(leapMs)
  }
  return bot.isReady ? 'restless' : 'died'
}
