/** Whose a request is, as it is handled: what was right when the modal was submitted may not be any more. */
import { expect, test } from 'vitest'
import { clockWith } from '../../src/clock.ts'
import { handleAssign } from '../../src/inbox/handle-assign.ts'
import type { Intake } from '../../src/inbox/handler.ts'
import { aDesk } from '../requests/a-desk.ts'

test('Somebody who has lost the role since they were chosen does not get the request', async () => {
  const { context, insert, store } = await aDesk()
  const { id, number } = await insert()
  const holders = ['U1']
  const intake: Intake = {
    ...{ clock: clockWith(context.now), context, services: {}, vacancy: async () => undefined },
    lookForNeeds: async () => [],
    whoIs: async (userId) =>
      holders.includes(userId)
        ? { person: { id: userId, roles: ['support-engineer'] } }
        : { refused: 'Only members of this Slack workspace can use Privacy Desk.' },
    drawViews: async () => {},
    showLinks: async () => {},
    openPane: async () => {},
    tell: async () => {},
  }
  const answerTo = { userId: 'U1', teamId: 'T1' }
  const entry = {} as Parameters<typeof handleAssign>[1]

  const handled = await handleAssign(intake, entry, { requestId: id, what: 'assign', to: 'U2', answerTo })
  const told = await store.transaction(async (tables) => handled.write?.(tables, context.now().toISOString()))

  expect(told).toEqual({ answerTo, text: `<@U2> can’t take #${number}: they have no role at this desk.` })
  expect((await store.tables.requests.byId(id))?.assignee).toBeUndefined()
})
