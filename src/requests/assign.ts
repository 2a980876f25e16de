/**
 * Whose a request is: somebody claims it, lets it go, gives it to a colleague, or is assigned in the service. No step of
 * any flow knows of it.
 */
import { aboutRequest } from '../desks/desk.ts'
import { type Flow, requestName } from '../engine/flow.ts'
import { thread } from '../engine/outcome.ts'
import { type Actor, type AnswerTo, readActor, slackActor } from '../engine/request.ts'
import type { RequestRow, SyncCursor, Tables } from '../store/store.ts'
import { addEffects, redraw } from './ask-for-effects.ts'
import { type DeskContext, nowOf } from './desk-context.ts'
import { amendRequest, postCard } from './handle-event.ts'

/** A change of whose a request is. */
export interface Assignment {
  /** Slack user id of the person whose it is from now on; left out: nobody's. */
  readonly to?: string
  /** Whoever changed it: a person in Slack, or somebody in the service. */
  readonly by: Actor
  /** Where the person hears of it if the service did not take the assignee; left out: it was changed there. */
  readonly answerTo?: AnswerTo
  /** It was so before the bot looked: nobody is told. */
  readonly isOld?: boolean
}

/**
 * Makes a request somebody's or nobody's, inside the caller's transaction. Whoever had it before and whoever it is given
 * to are told in one message, unless they did it themselves. Its service is told where they have an account there.
 */
export async function assignRequest(
  context: DeskContext,
  tables: Tables,
  row: RequestRow,
  { to, by, answerTo, isOld = false }: Assignment,
): Promise<RequestRow> {
  const { assignee: from } = row
  if (from === to) return row
  // Whoever claims a request works on it: its card waits no longer.
  const priority = answerTo ? 'awaited' : 'background'
  const shown = answerTo ? await postCard(context, tables, row, priority) : row
  const assigned = await amendRequest(tables, shown, { assignee: to })
  const desk = context.desks.of(row)
  const isClaim = to !== undefined && by === slackActor(to)
  await tables.audit.append({
    at: nowOf(context),
    ...aboutRequest(desk, row, {
      ...(from !== undefined && { from: slackActor(from) }),
      ...(to !== undefined && !isClaim && { to: slackActor(to) }),
    }),
    what: isClaim ? 'claimed' : to === undefined ? 'released' : 'assigned',
    who: by,
  })
  const text = isOld ? undefined : assignedText(desk, row, { from, to, by })
  const effects = [
    ...(text === undefined ? [] : [thread(text)]),
    ...(answerTo ? serviceEffects(context, row, { from, to, answerTo }) : []),
  ]
  if (effects.length > 0) await addEffects(context, tables, row, effects, { priority })
  await redraw(context, tables, row.id, { priority })
  return assigned
}

/**
 * An assignee that was set in the service counts like a claim, and one that was taken off like a release: `seen` is what was
 * read there, `before` what was known of it. While the bot's own assignment is on its way, its service says what it will not
 * say any more.
 */
export async function followAssignee(
  context: DeskContext,
  tables: Tables,
  row: RequestRow,
  { before, seen, by }: { readonly before?: SyncCursor; readonly seen: SyncCursor; readonly by: Actor },
): Promise<RequestRow> {
  const { assignedTo: now } = seen
  const { assignee } = row
  // Who was assigned before accounts were linked is not known: what they have claimed since stands.
  if (now === undefined || (assignee !== undefined && now.includes(assignee))) return row
  const known = before?.assignedTo ?? []
  const added = now.find((person) => !known.includes(person))
  const isTakenOff = assignee !== undefined && known.includes(assignee)
  const isKnown = before?.assignedTo !== undefined
  if (added === undefined ? !isTakenOff : assignee !== undefined && !isKnown) return row
  const entries = await tables.outbox.ofRequest(row.id)
  if (entries.some(({ work, status }) => work.kind === 'assign' && !['done', 'cancelled'].includes(status)))
    return row
  const to = added ?? now[0]
  return assignRequest(context, tables, row, { ...(to !== undefined && { to }), by, isOld: !isKnown })
}

interface Change {
  readonly from: string | undefined
  readonly to: string | undefined
}

/** Names each of the two people once, and nobody who did it themselves; undefined where there is nobody to tell. */
function assignedText(
  desk: Flow['desk'],
  { number }: Pick<RequestRow, 'number'>,
  { from, to, by }: Change & { readonly by: Actor },
): string | undefined {
  const isTold = (person: string | undefined) => person !== undefined && by !== slackActor(person)
  const who = actorText(desk, by)
  const name = requestName(desk, number)
  if (to === undefined)
    return isTold(from) ? `{person:${from}} ${who} has unassigned you from ${name}.` : undefined
  if (!isTold(to))
    return isTold(from) ? `{person:${from}} ${who} has taken over ${name} from you.` : undefined
  const before = from === undefined ? '' : isTold(from) ? `, which {person:${from}} had` : ', which they had'
  return `{person:${to}} ${who} has assigned ${name} to you${before}.`
}

function actorText({ service }: Flow['desk'], by: Actor): string {
  const actor = readActor(by)
  return actor.kind === 'slack' ? `{person:${actor.userId}}` : `somebody in ${service}`
}

/** Nothing is told to a service in which neither of them has a known account. */
function serviceEffects(
  { accounts }: DeskContext,
  { source }: Pick<RequestRow, 'source'>,
  { from, to, answerTo }: Change & { readonly answerTo: AnswerTo },
) {
  const known = (person: string | undefined) =>
    person !== undefined && accounts?.accountOf(source, person) !== undefined ? person : undefined
  const [added, removed] = [known(to), known(from)]
  if (added === undefined && removed === undefined) return []
  return [
    {
      kind: 'assign' as const,
      ...(added !== undefined && { to: added }),
      ...(removed !== undefined && { from: removed }),
      answerTo,
    },
  ]
}
