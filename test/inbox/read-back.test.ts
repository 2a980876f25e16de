/** After the last effect on a request its service is read once, and that is taken in with the result. */

import { expect, it } from 'vitest'
import { readBack } from '../../src/inbox/read-back.ts'
import { amendRequest } from '../../src/requests/handle-event.ts'
import type { Snapshot } from '../../src/requests/snapshot.ts'
import { CallFailed } from '../../src/services/call-failed.ts'
import { remembering } from '../../src/services/gitlab/client.ts'
import { issueSnapshot } from '../../src/services/gitlab/issue-snapshot.ts'
import type { Read, Service } from '../../src/services/service.ts'
import type { ClaimedOutboxEntry, RequestRow } from '../../src/store/store.ts'
import { aDesk } from '../requests/a-desk.ts'

const later = '2027-01-01T00:00:00.000Z'

function snapshotOf({ number, url, createdAt, seen, hashes }: RequestRow): Snapshot {
  return issueSnapshot({
    ...{ iid: number, url, createdAt, news: [], hashes: hashes ?? { keyId: 'k' } },
    seen: { ...seen, updatedAt: later, noteId: seen.noteId + 1 },
    ...{ isFromRequester: true, isInvalid: false, isEmbargoed: false, hasOtherAddress: false },
    form: { type: 'account-deletion', intent: true, direct: false, problems: [] },
  })
}

async function aServiceDesk(read: (row: RequestRow) => Promise<Read>) {
  const desk = await aDesk()
  const row = await desk.insert()
  const readings: string[] = []
  const gitlab: Service = {
    name: 'gitlab',
    title: 'GitLab',
    pollSeconds: 60,
    poll: async () => {},
    explain: () => 'It can’t be read.',
    read: async () => expect.fail('read for a hint'),
    readBack: async (request) => {
      readings.push(request.id)
      return read(request)
    },
  }
  const entry = (lane: string) => ({ lane, request: row, work: { kind: 'close' } }) as ClaimedOutboxEntry
  return {
    ...{ desk, row, readings },
    after: (lane: string) => readBack({ context: desk.context, services: { gitlab } }, entry(lane), []),
  }
}

it('as it was read', async () => {
  const { desk, row, after } = await aServiceDesk(async (request) => ({ snapshot: snapshotOf(request) }))

  const record = await after('gitlab')
  await desk.store.transaction(async (tables) => record?.(tables, later))

  expect((await desk.row()).seen).toMatchObject({ updatedAt: later, noteId: row.seen.noteId + 1 })
})

it('also where the request has changed meanwhile: nothing of that is lost', async () => {
  const { desk, row, after } = await aServiceDesk(async (request) => ({ snapshot: snapshotOf(request) }))

  const record = await after('gitlab')
  await amendRequest(desk.store.tables, row, { assignee: 'UENG' })
  await desk.store.transaction(async (tables) => record?.(tables, later))

  expect(await desk.row()).toMatchObject({ assignee: 'UENG', seen: { updatedAt: later } })
})

it.each(['zendesk', 'thread', 'card'])('not after an effect elsewhere: %s', async (lane) => {
  const { readings, after } = await aServiceDesk(async (request) => ({ snapshot: snapshotOf(request) }))

  expect(await after(lane)).toBeUndefined()
  expect(readings).toEqual([])
})

it('and nothing is written where the service does not answer: the poll finds it', async () => {
  const { after } = await aServiceDesk(async () => {
    throw new CallFailed({ service: 'gitlab', kind: 'not-done', message: 'GitLab does not answer' })
  })

  expect(await after('gitlab')).toBeUndefined()
})

it('what GitLab answered to a change is given once, and not after a change that failed', async () => {
  let isDown = false
  const editIssue = async (iid: number) => {
    if (isDown) throw new Error('down')
    return { iid }
  }
  const gitlab = remembering({ editIssue } as never)

  await gitlab.editIssue(7, { state: 'close' })
  expect(gitlab.takeLastAnswer(7)).toEqual({ iid: 7 })
  expect(gitlab.takeLastAnswer(7)).toBeUndefined()

  await gitlab.editIssue(7, { state: 'close' })
  isDown = true
  await expect(gitlab.editIssue(7, { state: 'reopen' })).rejects.toThrow('down')
  expect(gitlab.takeLastAnswer(7)).toBeUndefined()
})
