/** Slash commands: all answers are private to the asker. */
import type { App, SlashCommand } from '@slack/bolt'
import type { Person } from '../engine/request.ts'
import { answer, noSuchIssue, usage } from '../views/answers.ts'
import type { Message } from '../views/block-kit.ts'
import { requestDetails } from '../views/request-details.ts'
import { requestList } from '../views/request-list.ts'
import { answerToOf } from './answer-to.ts'
import type { AnswerTo, Desk } from './desk.ts'
import type { Listening } from './listening.ts'
import { type Command, readCommand } from './read-command.ts'

/** Those that change something. */
type Change = Extract<Command, { name: 'track' | 'claim' | 'redirect-ticket' }>

export function listenToCommands(app: App, { desk, slack }: Listening): void {
  app.command('/privacy', async ({ ack, command: typed }) => {
    const command = readCommand(typed.text ?? '', desk.flows)
    const answerTo = answerToOf(typed)
    if (command.name === 'track' || command.name === 'claim' || command.name === 'redirect-ticket')
      return change({ desk, slack }, command, typed, ack)
    await ack()
    if (command.name === 'help') return slack.answerPrivately(answerTo, usage())
    const who = await whoMayAsk(desk, answerTo, command)
    await slack.answerPrivately(
      answerTo,
      'refused' in who ? answer(who.refused) : await answerOf(desk, command, who.person),
    )
  })
}

/** Stored first, answered when it is done. */
async function change(
  { desk, slack }: Pick<Listening, 'desk' | 'slack'>,
  command: Change,
  typed: SlashCommand,
  ack: () => Promise<void>,
): Promise<void> {
  const answerTo = answerToOf(typed)
  const who = await whoMayAsk(desk, answerTo, command)
  if (!('refused' in who)) await store(desk, command, `command:${typed.trigger_id}`, answerTo)
  await ack()
  if ('refused' in who) await slack.answerPrivately(answerTo, answer(who.refused))
}

async function store(desk: Desk, command: Change, key: string, answerTo: AnswerTo): Promise<void> {
  if (command.name === 'redirect-ticket')
    await desk.receive('redirect-ticket', key, { ticket: command.ticket, to: command.to, answerTo })
  else
    await desk.receive('command', key, {
      command: command.name,
      source: 'gitlab',
      iid: command.iid,
      answerTo,
    })
}

async function answerOf(
  desk: Desk,
  command: Extract<Command, { name: 'list' } | { name: 'show' }>,
  person: Person,
): Promise<Message> {
  if (command.name === 'list')
    return requestList(await desk.list('gitlab', command.filter, person), command.words)
  const state = await desk.cardStateByIid(command.iid, 'gitlab')
  return state ? requestDetails(state, await desk.recentLog(state.request.id)) : noSuchIssue(command.iid)
}

/** A refusal stands in the audit log, also of what would only have read. */
async function whoMayAsk(desk: Desk, { userId, teamId }: AnswerTo, command: Command) {
  const who = await desk.whoIs(userId, teamId)
  if (!('refused' in who) && who.person.roles.some((role) => role !== 'field-security')) return who
  const refused =
    'refused' in who
      ? who.refused
      : 'Only people with a role at the desk may ask this: support engineers, support managers, privacy.'
  const about = 'iid' in command ? await desk.cardStateByIid(command.iid, 'gitlab') : undefined
  await desk.recordRefusal(about?.request.id ?? '', command.name, userId, refused)
  return { refused }
}
