/** What is undone is read once more, and all that was seen since its decision may mean something else then. */
import { expect, it } from 'vitest'
import { amendRequest, requestById, undoWaitingReply } from '../../src/requests/handle-event.ts'
import { aDesk, handleById } from './a-desk.ts'

it('nobody knows any more how many notes there were: the next reading has to ask for them', async () => {
  const desk = await aDesk()
  const context = { ...desk.context, undoSeconds: 30 }
  const { id } = await desk.insert({ step: 'evaluating' })
  const engineer = { id: 'UENG', roles: ['support-engineer'] } as const
  const seenSince = { noteId: 9, userNotes: 2, updatedAt: '2026-03-01T10:00:10.000Z' }

  const seen = await desk.store.transaction(async (tables) => {
    const decided = { kind: 'decision', decision: 'fail-verification', by: engineer } as const
    await handleById({ context }, tables, id, { ...decided, input: {}, at: context.now().toISOString() })
    const failed = await requestById(tables, id)
    const row = await amendRequest(tables, failed, { seen: { ...failed.seen, ...seenSince } })
    const waiting = row.facts.waitingReply
    if (!waiting) throw new Error('no reply waits')
    return (await undoWaitingReply(context, tables, row, waiting, engineer))?.seen
  })

  expect(seen).toMatchObject({ noteId: 0, updatedAt: '2026-03-01T08:00:00.000Z' })
  expect(seen).not.toHaveProperty('userNotes')
  expect((await desk.store.tables.inbox.pending('2026-03-02', 9)).map(({ kind }) => kind)).toEqual([
    'gitlab-hint',
  ])
})
