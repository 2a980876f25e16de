/** What the page's buttons do: people's acts in Slack, what others do in GitLab, and the clock. */
import { z } from 'zod'
import { serviceDeskProject } from '../gitlab/gitlab.ts'
import type { AppAnswer } from '../slack/deliver.ts'
import { gitlabUser } from './accounts.ts'
import { submissionOf } from './new-request.ts'
import type { Parts } from './snapshot.ts'
import { performOnTicket, type TicketAct, ticketActs } from './ticket-acts.ts'

const entries = z.record(z.string(), z.union([z.string(), z.array(z.string())]))

/** Where it stands, and which it is there: many in one digest have the same action id. */
const element = { where: z.string(), blockId: z.string(), actionId: z.string() }

const expertIssue = { project: z.string(), iid: z.number() }

export const Act = z.discriminatedUnion('act', [
  z.object({ act: z.literal('click'), as: z.string(), ...element }),
  z.object({
    act: z.literal('select'),
    as: z.string(),
    ...element,
    choice: z.union([z.string(), z.array(z.string())]),
  }),
  z.object({ act: z.literal('submit'), as: z.string(), viewId: z.string(), entries }),
  z.object({ act: z.literal('close-view'), as: z.string() }),
  z.object({ act: z.literal('open-home'), as: z.string() }),
  z.object({ act: z.literal('attach'), as: z.string(), where: z.string() }),
  z.object({ act: z.literal('open-pane'), as: z.string(), where: z.string(), url: z.string() }),
  z.object({ act: z.literal('click-pane'), as: z.string(), actionId: z.string() }),
  z.object({ act: z.literal('close-pane'), as: z.string() }),
  z.object({ act: z.literal('say'), as: z.string(), channel: z.string(), text: z.string().trim().min(1) }),
  z.object({
    act: z.literal('advance'),
    hours: z
      .number()
      .min(0)
      .max(24 * 60),
  }),
  z.object({ act: z.literal('two-approvals'), on: z.boolean() }),
  z.object({
    act: z.literal('new-request'),
    type: z.string(),
    username: z.string(),
    email: z.string(),
    comment: z.string(),
    country: z.string().optional(),
  }),
  z.object({ act: z.literal('requester-replies'), iid: z.number(), text: z.string().trim().min(1) }),
  z.object({ act: z.literal('label'), as: z.string(), iid: z.number(), add: z.string(), remove: z.string() }),
  z.object({ act: z.literal('close'), as: z.string(), iid: z.number() }),
  z.object({ act: z.literal('reopen'), as: z.string(), iid: z.number() }),
  z.object({ act: z.literal('tick'), as: z.string(), iid: z.number() }),
  z.object({ act: z.literal('expert-comments'), ...expertIssue, text: z.string().trim().min(1) }),
  z.object({ act: z.literal('expert-closes'), ...expertIssue }),
  z.object({ act: z.literal('expert-reopens'), ...expertIssue }),
  ...ticketActs,
])
export type Act = z.infer<typeof Act>

export interface Performed {
  /** Where somebody would be told that something went wrong. */
  readonly said?: string
  /** What to look at next. */
  readonly issue?: string
  readonly ticket?: number
}

export async function perform(parts: Parts, act: Act): Promise<Performed> {
  const { slack, gitlab, clock } = parts
  switch (act.act) {
    case 'click':
      return heard(await slack.click(act.as, act.where, inBlock(act), { confirm: 'dialog' }))
    case 'select':
      return heard(await slack.select(act.as, act.where, inBlock(act), act.choice, { confirm: 'dialog' }))
    case 'submit':
      return heard(await slack.submit(act.as, act.viewId, act.entries))
    case 'close-view':
      return heard(await slack.closeView(act.as))
    case 'open-home':
      return heard(await slack.event({ type: 'app_home_opened', user: act.as, tab: 'home' }))
    case 'attach': {
      const message = slack.space.messages.find(({ ts }) => ts === act.where)
      return message ? heard(await slack.messageShortcut(act.as, message, 'attach-to-request')) : {}
    }
    case 'open-pane': {
      const message = slack.space.messages.find(({ ts }) => ts === act.where)
      return message ? heard(await slack.openPane(act.as, message, act.url)) : {}
    }
    case 'click-pane':
      return heard(await slack.clickPane(act.as, act.actionId))
    case 'close-pane':
      slack.closePane(act.as)
      return {}
    case 'say':
      return say(parts, act)
    case 'advance':
      await clock.advance(act.hours * 3_600_000)
      return {}
    case 'two-approvals':
      await parts.twoApprovals?.set(act.on)
      return {}
    case 'new-request':
      return { issue: `${serviceDeskProject}#${gitlab.submitRequest(submissionOf(act)).iid}` }
    case 'requester-replies':
      gitlab.requesterReplies(act.iid, act.text)
      return {}
    case 'label':
    case 'close':
    case 'reopen':
    case 'tick':
      return inGitLab(parts, act)
    case 'expert-comments':
    case 'expert-closes':
    case 'expert-reopens':
      return byExpert(parts, act)
    default:
      return performOnTicket(parts.zendesk, act satisfies TicketAct)
  }
}

const inBlock = ({ blockId, actionId }: Readonly<Record<'blockId' | 'actionId', string>>) => ({
  block: blockId,
  action: actionId,
})

type InGitLab = Extract<Act, { readonly act: 'label' | 'close' | 'reopen' | 'tick' }>

function inGitLab({ gitlab }: Parts, act: InGitLab): { readonly said?: string } {
  const username = gitlabUser(act.as)
  if (act.act === 'label') gitlab.someoneLabels(act.iid, username, listOf(act.add), listOf(act.remove))
  if (act.act === 'close') gitlab.someoneCloses(act.iid, username)
  if (act.act === 'reopen') gitlab.someoneReopens(act.iid, username)
  if (act.act === 'tick' && !gitlab.tickNext(act.iid, username))
    return { said: 'Every step is ticked already.' }
  return {}
}

type ByExpert = Extract<Act, { readonly act: `expert-${string}` }>

/** No webhook tells the bot of it, so its next round comes at once. */
async function byExpert({ gitlab, clock }: Parts, act: ByExpert): Promise<Performed> {
  const { iid, project } = act
  const { expert } = gitlab.issue(iid, project).project
  if (expert === undefined) return { said: `${project} is the project of no expert team.` }
  if (act.act === 'expert-comments') gitlab.someoneComments(iid, expert, act.text, { project })
  if (act.act === 'expert-closes') gitlab.someoneCloses(iid, expert, project)
  if (act.act === 'expert-reopens') gitlab.someoneReopens(iid, expert, project)
  await clock.advance(0)
  return {}
}

async function say({ slack }: Parts, { as, channel, text }: Extract<Act, { readonly act: 'say' }>) {
  const [, command, words = ''] = /^(\/\S+)\s*([\s\S]*)$/.exec(text) ?? []
  if (command && !COMMANDS.includes(command))
    return {
      said: `${command} is not a valid command. In Slack, all messages that start with the “/” character are interpreted as commands.`,
    }
  if (command) return heard(await slack.command(as, channel, command, words))
  return heard(await slack.post(as, channel, text))
}

/** What the app’s manifest registers; Slack takes any other word with a slash for a mistake, and tells no app of it. */
const COMMANDS = ['/privacy', '/security']

function heard(answer: AppAnswer | undefined): { readonly said?: string } {
  if (answer === undefined || (answer.status >= 200 && answer.status < 300)) return {}
  return {
    said: `Slack would say “We had some trouble connecting”: the app answered ${answer.status || 'nothing'}.`,
  }
}

const listOf = (text: string) =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
