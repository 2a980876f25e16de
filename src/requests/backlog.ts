/**
 * A backlog is what was open before the bot started: found in a service, and not come in. On a first night it may be
 * thousands. All of it is taken in at once, with its clocks and its place in the digest; of its cards ten are posted, and
 * the others wait until somebody says so.
 */
import type { Desk } from '../desks/desk.ts'
import { roleName } from '../engine/flow.ts'
import { type AnswerTo, type Person, slackActor } from '../engine/request.ts'
import { dayIn, type Instant, plus } from '../engine/time.ts'
import type { RequestRow, Tables } from '../store/store.ts'
import { backlogName, drawBacklog } from './ask-for-effects.ts'
import { type DeskContext, nowOf } from './desk-context.ts'
import { postCard } from './handle-event.ts'

/** As many as people can look through in one go; more of them push what is urgent out of the channel's sight. */
const cardsAtOnce = 10
/** After so long without a further find the next one begins anew with ten: reading 10,000 issues takes half an hour. */
const intakeMs = 3_600_000
/** The cards that are asked for in one transaction: some milliseconds each, and a click comes between. */
const inOneGo = 25

/** What of a backlog a desk has been shown. */
interface Intake {
  /** The instant at which the last of it was found. */
  readonly at: Instant
  /** The number of cards that were posted without being asked for. */
  readonly posted: number
  /** All of them were asked for: of what is still found, too. */
  readonly isAll?: true
}

/** Tells whether the card of a request that is being taken in waits to be asked for, and counts it. */
export async function isCardToWait(
  context: DeskContext,
  tables: Tables,
  { source, createdAt }: Pick<RequestRow, 'source' | 'createdAt'>,
): Promise<boolean> {
  if (createdAt > context.startedAt) return false
  const desk = context.desks.of({ source })
  const intake = await intakeOf(context, tables, desk)
  const isToWait = intake.isAll !== true && intake.posted >= cardsAtOnce
  await writeIntake(tables, desk, {
    ...intake,
    at: nowOf(context),
    posted: intake.posted + (isToWait ? 0 : 1),
  })
  if (isToWait) await drawBacklog(context, tables, desk)
  return isToWait
}

/** Returns what of the backlog has been shown so far: nothing where the last one is over. */
async function intakeOf(context: DeskContext, tables: Tables, desk: Desk): Promise<Intake> {
  const now = nowOf(context)
  const text = await tables.settings.get(intakeName(desk))
  if (text === undefined) return { at: now, posted: 0 }
  const intake = JSON.parse(text) as Intake
  if (now <= plus(intake.at, intakeMs)) return intake
  const { count } = await tables.requests.waitingCards(desk.source)
  return count > 0 ? intake : { at: now, posted: 0 }
}

async function writeIntake({ settings }: Tables, desk: Desk, intake: Intake): Promise<void> {
  await settings.set(intakeName(desk), JSON.stringify(intake))
}

function intakeName({ name }: Desk): string {
  return `backlog-intake:${name}`
}

/** The state from which the message about cards that wait is drawn. It holds no personal data. */
export interface BacklogState {
  readonly desk: Desk
  /** The number of open requests whose cards wait. */
  readonly waiting: number
  /** The instant at which the oldest of them was created. */
  readonly oldest?: Instant
  readonly now: Instant
  readonly timeZone: string
  /** The number of cards that are posted without being asked for, and with the next. */
  readonly atOnce: number
  /** All were asked for, and are being posted. */
  readonly isAll: boolean
}

/** Reads the state of a desk's backlog as of now. */
export async function backlogOf(context: DeskContext, desk: Desk): Promise<BacklogState> {
  const { tables } = context.store
  const { count, oldest } = await tables.requests.waitingCards(desk.source)
  const { isAll = false } = await intakeOf(context, tables, desk)
  return {
    desk,
    waiting: count,
    ...(oldest !== undefined && { oldest }),
    now: nowOf(context),
    timeZone: context.timeZone,
    atOnce: cardsAtOnce,
    isAll,
  }
}

/** The cards that somebody asks for: the next ten by creation, or all. */
export type HowMany = 'next' | 'all'

/** Returns the sentence that refuses it, or undefined where the person may ask for the cards of the desk. */
export function refusesCards(desk: Desk, { roles }: Person): string | undefined {
  const { whom } = desk.reminders
  return roles.includes(whom) ? undefined : `Only ${roleName(desk, whom)} can post these cards.`
}

/**
 * Posts the next ten; where all are asked for, the rest follow with the rounds of the clock. Inside the caller's
 * transaction; gives the sentence for the person where none waits.
 */
export async function askForCards(
  context: DeskContext,
  tables: Tables,
  desk: Desk,
  howMany: HowMany,
  { userId }: AnswerTo,
): Promise<string | undefined> {
  const { count } = await tables.requests.waitingCards(desk.source)
  if (count === 0)
    return `No card is left to be posted: somebody was quicker, or the ${desk.words.noun}s were closed.`
  if (howMany === 'all')
    await writeIntake(tables, desk, { ...(await intakeOf(context, tables, desk)), isAll: true })
  await postNext(context, tables, desk, cardsAtOnce)
  await tables.audit.append({
    at: nowOf(context),
    what: 'cards-asked-for',
    who: slackActor(userId),
    details: { desk: desk.name, howMany, waiting: count },
  })
  return undefined
}

/** Posts what was asked for altogether, a few at a time, so that everything else has its turn between. */
export async function postAskedFor(context: DeskContext): Promise<void> {
  for (const desk of context.desks.all) {
    while (await isGoingOn(context, desk)) {
      await context.store.transaction((tables) => postNext(context, tables, desk, inOneGo))
      context.wakeWorker()
    }
  }
}

async function isGoingOn(context: DeskContext, desk: Desk): Promise<boolean> {
  const { waiting, isAll } = await backlogOf(context, desk)
  return isAll && waiting > 0
}

async function postNext(context: DeskContext, tables: Tables, desk: Desk, most: number): Promise<void> {
  for (const row of await tables.requests.withWaitingCard(desk.source, most))
    await postCard(context, tables, row)
}

/** Calls once a day those who may ask for the cards: the deadline of a request without a card is near or over. */
export async function callForBacklog(context: DeskContext, desk: Desk): Promise<void> {
  const now = nowOf(context)
  await context.store.transaction(async (tables) => {
    if (!(await tables.settings.claimOnce(`backlog-call:${desk.name}:${dayIn(context.timeZone, now)}`, now)))
      return
    await tables.outbox.add([
      {
        opId: context.newId(),
        requestId: backlogName(desk),
        lane: 'card',
        work: { kind: 'backlog', desk: desk.name, isCall: true },
        dueAt: now,
        createdAt: now,
      },
    ])
  })
}
