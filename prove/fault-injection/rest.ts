/** Lets virtual time pass until the bot has come to rest, and a poll has found nothing more. */
import Sqlite from 'better-sqlite3'
import type { LocalGitLab } from '../../sandbox/gitlab/gitlab.ts'
import type { LocalZendesk } from '../../sandbox/zendesk/zendesk.ts'
import type { Rest } from '../crash/desk.ts'
import type { Bot } from '../simulation/bot.ts'
import type { FilesOfLives } from '../simulation/bot-database.ts'
import { unrestIn } from '../simulation/database.ts'
import type { VirtualTime } from '../simulation/virtual-time.ts'

interface Resting {
  readonly time: VirtualTime
  readonly bot: Bot
  readonly database: FilesOfLives
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

export async function restOf(resting: Resting): Promise<Rest> {
  const open: Open = {}
  try {
    return await lookUntilQuiet(resting, open)
  } finally {
    open.sqlite?.close()
  }
}

/** The database of the life that is watched: opening it again for each look takes longer than the look. */
interface Open {
  sqlite?: Sqlite.Database
}

async function lookUntilQuiet({ time, bot, database, gitlab, zendesk }: Resting, open: Open): Promise<Rest> {
  let quiet = 0
  for (let look = 0; look < mostLooks; look++) {
    await time.wait(lookEveryMs)
    await Promise.all([gitlab.webhooks.settled(), zendesk.webhooks.settled()])
    quiet = bot.isReady && unrestIn(watched(open, database.file)).length === 0 ? quiet + 1 : 0
    if (quiet >= quietLooks) return 'at-rest'
    if (look > patientLooks && quiet === 0) time.jump(leapMs)
  }
  return bot.isReady ? 'restless' : 'died'
}

function watched(open: Open, file: string): Sqlite.Database {
  if (open.sqlite?.name === file) return open.sqlite
  open.sqlite?.close()
  open.sqlite = new Sqlite(file, { fileMustExist: true })
  return open.sqlite
}
