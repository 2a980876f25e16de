/** After a purge nothing of what was purged lies in the database's file or in its log of writes. */
import { existsSync, readFileSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { run as runCli } from '../../src/cli/run.ts'
import { verifyAudit } from '../../src/store/audit-chain.ts'
import { openStore } from '../../src/store/open-store.ts'
import { click, decide, engineer } from '../crash/acts.ts'
import { newRequester, sendForm } from '../crash/people-who-write.ts'
import { count, type Tally } from '../crash/tally.ts'
import { type InProcess, openDesk } from '../fault-injection/desk.ts'

/** What the audit log keeps for ever is not among it. */
interface Needles {
  readonly purged: readonly string[]
  readonly kept: readonly string[]
}

const dayMs = 24 * 3_600_000
/** More than RETENTION_DAYS, of which the proof takes few. */
const laterMs = 120 * dayMs
const retentionDays = '30'
/** Cleared as soon as it was sent; after a checkpoint it is gone from the log of writes, too. */
const typed = 'The typed text that nobody is to find again.'

export async function purgeLeavesNothing(tally: Tally): Promise<void> {
  const inProcess = await openDesk()
  try {
    await inProcess.run(() => play(inProcess, tally))
  } finally {
    await inProcess.end()
  }
}

async function play(inProcess: InProcess, tally: Tally): Promise<void> {
  const { bot, desk, time } = inProcess
  bot.start()
  await desk.rest()
  const { closed, open } = await workOn(inProcess)
  const needles = needlesIn(desk.databaseFile, closed, open)
  const before = bytesOf(desk.databaseFile)
  for (const needle of [...needles.purged, ...needles.kept])
    if (!before.includes(needle)) tally.broken.push(`it was never there to be purged: ${needle}`)
  time.jump(laterMs)
  // The bot runs on, and tidies up once a minute.
  const code = await purge(inProcess)
  await time.wait(70_000)
  const after = bytesOf(desk.databaseFile)
  for (const needle of [...needles.purged, typed])
    if (after.includes(needle)) tally.broken.push(`still there after the purge: ${needle}`)
  for (const needle of needles.kept)
    if (!after.includes(needle)) tally.missing.push(`purged, though its request is open: ${needle}`)
  if (code !== 0) tally.broken.push(`purge ended with ${code}`)
  await checkAudit(inProcess, tally)
  await bot.stop()
  tally.runs += 1
  tally.effectsChecked += needles.purged.length
  count(tally.reached, 'bytes looked for after a purge', needles.purged.length)
}

/** Requests of all sorts that end, and one that stays. */
async function workOn({ desk }: InProcess) {
  const by = engineer.id
  const iids = [1, 2, 3].map(() => sendForm(desk, newRequester(desk)))
  const [spam = 0, failed = 0, open = 0] = iids
  await desk.rest()
  desk.gitlab.requesterReplies(failed, 'I made it in 2019.')
  await desk.rest()
  await click(desk, { iid: spam, button: 'Mark Spam', by })
  await click(desk, { iid: failed, button: 'Fail Verification', by })
  const { id: ticket } = desk.zendesk.submitTicket('Is it safe?', { subject: 'A question' })
  await desk.rest()
  const field = { 'Reply to the requester': typed }
  await decide(desk, { iid: ticket, source: 'zendesk', button: 'Reply', by: 'U01FIELDSEC' }, field)
  await desk.rest()
  return { closed: [spam, failed, ticket], open: [open] }
}

/** The columns that say whose request it was, and every key of what came in; less what stands in the audit log. */
function needlesIn(file: string, closed: readonly number[], open: readonly number[]): Needles {
  const sqlite = new Sqlite(file, { fileMustExist: true })
  try {
    const rows = sqlite.prepare<[], Record<string, unknown>>('select * from request').all()
    const inbox = sqlite
      .prepare<[], { key: string }>('select key from inbox where finished_at is not null')
      .all()
    const outbox = sqlite
      .prepare<[], { op_id: string; request_id: string | null }>('select op_id, request_id from outbox')
      .all()
    const log = sqlite.prepare('select group_concat(details) from audit').pluck().get()
    const isInLog = (text: string) => String(log).includes(text)
    const textsOf = (iids: readonly number[]) =>
      rows
        .filter(({ number }) => iids.includes(Number(number)))
        .flatMap(({ url, email_hash, username_hash, card_ts }) => [url, email_hash, username_hash, card_ts])
        .filter((text): text is string => typeof text === 'string')
    const ids = rows.filter(({ number }) => closed.includes(Number(number))).map(({ id }) => id)
    const ops = outbox.filter(({ request_id }) => ids.includes(request_id)).map(({ op_id }) => op_id)
    const purged = [...textsOf(closed), ...inbox.map(({ key }) => key), ...ops]
    return { purged: purged.filter((text) => !isInLog(text)), kept: textsOf(open) }
  } finally {
    sqlite.close()
  }
}

function bytesOf(file: string): Buffer {
  return Buffer.concat([file, `${file}-wal`].filter((one) => existsSync(one)).map((one) => readFileSync(one)))
}

function purge({ time, desk }: InProcess): Promise<number> {
  const env = {
    ...desk.environment,
    DATABASE_URL: `file:${desk.databaseFile}`,
    RETENTION_DAYS: retentionDays,
  }
  const silent = { write: () => true }
  const fetch = () => Promise.reject(new Error('nothing is asked'))
  return runCli(['purge'], env, { out: silent, err: silent, now: time.now, sleep: time.sleep, fetch })
}

async function checkAudit({ desk, time }: InProcess, tally: Tally): Promise<void> {
  const store = await openStore({ databaseUrl: `file:${desk.databaseFile}`, now: time.now, beside: true })
  const verdict = await verifyAudit(store.tables)
  await store.close()
  if (!verdict.ok) tally.broken.push(`after the purge the chain is broken at ${verdict.seq}: ${verdict.why}`)
}
