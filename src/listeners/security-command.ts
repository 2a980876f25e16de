/** `/security`: the commands of Field Security. All answers are private to the asker. */
import type { App } from '@slack/bolt'
import type { Person } from '../engine/request.ts'
import { answer, securityIsOff, unknownTicket, usage } from '../views/answers.ts'
import { batchAnswer } from '../views/batch-message.ts'
import type { Message } from '../views/block-kit.ts'
import { requestDetails } from '../views/request-details.ts'
import { requestList } from '../views/request-list.ts'
import { statsMessage } from '../views/stats-message.ts'
import { answerToOf } from './answer-to.ts'
import type { AnswerTo, Desk } from './desk.ts'
import { fieldSecurityPerson } from './field-security.ts'
import type { Listening } from './listening.ts'
import { readSecurityCommand, type SecurityCommand } from './read-security-command.ts'

export function listenToSecurityCommand(app: App, { desk, slack }: Listening): void {
  app.command('/security', async ({ ack, command: typed }) => {
    const answerTo = answerToOf(typed)
    const command = readSecurityCommand(typed.text ?? '', desk.flows)
    if (desk.hasSecurityDesk && command.name === 'claim') {
      const refused = await claim(desk, command.number, `command:${typed.trigger_id}`, answerTo)
      await ack()
      if (refused !== undefined) await slack.answerPrivately(answerTo, answer(refused))
      return
    }
    await ack()
    await slack.answerPrivately(answerTo, await answerOf(desk, command, answerTo))
  })
}

/** Stored first, answered when it is done; the sentence where it is refused. */
async function claim(desk: Desk, iid: number, key: string, answerTo: AnswerTo): Promise<string | undefined> {
  const who = await whoMayAsk(desk, answerTo, { name: 'claim', number: iid })
  if ('refused' in who) return who.refused
  await desk.receive('command', key, { command: 'claim', source: 'zendesk', iid, answerTo })
  return undefined
}

async function answerOf(desk: Desk, command: SecurityCommand, answerTo: AnswerTo): Promise<Message> {
  if (!desk.hasSecurityDesk) return securityIsOff()
  if (command.name === 'help') return usage('/security')
  const who = await whoMayAsk(desk, answerTo, command)
  return 'refused' in who ? answer(who.refused) : answerFor(desk, command, who.person)
}

async function answerFor(desk: Desk, command: SecurityCommand, person: Person): Promise<Message> {
  switch (command.name) {
    case 'list':
      return requestList(await desk.list('zendesk', command.filter, person), command.words, '/security')
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

/** A refusal stands in the audit log, also of what would only have read. */
async function whoMayAsk(desk: Desk, answerTo: AnswerTo, command: SecurityCommand) {
  const because = 'Only people with the Field Security role may ask this.'
  const who = await fieldSecurityPerson(desk, answerTo, because)
  if (!('refused' in who)) return who
  const about = 'number' in command ? await desk.cardStateByIid(command.number, 'zendesk') : undefined
  await desk.recordRefusal(about?.request.id ?? '', command.name, answerTo.userId, who.refused)
  return who
}
