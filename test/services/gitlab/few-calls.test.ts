/** What is asked of GitLab when an issue is read: no more than can say something new, and nothing is lost by it. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { botToken, serviceDeskProject, startGitLab } from '../../../sandbox/gitlab/gitlab.ts'
import type { Issue } from '../../../sandbox/gitlab/world.ts'
import { identityHash } from '../../../src/form/form.ts'
import { connectGitLab } from '../../../src/services/gitlab/client.ts'
import { type IssueReader, type ReadingFor, sightingOf } from '../../../src/services/gitlab/read-issue.ts'
import { gitlabService } from '../../../src/services/gitlab/service.ts'
import type { RequestRow, SyncCursor } from '../../../src/store/store.ts'
import { aDesk } from '../../requests/a-desk.ts'
import { aRow } from '../../store/a-row.ts'

const engineer = 'ines.engineer'
const description = 'Request Type: Full Deletion\n\nEmail: jane@example.com\n\nUsername: jane'
const restoreGap = { from: '2026-02-28T00:00:00.000Z', to: '2026-02-28T12:00:00.000Z' }

async function anIssue(labels: readonly string[] = []) {
  const clock = { at: Date.parse('2026-03-01T09:00:00.000Z') }
  const now = () => new Date(clock.at)
  const gitlab = await startGitLab({ now })
  onTestFinished(() => gitlab.close())
  const client = connectGitLab({ url: gitlab.url, token: botToken, project: serviceDeskProject, fetch })
  const ownId = (await client.me()).id
  const reader: IssueReader = {
    gitlab: client,
    now,
    ownId: async () => ownId,
    supportBots: ['support-bot'],
    automaticResponses: { texts: [], beginnings: ['Thank you for your request.'] },
    aliases: { fields: {}, types: {} },
    handbookLabel: (name) => name,
    snippetIn: () => undefined,
    hash: identityHash('secret'),
  }
  const { iid } = gitlab.submitRequest({ description, labels })
  const asked = async <T>(
    act: () => Promise<T>,
  ): Promise<{ readonly calls: string[]; readonly result: T }> => {
    const from = gitlab.fake.requests.length
    const result = await act()
    return { result, calls: gitlab.fake.requests.slice(from).map(({ path }) => path.split('/').at(-1) ?? '') }
  }
  const read = async (before?: SyncCursor, why: ReadingFor = {}, override: Partial<IssueReader> = {}) => {
    const issue = await client.issue(iid)
    const { calls, result } = await asked(() => sightingOf({ ...reader, ...override }, issue, before, why))
    return {
      calls: calls.toSorted(),
      seen: result.seen,
      news: result.news.map(({ observation }) => observation),
    }
  }
  const pass = (minutes: number) => {
    clock.at += minutes * 60_000
  }
  return { gitlab, client, reader, iid, asked, read, pass, now }
}

const events = ['resource_label_events', 'resource_state_events']

describe('An issue that is met for the first time', () => {
  it('and was only just opened has its notes read and nothing else', async () => {
    const { read } = await anIssue()

    expect((await read()).calls).toEqual(['notes'])
  })

  it('and bears a label has all of its history read', async () => {
    const { read } = await anIssue(['account-deletion::personal'])

    expect((await read()).calls).toEqual(['links', 'notes', ...events])
  })

  it('and was changed since has all of its history read', async () => {
    const { gitlab, iid, read, pass } = await anIssue()
    pass(2)
    gitlab.someoneLabels(iid, engineer, ['Deletion Request::Exception Approved'])
    gitlab.someoneLabels(iid, engineer, [], ['Deletion Request::Exception Approved'])

    const { calls, news } = await read()

    expect(calls).toEqual(['links', 'notes', ...events])
    expect(news.map(({ name }) => name)).toEqual(['label-added', 'label-removed'])
  })

  it('and is linked already has its links read, by the line that GitLab writes of each', async () => {
    const { gitlab, client, iid, read } = await anIssue()
    const other = gitlab.submitRequest({ description })
    await client.linkIssues(iid, { project: 101, iid: other.iid })

    expect((await read()).calls).toEqual(['links', 'notes'])
  })

  it('after a restore has all of its history read', async () => {
    const { read } = await anIssue()

    expect((await read(undefined, {}, { restoreGap })).calls).toEqual(['links', 'notes', ...events])
  })

  it('a label that came and went before it was read is told with the next reading', async () => {
    const { gitlab, iid, read } = await anIssue()
    gitlab.someoneLabels(iid, engineer, ['Deletion Request::Exception Approved'])
    gitlab.someoneLabels(iid, engineer, [], ['Deletion Request::Exception Approved'])
    const { calls, seen } = await read()
    expect(calls).toEqual(['notes'])

    const { news } = await read(seen)

    expect(news.map(({ name }) => name)).toEqual(['label-added', 'label-removed'])
  })
})

describe('When GitLab tells of a note', () => {
  it('and labels and state are what they were, the notes alone are read', async () => {
    const { gitlab, iid, read, pass } = await anIssue()
    const { seen } = await read()
    pass(60)
    gitlab.requesterReplies(iid, 'In March.')

    const { calls, news } = await read(seen, { isOfNote: true })

    expect(calls).toEqual(['notes'])
    expect(news.map(({ name }) => name)).toEqual(['requester-replied'])
  })

  it.each([
    [
      'a label is another',
      ({ iid, gitlab }: Acts) => gitlab.someoneLabels(iid, engineer, ['Awaiting::Challenge Answers']),
    ],
    ['it is closed', ({ iid, gitlab }: Acts) => gitlab.someoneCloses(iid, engineer)],
  ])('and %s, everything is read', async (_what, act) => {
    const { gitlab, iid, read, pass } = await anIssue()
    const { seen } = await read()
    pass(60)
    act({ gitlab, iid })

    const { calls, news } = await read(seen, { isOfNote: true })

    expect(calls).toEqual(['notes', ...events])
    expect(news).toHaveLength(1)
  })

  it('what came and went meanwhile is told with the next reading of something else', async () => {
    const { gitlab, iid, read, pass } = await anIssue()
    const { seen } = await read()
    pass(60)
    gitlab.someoneCloses(iid, engineer)
    gitlab.someoneReopens(iid, engineer)
    gitlab.someoneComments(iid, engineer, 'By mistake.', { internal: true })
    const ofNote = await read(seen, { isOfNote: true })
    expect(ofNote.news).toEqual([])

    const { news } = await read(ofNote.seen)

    expect(news.map(({ name }) => name)).toEqual(['issue-closed', 'issue-reopened'])
  })

  it.each([
    ['GitLab’s clock was', -60],
    ['both clocks were', 0],
  ])(
    'what was written since is among the notes, also where %s ahead before',
    async (_whose, byBotMinutes) => {
      const { gitlab, iid, now, read, pass } = await anIssue()
      const first = await read()
      pass(60)
      gitlab.someoneLabels(iid, engineer, ['Awaiting::Challenge Answers'])
      const byBot = () => new Date(now().getTime() + byBotMinutes * 60_000)
      const { seen } = await read(first.seen, {}, { now: byBot })
      pass(-60 + 20)
      gitlab.requesterReplies(iid, 'In March.')

      const { calls, news } = await read(seen, { isOfNote: true })

      expect(calls).toEqual(['notes'])
      expect(news.map(({ name }) => name)).toEqual(['requester-replied'])
    },
  )

  it('after a restore everything is read', async () => {
    const { read } = await anIssue()
    const { seen } = await read()

    expect((await read(seen, { isOfNote: true }, { restoreGap })).calls).toEqual(['notes', ...events])
  })
})

interface Acts {
  readonly gitlab: Awaited<ReturnType<typeof startGitLab>>
  readonly iid: number
}

describe('When the bot reads back what it has done', () => {
  const close = { kind: 'close' } as const
  const reply = { kind: 'reply', snippet: 'closed-no-response', replacements: {} }
  const labels = { kind: 'labels', add: ['account-deletion::personal'], remove: [] }

  /** The bot replies and closes, and somebody else acts between. */
  async function replied(between: (given: Acts & { readonly issue: Issue }) => unknown = () => {}) {
    const world = await anIssue()
    const { gitlab, client, iid, reader, read, pass, asked } = world
    const { seen } = await read()
    pass(60)
    await client.createNote(iid, { body: 'Greetings', internal: false })
    between({ gitlab, iid, issue: gitlab.issue(iid) })
    const answer = await client.editIssue(iid, { state: 'close' })
    const back = async (why: ReadingFor, before: SyncCursor = seen) => {
      const { calls, result } = await asked(() => sightingOf(reader, answer, before, why))
      return { calls, seen: result.seen, news: result.news.map(({ observation }) => observation.name) }
    }
    return { ...world, seen, back }
  }

  it('and GitLab’s answer counts no note but its own, nothing is asked', async () => {
    const { back, seen } = await replied()

    const read = await back({ done: [reply, close], isAnswer: true })

    expect(read).toMatchObject({ calls: [], news: [], seen: { userNotes: 2, noteId: seen.noteId } })
  })

  it.each([
    [
      'the requester has written',
      ({ gitlab, iid }: Acts) => gitlab.requesterReplies(iid, 'Wait!'),
      ['requester-replied'],
    ],
    ['a colleague has written', ({ gitlab, iid }: Acts) => gitlab.someoneComments(iid, engineer, 'Hm.'), []],
    [
      'the requester has written, and a note is gone: there are fewer than there should be',
      ({ gitlab, iid, issue }: Acts & { readonly issue: Issue }) => {
        gitlab.requesterReplies(iid, 'Wait!')
        issue.notes.splice(0, 2)
      },
      ['requester-replied'],
    ],
    [
      'somebody else is assigned',
      ({ gitlab, iid }: Acts) => gitlab.someoneAssigns(iid, engineer, [engineer]),
      ['assignee-changed'],
    ],
  ])('and meanwhile %s, the notes are read', async (_what, between, news) => {
    const { back } = await replied(between)

    expect(await back({ done: [reply, close], isAnswer: true })).toMatchObject({ calls: ['notes'], news })
  })

  it.each([
    ['the issue was asked for, which a replica that lags may have answered', { done: [reply, close] }],
    [
      'a note came after the change, which its answer does not count',
      { done: [close, reply], isAnswer: true },
    ],
    ['another note of its own is not counted there', { done: [reply, reply, close], isAnswer: true }],
  ])('the notes are read where %s', async (_what, why) => {
    const { back } = await replied()

    expect((await back(why)).calls).toEqual(['notes'])
  })

  it('the notes are read where nobody knows how many there were', async () => {
    const { back, seen } = await replied()
    const { userNotes: _userNotes, ...unknown } = seen

    expect((await back({ done: [reply, close], isAnswer: true }, unknown)).calls).toEqual(['notes'])
  })

  it('a reply that came behind a count that fits by chance is told with the next reading', async () => {
    const { back, gitlab, iid, read } = await replied(({ gitlab: on, iid: of, issue }) => {
      on.requesterReplies(of, 'Wait!')
      issue.notes.splice(0, 1)
    })
    const { seen, news } = await back({ done: [reply, close], isAnswer: true })
    expect(news).toEqual([])
    expect(gitlab.issue(iid).notes).toHaveLength(3)

    expect((await read(seen)).news.map(({ name }) => name)).toContain('requester-replied')
  })

  it('labels alone are read back without a call', async () => {
    const { client, iid, read, reader, asked } = await anIssue()
    const { seen } = await read()
    const answer = await client.editIssue(iid, { addLabels: labels.add })

    const { calls } = await asked(() => sightingOf(reader, answer, seen, { done: [labels], isAnswer: true }))

    expect(calls).toEqual([])
  })
})

describe('The service', () => {
  async function aService() {
    const world = await anIssue()
    const { context } = await aDesk()
    const { reader, read, iid } = world
    const { seen } = await read()
    const known: RequestRow = { ...aRow({ number: iid, seen }), version: 1 }
    const service = gitlabService({
      digestNotes: async () => [],
      ...{ clock: { sleep: async () => {} }, context, reader, poll: async () => {}, pollSeconds: 60 },
    })
    const hinted = (note: { readonly id: number; readonly isNew: boolean } | undefined, row = known) =>
      world.asked(async () => service.readHinted?.(iid, row, { isListed: false, note }))
    return {
      ...world,
      service,
      known,
      hinted,
      count: () => world.asked(async () => service.countOthers?.(known)),
    }
  }

  it('reads nothing when it is told of the note that it read last', async () => {
    const { hinted, known } = await aService()

    expect(await hinted({ id: known.seen.noteId, isNew: true })).toEqual({ calls: [], result: undefined })
  })

  it.each([
    ['it was changed since', 0, false],
    ['another one was read after it, which need not mean that it was read', -1, true],
    ['it is newer', 1, true],
  ])('reads the issue when it is told of a note, and %s', async (_what, beside, isNew) => {
    const { hinted, known, iid } = await aService()

    const { calls } = await hinted({ id: known.seen.noteId + beside, isNew })

    expect(calls).toEqual([String(iid), 'notes'])
  })

  it('reads an issue that it could not read before, whatever it is told of', async () => {
    const { hinted, known } = await aService()
    const hidden = {
      ...known,
      facts: { unreadable: { status: 404, since: '2026-03-01T09:00:00.000Z' } as const },
    }

    expect((await hinted({ id: known.seen.noteId, isNew: true }, hidden)).calls).toContain('notes')
  })

  it('asks who a request came from once, and each time who else is e-mailed', async () => {
    const { count, gitlab, iid } = await aService()
    expect(await count()).toEqual({ calls: [String(iid), 'graphql'], result: 0 })
    gitlab.issue(iid).participants.push('other@example.com')

    expect(await count()).toEqual({ calls: ['graphql'], result: 1 })
  })

  it('asks again where the issue came from nobody: it can still be made a request', async () => {
    const { count, gitlab, iid } = await aService()
    gitlab.issue(iid).participants = []
    await count()
    gitlab.issue(iid).participants = ['jane@example.com']

    expect(await count()).toEqual({ calls: [String(iid), 'graphql'], result: 0 })
  })
})
