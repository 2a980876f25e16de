/** An issue has been read: open a request for it, or tell the request what is new. */

import type { Actor } from '../engine/actor.ts'
import { effectsOf } from '../engine/effects-of.ts'
import type { Happening } from '../engine/event.ts'
import type { FormFacts } from '../engine/request.ts'
import { beginningOf, entranceOf } from '../engine/traits.ts'
import type { RequestRow, Seen, Tables } from '../store/store.ts'
import { changesAtOf } from './changes-at.ts'
import { circumstancesOf, type DeskContext, nowOf } from './desk-context.ts'
import { addEffects, handleHappenings, isClosed, redraw } from './handle-event.ts'
import type { News, Sighting } from './sighting.ts'

export type Sighted =
  | { readonly kind: 'opened' | 'known'; readonly row: RequestRow }
  | { readonly kind: 'not-a-request' }

/** Inside the caller's transaction. `byHand` takes in an issue that did not come through the Service Desk. */
export async function sight(
  context: DeskContext,
  tables: Tables,
  sighting: Sighting,
  byHand?: { readonly who: Actor },
): Promise<Sighted> {
  const known = await tables.requests.byIid(sighting.iid, 'gitlab')
  if (known) return { kind: 'known', row: await news(context, tables, known, sighting) }
  if (!byHand && !isRequest(sighting)) return { kind: 'not-a-request' }
  return { kind: 'opened', row: await open(context, tables, sighting, byHand?.who ?? 'bot') }
}

/** What is closed already when it is first seen was worked without the bot; only failed checks are counted. */
function isRequest(sighting: Sighting): boolean {
  return sighting.isFromRequester && (sighting.isInvalid || sighting.seen.state === 'opened')
}

/** The type on the form, never a guess. */
function beginning({ flows }: DeskContext, { isInvalid, form }: Sighting) {
  if (isInvalid) return entranceOf(flows, 'failed-checks')
  if (form.direct) return entranceOf(flows, 'past-the-form')
  const ofType = form.type === undefined ? undefined : beginningOf(flows, form.type)
  return ofType ?? entranceOf(flows, 'unknown-type')
}

async function open(
  context: DeskContext,
  tables: Tables,
  sighting: Sighting,
  who: Actor,
): Promise<RequestRow> {
  const now = nowOf(context)
  const place = beginning(context, sighting)
  const row: Omit<RequestRow, 'version'> = {
    id: context.newId(),
    source: 'gitlab',
    iid: sighting.iid,
    url: sighting.url,
    ...place,
    stepSince: now,
    createdAt: sighting.createdAt,
    facts: factsOf(sighting),
    seen: sighting.seen,
    hashes: sighting.hashes,
    ...(isClosed(context, place) ? { closedAt: now } : {}),
  }
  const opened = await tables.requests.insert(row)
  await tables.audit.append({
    at: now,
    requestId: opened.id,
    iid: opened.iid,
    what: 'opened',
    who,
    details: { ...place, createdAt: sighting.createdAt, problems: sighting.form.problems },
  })
  if (context.flows[place.flow]?.isCountedOnly) return opened
  await enterFirstStep(context, tables, opened)
  const compared = await suggestDuplicates(context, tables, opened)
  const after = await handleHappenings(context, tables, compared, happeningsOf(sighting.news))
  const changesAt = changesAtOf(context, after)
  const timed = changesAt && !after.closedAt ? await tables.requests.update({ ...after, changesAt }) : after
  await redraw(context, tables, opened.id)
  return timed
}

/** What the form says, as far as it is no personal data. */
function factsOf({ form, suggestedReason, isEmbargoed, hasOtherAddress }: Sighting): FormFacts {
  return {
    ...(suggestedReason ? { suggestedReason } : {}),
    ...(isEmbargoed ? { isEmbargoed } : {}),
    ...(hasOtherAddress ? { hasOtherAddress } : {}),
    ...(form.problems.length > 0 ? { formProblems: form.problems } : {}),
    ...(form.email === undefined ? { hasNoEmail: true } : {}),
  }
}

/** What the first step does on arrival. */
async function enterFirstStep(context: DeskContext, tables: Tables, row: RequestRow): Promise<void> {
  const flow = context.flows[row.flow]
  const onEntry = flow?.steps[row.step]?.onEntry
  if (!flow || !onEntry) return
  const effects = effectsOf(onEntry, {
    flow: flow,
    request: row,
    circumstances: circumstancesOf(context),
    input: {},
  })
  await addEffects(context, tables, row, effects)
}

async function news(
  context: DeskContext,
  tables: Tables,
  known: RequestRow,
  sighting: Sighting,
): Promise<RequestRow> {
  const unheard = sighting.news.filter((one) => isUnheard(one, known))
  let row = await tables.requests.update({
    ...known,
    url: sighting.url,
    seen: latest(known.seen, sighting.seen),
    hashes: sighting.hashes,
  })
  if (known.facts.unreadable)
    row = await handleHappenings(context, tables, row, [{ name: 'issue-readable', at: nowOf(context) }])
  const changed = formChange(context, known, sighting)
  if (changed) row = await handleHappenings(context, tables, row, [changed])
  const isReopening =
    unheard.some(({ happening }) => isOwnClose(happening)) && (await isBeingReopened(tables, row.id))
  for (const { happening } of unheard) {
    if (isOwnClose(happening) && (row.closedAt !== undefined || isReopening)) continue
    row = await handleHappenings(context, tables, row, [happening])
  }
  return row
}

/** What the form says otherwise than when it was last read; whoever read earlier but comes later says nothing. */
function formChange(context: DeskContext, known: RequestRow, sighting: Sighting): Happening | undefined {
  if (sighting.seen.updatedAt < known.seen.updatedAt || context.flows[known.flow]?.isCountedOnly)
    return undefined
  const form = factsOf(sighting)
  const { formType } = sighting.seen
  const isNewType = formType !== known.seen.formType && formType !== known.flow
  const same = (fact: keyof FormFacts) => JSON.stringify(known.facts[fact]) === JSON.stringify(form[fact])
  const sameHash = (of: 'email' | 'username') =>
    known.hashes?.keyId !== sighting.hashes.keyId ||
    known.hashes[of] === undefined ||
    known.hashes[of] === sighting.hashes[of]
  const what = [
    ...(isNewType ? ['the request type'] : []),
    ...(same('isEmbargoed') ? [] : ['the country']),
    ...(same('hasNoEmail') && sameHash('email') ? [] : ['the e-mail address']),
    ...(sameHash('username') ? [] : ['the username']),
    ...(same('hasOtherAddress') && same('suggestedReason') ? [] : ['the comment']),
    ...(same('formProblems') ? [] : ['what can be read of it']),
  ]
  if (what.length === 0) return undefined
  const place = formType === undefined ? undefined : beginningOf(context.flows, formType)
  return { name: 'form-changed', form, what, ...(place ? { place } : {}), at: nowOf(context) }
}

/** Nearly always what the request knows, since the bot closes what was decided to be closed. */
function isOwnClose(happening: Happening): boolean {
  return happening.name === 'issue-closed' && happening.by === 'bot'
}

async function isBeingReopened({ outbox }: Tables, requestId: string): Promise<boolean> {
  const entries = await outbox.ofRequest(requestId)
  return entries.some(({ work, status }) => work.kind === 'reopen' && !['done', 'cancelled'].includes(status))
}

/** A reply also by its time: GitLab may commit a note after one with a higher id. */
function isUnheard({ happening, from, id }: News, { seen, facts }: RequestRow): boolean {
  if (from === 'handNoteId') return id > seen.noteId
  return id > seen[from] || (from === 'noteId' && happening.at > (facts.lastReplyAt ?? ''))
}

/** Whoever read earlier may come later: an older sighting takes nothing back. */
function latest(before: Seen, now: Seen): Seen {
  const newer = now.updatedAt >= before.updatedAt ? now : before
  return {
    ...newer,
    noteId: Math.max(before.noteId, now.noteId),
    labelEventId: Math.max(before.labelEventId, now.labelEventId),
    stateEventId: Math.max(before.stateEventId, now.stateEventId),
  }
}

function happeningsOf(news: readonly News[]): readonly Happening[] {
  return news.map(({ happening }) => happening)
}

/** Whoever mails the form may mail it a thousand times: of others of the same person no more than these are named. */
const mostNamed = 5

/** "another open request of the same requester (same e-mail or username) and type": said on both cards, acted on by nobody but a person. */
async function suggestDuplicates(context: DeskContext, tables: Tables, row: RequestRow): Promise<RequestRow> {
  if (!row.hashes) return row
  if (context.flows[row.flow]?.isTypeUnknown) return comparePerson(context, tables, row, row.hashes)
  const others = await tables.requests.sameRequester(row.hashes, [row.flow], row.id, mostNamed + 1)
  if (others.length === 0) return row
  const at = nowOf(context)
  const suggested = (all: readonly number[]): Happening => ({
    name: 'duplicates-suggested',
    iids: all.slice(0, mostNamed),
    ...(all.length > mostNamed ? { hasMore: true } : {}),
    at,
  })
  const compared = await handleHappenings(context, tables, row, [suggested(others.map(({ iid }) => iid))])
  for (const other of others.slice(0, mostNamed)) {
    const { suggestedDuplicates = [], hasMoreDuplicates } = other.facts
    if (!hasMoreDuplicates && !suggestedDuplicates.includes(row.iid))
      await handleHappenings(context, tables, other, [suggested([...suggestedDuplicates, row.iid])])
  }
  return compared
}

/** An issue without a form may hold the answer that another request of the same person waits for. */
async function comparePerson(
  context: DeskContext,
  tables: Tables,
  row: RequestRow,
  hashes: NonNullable<RequestRow['hashes']>,
): Promise<RequestRow> {
  const typed = Object.keys(context.flows).filter((flow) => !context.flows[flow]?.isTypeUnknown)
  const others = await tables.requests.sameRequester(hashes, typed, row.id, mostNamed)
  if (others.length === 0) return row
  const at = nowOf(context)
  for (const other of others) {
    const known = other.facts.laterIssues ?? []
    if (known.length < mostNamed && !known.includes(row.iid))
      await handleHappenings(context, tables, other, [
        { name: 'other-issues-seen', later: [...known, row.iid], at },
      ])
  }
  const earlier = others.map(({ iid }) => iid)
  return handleHappenings(context, tables, row, [{ name: 'other-issues-seen', earlier, at }])
}
