/** A service that only a test has: each request is a JSON file of a folder, `7.json`. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DeskContext } from '../../../src/requests/desk-context.ts'
import { hintKey, type Service } from '../../../src/services/service.ts'

export interface Slip {
  readonly createdAt: string
  readonly state: 'opened' | 'closed'
  readonly updatedAt: string
}

export const readSlip = (folder: string, iid: number): Slip =>
  JSON.parse(readFileSync(join(folder, `${iid}.json`), 'utf8'))

export const writeSlip = (folder: string, iid: number, slip: Slip) =>
  writeFileSync(join(folder, `${iid}.json`), JSON.stringify(slip))

export function folderService(folder: string, { store, now }: DeskContext, wakeInbox: () => void): Service {
  return {
    name: 'folder',
    title: 'The folder',
    pollSeconds: 3600,
    async poll() {
      for (const file of readdirSync(folder)) {
        const iid = Number.parseInt(file, 10)
        const { updatedAt } = readSlip(folder, iid)
        await store.tables.inbox.put({
          key: `${hintKey('folder', iid)}${updatedAt}`,
          kind: 'folder-hint',
          payload: { source: 'folder', iid },
          receivedAt: now().toISOString(),
        })
      }
      wakeInbox()
    },
    async read(iid) {
      const { createdAt, state, updatedAt } = readSlip(folder, iid)
      const nothing = { labels: [], assigneeIds: [], noteId: 0, labelEventId: 0, stateEventId: 0 }
      const snapshot = {
        ...{ source: 'folder', number: iid, url: `https://library.example/slips/${iid}`, createdAt },
        ...{ isRequest: state === 'opened', begins: { type: 'lending' }, facts: {}, news: [] },
        seen: { ...nothing, state, updatedAt },
      }
      return { snapshot }
    },
    explain: (_failure, iid) => `Slip ${iid} can’t be read.`,
    handlers: {
      close: {
        async execute({ requestId = '' }) {
          const iid = (await store.tables.requests.byId(requestId))?.number ?? 0
          writeSlip(folder, iid, { ...readSlip(folder, iid), state: 'closed' })
          return { result: { slip: iid } }
        },
      },
    },
  }
}
