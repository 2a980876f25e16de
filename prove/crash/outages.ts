/** The database takes nothing for a while: the disk is full, or another process has it locked. */
import Sqlite from 'better-sqlite3'
import { onceSeen } from '../../sandbox/slack/once-seen.ts'
import { type Acted, cardsOf, click, engineer } from './acts.ts'
import type { DeskOfProcesses, DeskOptions } from './desk-of-processes.ts'
import { type Disk, fill, mountSmallDisk, pretendFull } from './full-disk.ts'
import { judge } from './judge.ts'
import { onADesk } from './on-a-desk.ts'
import { type Outside, outsideOf } from './outside.ts'
import { newRequester, sendForm } from './people-who-write.ts'
import type { Subject } from './scenarios.ts'
import { count, type Tally } from './tally.ts'

interface Outage {
  readonly name: string
  /** The answer to a call that was under way comes in the middle of it, else afterwards. */
  readonly answerComes: 'meanwhile' | 'afterwards'
  readonly disk?: Disk
  /** What is returned ends it. */
  begin(desk: DeskOfProcesses): Promise<() => unknown>
}

type Request = Subject & { readonly iid: number }

export async function outages(log: (line: string) => void, tally: Tally): Promise<void> {
  const disk = mountSmallDisk()
  if (typeof disk === 'string') log(`disk full (a small tmpfs): left out, mount says: ${disk}`)
  try {
    await Promise.all(
      [...simulated, ...(typeof disk === 'string' ? [] : [fullDisk(disk)])].map((one) =>
        outage(one, log, tally),
      ),
    )
  } finally {
    if (typeof disk !== 'string') disk.close()
  }
}

const simulated: readonly Outage[] = [
  { name: 'disk full (SQLite says so)', answerComes: 'meanwhile', begin: pretendFull },
  { name: 'database locked by another process', answerComes: 'afterwards', begin: lock },
]

const fullDisk = (disk: Disk): Outage => ({
  name: 'disk full (a small tmpfs)',
  answerComes: 'meanwhile',
  disk,
  begin: async ({ databaseFile }) => fill(disk, databaseFile),
})

async function lock({ databaseFile }: DeskOfProcesses): Promise<() => void> {
  const other = new Sqlite(databaseFile, { timeout: 5_000 })
  other.exec('BEGIN EXCLUSIVE')
  return () => {
    other.exec('ROLLBACK')
    other.close()
  }
}

async function outage(given: Outage, log: (line: string) => void, tally: Tally): Promise<void> {
  const { name, disk } = given
  // What no webhook could tell is asked for.
  const options: DeskOptions = { env: { GITLAB_POLL_SECONDS: '2' } }
  const work = async (desk: DeskOfProcesses) => {
    await during(desk, given, tally)
    tally.runs += 1
    count(tally.faults, name)
    log(`${name}: over`)
  }
  await onADesk(work, tally, disk ? { ...options, dataFolder: disk.folder } : options)
}

async function during(
  desk: DeskOfProcesses,
  { name, answerComes, begin }: Outage,
  tally: Tally,
): Promise<void> {
  const failed = await untouchedFailure(desk)
  const [underWay, clicked] = [await answered(desk), await answered(desk)]
  const release = desk.calls.hold('POST', /\/notes$/)
  await fail(desk, underWay)
  while (repliesOn(desk, underWay) === 0 && desk.bot.isAlive()) await desk.calls.next(patienceMs)

  const end = await begin(desk)
  const delivered = desk.gitlab.webhooks.deliveries.length
  let acted: Acted | undefined
  const clicking = fail(desk, clicked).then((how) => {
    acted = how
  })
  const form = newForm(desk)
  if (answerComes === 'meanwhile') release()
  const refusals = () => {
    const answers = desk.gitlab.webhooks.deliveries.slice(delivered).flatMap((one) => one.answers)
    return answers.filter((status) => status === 503).length + (acted === 'not-acknowledged' ? 1 : 0)
  }
  // It lasts until the click is answered and so is every webhook, of which somebody was refused.
  await clicking
  await desk.gitlab.webhooks.settled()
  const before = { done: repliesOn(desk, clicked), isAlive: desk.bot.isAlive() }
  await end()
  release()
  await desk.gitlab.webhooks.settled()

  if (!before.isAlive) tally.broken.push(`${name}: the bot ended`)
  if (acted === 'not-acknowledged' && before.done > 0)
    tally.broken.push(`${name}: done outside and nowhere recorded`)
  count(tally.reached, `${name}: refused`, refusals())
  // A bot that has stood still for seconds may answer the first of them that its connection has run out of time.
  for (let left = 3; acted === 'not-acknowledged' && left > 0; left -= 1) acted = await fail(desk, clicked)
  await afterwards(desk, { name, failed, requests: [underWay, clicked], form }, tally)
}

async function afterwards(
  desk: DeskOfProcesses,
  given: { name: string; failed: Outside; requests: readonly Request[]; form: Request },
  tally: Tally,
): Promise<void> {
  const { name, failed, requests, form } = given
  await onceSeen(desk.slack, () => cardsOf(desk, form.iid)[0])
  const rest = await desk.rest()
  if (rest !== 'at-rest') tally.broken.push(`${name}: ${rest} afterwards\n${desk.bot.output().slice(-1_500)}`)
  for (const request of requests) {
    const judged = judge(failed, await outsideOf(desk, request), 0)
    for (const kind of ['missing', 'duplicated', 'broken'] as const)
      tally[kind].push(...judged[kind].map((what) => `${name}, #${request.iid}: ${what}`))
    tally.effectsChecked += judged.checked
  }
  const { cards } = await outsideOf(desk, form)
  if (cards === 0) tally.missing.push(`${name}: the card of a form sent meanwhile`)
  if (cards > 1) tally.duplicated.push(`${name}: the card of a form sent meanwhile`)
}

async function untouchedFailure(desk: DeskOfProcesses): Promise<Outside> {
  const request = await answered(desk)
  await fail(desk, request)
  await desk.rest()
  return outsideOf(desk, request)
}

async function answered(desk: DeskOfProcesses): Promise<Request> {
  const request = newForm(desk)
  desk.gitlab.requesterReplies(request.iid, 'I made it in 2019.')
  await desk.rest()
  return request
}

function newForm(desk: DeskOfProcesses): Request {
  const requester = newRequester(desk)
  return { requester, iid: sendForm(desk, requester) }
}

const fail = (desk: DeskOfProcesses, { iid }: Request): Promise<Acted> =>
  click(desk, { iid, button: 'Fail Verification', by: engineer.id })

const repliesOn = ({ gitlab }: DeskOfProcesses, { iid }: Request): number =>
  gitlab
    .issue(iid)
    .notes.filter(({ author, internal }) => author.username === 'privacy-desk-bot' && !internal).length

/** Far longer than it takes on a busy machine. */
const patienceMs = 60_000
