/** The queries of the listeners, answered from the store and the engine. */

import { aboutRequest } from '../desks/desk.ts'
import { decide } from '../engine/decide.ts'
import type { Effect } from '../engine/effect.ts'
import type { NeedAnswer } from '../engine/need.ts'
import { slackActor } from '../engine/request.ts'
import { snippetTitles } from '../flows/snippets.ts'
import { previewRedirect } from '../inbox/handle-redirect-ticket.ts'
import { countInTime, needsInTime, readInTime } from '../inbox/read-afresh.ts'
import type { DeskQueries } from '../listeners/desk.ts'
import { recordRefusal } from '../requests/audit-draft.ts'
import { batchOf, nextBatches } from '../requests/batches.ts'
import { type CardStateParts, cardStateOf } from '../requests/card-states.ts'
import { type DeskContext, nowOf } from '../requests/desk-context.ts'
import { digestState } from '../requests/digest.ts'
import { environmentFor, roleRefusal } from '../requests/handle-event.ts'
import { listOpen } from '../requests/list.ts'
import { purgedLog, recentLog, wholeLog } from '../requests/log-sentences.ts'
import { reconcile } from '../requests/reconcile.ts'
import type { Snapshot } from '../requests/snapshot.ts'
import { statsOf } from '../requests/stats.ts'
import { throughputOf } from '../requests/throughput.ts'
import type { RequestRow } from '../store/store.ts'
import { type Bot, isOn } from './bot.ts'

type Asked = CardStateParts &
  Pick<
    Bot,
    | 'clock'
    | 'config'
    | 'lookForNeeds'
    | 'mention'
    | 'receive'
    | 'services'
    | 'snippets'
    | 'tickets'
    | 'whoIs'
  >

export function deskOf(parts: Asked): DeskQueries {
  const { context, services, whoIs, snippets } = parts
  const { zendeskMacros, formUrl } = parts.config.desk
  const { requests, audit } = context.store.tables
  return {
    whoIs,
    readAfresh: (requestId) => readInTime(parts, requestId),
    countOthers: (requestId) => countInTime(parts, requestId),
    snippets,
    snippetTitles,
    desks: context.desks.all,
    showsLinks: parts.config.unfurlLinks,
    isOn: (desk) => isOn(parts, desk),
    receive: (kind, key, payload) => parts.receive({ key, kind, payload, receivedAt: nowOf(context) }),
    batch: (day) => batchOf(parts, day),
    nextBatches: () => nextBatches(parts),
    stats: async (desk, days) => ({
      ...(await statsOf(context, desk, days)),
      throughput: await throughputOf(context, desk, days),
    }),
    permalink: ({ channel, ts, threadTs }) => {
      const url = parts.cardUrl({ channel, ts }) ?? ''
      return threadTs === undefined ? url : `${url}?thread_ts=${threadTs}&cid=${channel}`
    },
    digest: (desk) => {
      const notes = services[desk.source]?.digestNotes
      return digestState({ ...parts, desk, ...(notes && { notes }) })
    },
    wholeLog: (requestId) => wholeLog(context, requestId),
    purgedLog: (desk, number) => purgedLog(context, desk, number),
    showTicket: async (requestId, userId, since) => {
      const row = await requests.byId(requestId)
      const show = row && services[row.source]?.show
      if (!row || !show) return { because: 'I’m not tracking this request anymore.' }
      const shown = await show(row, since)
      if ('because' in shown) return shown
      const { ticket, snapshot, changes } = shown
      await takeIn(context, snapshot)
      // Whoever asks what is new, and hears that nothing is, is shown nothing.
      if (since === undefined || changes.length > 0) await recordShown(context, row, userId)
      return { ticket, changes }
    },
    cardState: async (requestId) => {
      const row = await requests.byId(requestId)
      return row && cardStateOf(parts, row)
    },
    cardStateByNumber: async (number, desk) => {
      const row = await requests.byNumber(number, desk.source)
      return row && cardStateOf(parts, row)
    },
    previewRedirect: (ticket, to, answerTo) =>
      previewRedirect(parts, { macros: zendeskMacros, formUrl }, { ticket, to, answerTo }),
    tryOut: (...asked) => tryOut(parts, asked, async () => undefined),
    tryWithNeeds: (...asked) => tryOut(parts, asked, (row, effects) => needsInTime(parts, row, effects)),
    refusedByRole: async (requestId, decision, person) => {
      const row = await requests.byId(requestId)
      const refusal = row && roleRefusal(context, row, decision, person)
      if (!refusal) return undefined
      // Without the mentions it says the same.
      const mentions = await Promise.all(refusal.roles.map(parts.mention)).catch(() => [])
      return { because: refusal.because, ask: mentions.filter((one) => one !== '').join(' ') }
    },
    recordRefusal: async (requestId, decision, userId, because) => {
      const row = await requests.byId(requestId)
      await recordRefusal(context, { audit }, { row, decision, userId, because })
    },
    list: (desk, filter, person, most) => listOpen(parts, desk, filter, person, most),
    recentLog: (requestId) => recentLog(context, requestId),
  }
}

/** Decides on trial, and once more with what its effects need where that was looked for. Nothing is written. */
async function tryOut(
  { context }: Pick<Asked, 'context'>,
  [requestId, decision, by, input, shownAt]: Parameters<DeskQueries['tryOut']>,
  lookFor: (row: RequestRow, wanted: readonly Effect[]) => Promise<readonly NeedAnswer[] | undefined>,
): ReturnType<DeskQueries['tryOut']> {
  const row = await context.store.tables.requests.byId(requestId)
  if (!row) return { because: 'I’m not tracking this request anymore.' }
  const event = { kind: 'decision', decision, by, input, shownAt, at: nowOf(context) } as const
  const environment = await environmentFor(context, context.store.tables, row, event)
  const first = decide(context.flows, row, event, environment)
  const needs = first.kind === 'move' ? await lookFor(row, first.effects) : undefined
  const outcome = needs ? decide(context.flows, row, { ...event, needs }, environment) : first
  return outcome.kind === 'move' ? { effects: outcome.effects } : outcome
}

/** Takes in a reading that a person is shown: the card must not know less than they do. */
async function takeIn(context: DeskContext, snapshot: Snapshot): Promise<void> {
  await context.store.transaction((tables) => reconcile(context, tables, snapshot))
  context.wakeWorker()
}

async function recordShown(context: DeskContext, row: RequestRow, userId: string): Promise<void> {
  await context.store.tables.audit.append({
    at: nowOf(context),
    ...aboutRequest(context.desks.of(row), row),
    what: 'revealed',
    who: slackActor(userId),
  })
}
