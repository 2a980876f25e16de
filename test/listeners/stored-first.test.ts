/** Whose a request is, and what belongs to it: acknowledged once it is stored, since Slack sends again what was not. */
import { describe, expect, test } from 'vitest'
import { PEOPLE } from '../../sandbox/slack/people.ts'
import { openView } from '../../sandbox/slack/views.ts'
import { shipped } from '../../src/desks/index.ts'
import { assigneeBlock, assignModal } from '../../src/views/assign-modal.ts'
import { attachBlocks, attachModal } from '../../src/views/attach-modal.ts'
import { requestCard } from '../../src/views/request-card.ts'
import { takeOverModal } from '../../src/views/take-over-modal.ts'
import { aCardState } from '../views/a-card-state.ts'
import { aSlackApp } from './a-desk.ts'

const [ada, ben] = [PEOPLE.engineer.id, PEOPLE.secondEngineer.id]
const channel = 'C01PRIVACY'
const state = aCardState({ request: { assignee: ben } })
const place = { channel, ts: '100.1' }

const forms = [
  ['Take Over', takeOverModal(state, ben, channel), {}, 'command'],
  ['Assign', assignModal(state, channel), { [assigneeBlock]: ben }, 'assign'],
  [
    'Attach to request',
    attachModal([shipped.of({ source: 'gitlab' })], place),
    { [attachBlocks.request]: '123', [attachBlocks.summary]: 'They called.' },
    'attach',
  ],
] as const

describe.each(forms)('%s', (_title, modal, entries, kind) => {
  async function submitted(given: { isBroken: boolean }) {
    const world = await aSlackApp()
    await world.card(state, requestCard(state))
    const { id } = openView(world.slack.space, ada, modal)
    world.desk.broken = given.isBroken
    const { status } = await world.slack.submit(ada, id, entries)
    const told = () => [
      ...world.told(ada),
      ...world.slack.messages(`D${ada.slice(1)}`).map(({ text }) => text),
    ]
    return { ...world, status, told, isOpen: world.slack.openView(ada)?.id === id }
  }

  test('is stored, and closes', async () => {
    const { desk, status, isOpen } = await submitted({ isBroken: false })

    expect(desk.received).toMatchObject([{ kind, payload: { answerTo: { userId: ada } } }])
    expect({ status, isOpen }).toEqual({ status: 200, isOpen: false })
  })

  test('that can’t be stored is not acknowledged, stays open, and the person is told', async () => {
    const { status, isOpen, told } = await submitted({ isBroken: true })

    expect({ status, isOpen }).toEqual({ status: 500, isOpen: true })
    expect(told().join()).toContain('ref-1')
  })
})

test.each(['Claim', 'Unassign'] as const)('%s that can’t be stored is not acknowledged', async (button) => {
  const world = await aSlackApp()
  const own = aCardState(button === 'Claim' ? {} : { request: { assignee: ada } })
  const ts = await world.card(own, requestCard(own))
  world.desk.broken = true

  const answer =
    button === 'Claim'
      ? await world.slack.click(ada, ts, { button })
      : await world.slack.select(ada, ts, 'decide-menu', button)

  expect(answer.status).toBe(500)
})
