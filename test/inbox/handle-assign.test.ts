/** Whose a request is, as it is handled: what was right when the modal was submitted may not be any more. */
import { expect, test } from 'vitest'
import { clockWith } from '../../src/clock.ts'
import type { WhoAnswer } from '../../src/engine/request.ts'
import { handleAssign } from '../../src/inbox/handle-assign.ts'
import type { Intake } from '../../src/inbox/handler.ts'
import { aDesk } from '../requests/a-desk.ts'

const slackCannotSay = 'Slack can’t tell right now who has which role, so nothing was done.'

test.each<[string, WhoAnswer, string]>([
  [
    'has lost the role',
    { person: { id: 'U2', roles: [] } },
    'They have no role at this desk. Choose somebody who works here.',
  ],
  [
    'has left the company',
    { refused: 'This Slack account is deactivated.', ofThem: 'Their Slack account is deactivated.' },
    'Their Slack account is deactivated.',
  ],
  ['can’t be asked for', { refused: slackCannotSay }, slackCannotSay],
])('Somebody who %s since they were chosen does not get the request', async (_what, chosen, because) => {
  const { context, insert, store } = await aDesk()
  const { id, number } = await insert()
  const intake: Intake = {
    ...{ clock: clockWith(context.now), context, services: {}, vacancy: async () => undefined },
    lookForNeeds: async () => [],
    whoIs: async (userId) =>
      userId === 'U1' ? { person: { id: userId, roles: ['support-engineer'] } } : chosen,
    drawViews: async () => {},
    showLinks: async () => {},
    openPane: async () => {},
    tell: async () => {},
  }
  const answerTo = { userId: 'U1', teamId: 'T1' }
  const entry = {} as Parameters<typeof handleAssign>[1]

  const handled = await handleAssign(intake, entry, { requestId: id, what: 'assign', to: 'U2', answerTo })
  const told = await store.transaction(async (tables) => handled.write?.(tables, context.now().toISOString()))

  expect(told).toEqual({ answerTo, text: `#${number} wasn’t assigned to <@U2>. ${because}` })
  expect((await store.tables.requests.byId(id))?.assignee).toBeUndefined()
})
