/** `/security`: the commands of Field Security. All answers are private to the asker. */
import type { App } from '@slack/bolt'
import { answer, securityIsOff, unknownTicket, usage } from '../views/answers.ts'
import { batchAnswer } from '../views/batch-message.ts'
import type { Message } from '../views/block-kit.ts'
import { requestDetails } from '../views/request-details.ts'
import { requestList } from '../views/request-list.ts'
import { statsMessage } from '../views/stats-message.ts'
import { answerToOf } from './answer-to.ts'
import type { AnswerTo, Desk } from './desk.ts'
import type { Listening } from './listening.ts'
import { readSecurityCommand, type SecurityCommand } from './read-security-command.ts'

export function listenToSecurityCommand(app: App, { desk, slack }: Listening): void {
  app.command('/security', async ({ ack, command: typed }) => {
    const answerTo = answerToOf(typed)
    const command = readSecurityCommand(typed.text ?? '', desk.flows)
    const refused = desk.hasSecurityDesk ? await refusalOf(desk, answerTo) : undefined
    if (desk.hasSecurityDesk && refused === undefined && command.name === 'claim') {
      const payload = { command: 'claim', source: 'zendesk', iid: command.number, answerTo } as const
      await desk.receive('command', `command:${typed.trigger_id}`, payload)
      return ack()
    }
    await ack()
    if (!desk.hasSecurityDesk) return slack.answerPrivately(answerTo, securityIsOff())
    await slack.answerPrivately(
      answerTo,
      refused === undefined ? await answerOf(desk, command, answerTo) : answer(refused),
    )
  })
}

async function refusalOf(desk: Desk, { userId, teamId }: AnswerTo): Promise<string | undefined> {
  const who = await desk.whoIs(userId, teamId)
  if ('refused' in who) return who.refused
  return who.person.roles.includes('field-security')
    ? undefined
    : 'Only people with the Field Security role may ask this.'
}

async function answerOf(
  desk: Desk,
  command: SecurityCommand,
  { userId, teamId }: AnswerTo,
): Promise<Message> {
  switch (command.name) {
    case 'list': {
      const who = await desk.whoIs(userId, teamId)
      if ('refused' in who) return answer(who.refused)
      const states = await desk.list('zendesk', command.filter, who.person)
      return requestList(states, command.words, '/security')
    }
    case 'show': {
      const state = await desk.cardStateByIid(command.number, 'zendesk')
      return state
        ? requestDetails(state, await desk.recentLog(state.request.id))
        : unknownTicket(command.number)
    }
    case 'batch':
      return batchAnswer(await desk.nextBatches())
    case 'stats':
      return statsMessage(await desk.stats(command.days))
    default:
      return usage('/security')
  }
}
