/** Publishes a person's App Home, and draws the modal of a request again. */
import type { HomeView } from '@slack/types'
import { type Desk, worksAt } from '../../desks/desk.ts'
import type { Role, WhoIs } from '../../engine/request.ts'
import type { Log } from '../../http/log.ts'
import { type CardStateParts, cardStateOf } from '../../requests/card-states.ts'
import { nowOf } from '../../requests/desk-context.ts'
import { type HomeLook, homeOf } from '../../requests/home.ts'
import { lookText, readLook } from '../../views/home-value.ts'
import { homeRefused, homeView, homeWithoutRole } from '../../views/home-view.ts'
import { requestModal } from '../../views/request-modals.ts'
import { inBestForm } from './chart-sender.ts'
import type { SlackClient } from './client.ts'
import { SlackCallFailed } from './failure.ts'

/** The parts that the Home is drawn and published with. */
export interface HomeParts extends CardStateParts {
  readonly slack: Pick<SlackClient, 'publishHome' | 'updateModal'>
  readonly whoIs: WhoIs
  readonly isOn: (desk: Desk) => boolean
  /** Returns the holders of the role, as mentions; empty where nobody holds it. */
  readonly mention: (role: Role) => Promise<string>
  /** The last entries of a request's log, newest first, as sentences. */
  readonly recentLog: (requestId: string) => Promise<readonly string[]>
  readonly log: Pick<Log, 'warn'>
}

/** A wish for a Home or a modal to be drawn again. */
export interface WantedView {
  readonly userId: string
  readonly teamId: string
  /** What the person wants to look at; left out: what they looked at last. */
  readonly look?: HomeLook
  /** They have the tab before them. */
  readonly isOpened?: boolean
  /** The modal that shows this request is drawn again, too. */
  readonly modal?: { readonly viewId: string; readonly requestId: string }
}

/** Draws both as things stand now, for the person as they are now. Throws `CallFailed` where Slack can't be reached. */
export async function drawViews(parts: HomeParts, wanted: WantedView): Promise<void> {
  const { userId, teamId, look, isOpened = false, modal } = wanted
  if (modal) await drawModal(parts, wanted, modal)
  const { settings } = parts.context.store.tables
  const known = await settings.get(lookName(userId))
  // Whoever has never opened their Home gets none by a click elsewhere.
  if (look === undefined && known === undefined && !isOpened) return
  const wantedLook = look ?? readLook(known)
  await publish(parts, userId, teamId, wantedLook)
  if (lookText(wantedLook) !== known) await settings.set(lookName(userId), lookText(wantedLook))
}

function lookName(userId: string): string {
  return `home:${userId}`
}

async function publish(parts: HomeParts, userId: string, teamId: string, look: HomeLook): Promise<void> {
  const { slack, context } = parts
  const put = (view: HomeView) => slack.publishHome(userId, view)
  const who = await parts.whoIs(userId, teamId)
  if ('refused' in who) return put(homeRefused(who.refused))
  const state = await homeOf(parts, who.person, look)
  if (!state) return put(homeWithoutRole(await asked(parts)))
  const { settings } = context.store.tables
  try {
    await inBestForm({ settings, now: () => nowOf(context) }, (form) => put(homeView(state, form)))
  } catch (error) {
    if (!(error instanceof SlackCallFailed) || error.kind !== 'not-done') throw error
    parts.log.warn({ userId, code: error.code }, 'Slack refused a Home')
    await put(
      homeRefused(
        'Slack didn’t take this view. Use `/privacy list` meanwhile; your admins find why in the log.',
      ),
    )
  }
}

/** Whom somebody without a role asks: those who are called about the desk's deadlines. */
async function asked({ context, isOn, mention }: HomeParts) {
  const desks = context.desks.all.filter(isOn)
  return Promise.all(
    desks.map(async ({ digest, reminders }) => ({ title: digest.title, ask: await mention(reminders.whom) })),
  )
}

/** Closed by the person meanwhile, or out of date: there is nothing left to draw. */
const modalIsGone = new Set(['not_found', 'view_not_found', 'hash_conflict'])

async function drawModal(
  parts: HomeParts,
  { userId, teamId }: WantedView,
  { viewId, requestId }: NonNullable<WantedView['modal']>,
): Promise<void> {
  const row = await parts.context.store.tables.requests.byId(requestId)
  const who = await parts.whoIs(userId, teamId)
  if (!row || 'refused' in who || !worksAt(parts.context.desks.of(row), who.person.roles)) return
  const view = requestModal(await cardStateOf(parts, row), await parts.recentLog(requestId))
  try {
    await parts.slack.updateModal(viewId, view)
  } catch (error) {
    if (!(error instanceof SlackCallFailed) || error.kind !== 'not-done') throw error
    if (!modalIsGone.has(error.code ?? ''))
      parts.log.warn({ userId, code: error.code }, 'Slack refused a modal')
  }
}
