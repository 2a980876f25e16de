import { describe, expect, it, onTestFinished } from 'vitest'
import { autoResponse, botToken, serviceDeskProject, startGitLab } from '../../../sandbox/gitlab/gitlab.ts'
import { identityHash } from '../../../src/form/form.ts'
import { connectGitLab } from '../../../src/services/gitlab/client.ts'
import { type IssueReader, readIssue } from '../../../src/services/gitlab/read-issue.ts'
import type { SyncCursor } from '../../../src/store/store.ts'

const start = '2026-03-01T09:00:00.000Z'
const description = 'Request Type: Full Deletion\n\nEmail: jane@example.com\n\nUsername: jane'

async function anIssue(override: Partial<IssueReader> = {}) {
  const clock = { at: Date.parse(start) }
  const gitlab = await startGitLab({ now: () => new Date(clock.at) })
  onTestFinished(() => gitlab.close())
  const client = connectGitLab({ url: gitlab.url, token: botToken, project: serviceDeskProject, fetch })
  const beginning = 'Thank you for your request. To verify that the account is yours'
  const reader: IssueReader = {
    gitlab: client,
    now: () => new Date(clock.at),
    ownId: async () => 9,
    supportBots: ['support-bot'],
    automaticResponses: { texts: [], beginnings: [beginning] },
    aliases: { fields: {}, types: {} },
    handbookLabel: (name) => name,
    snippetIn: () => undefined,
    hash: identityHash('secret'),
    ...override,
  }
  const { iid } = gitlab.submitRequest({ description })
  const pass = (minutes: number) => {
    clock.at += minutes * 60_000
  }
  const read = (before?: SyncCursor) => readIssue(reader, iid, before)
  const newsSince = async (before: SyncCursor) =>
    (await read(before)).news.map(({ observation }) => observation)
  return { gitlab, client, iid, pass, read, newsSince, clock }
}

describe('a reply of the requester is a public note of the Support Bot that is none of the automatic responses', () => {
  it('the automatic response is none', async () => {
    const { read } = await anIssue()

    expect((await read()).news).toEqual([])
  })

  it('the automatic response sent a second time is none either', async () => {
    const { gitlab, iid, read, newsSince, pass } = await anIssue()
    const { seen } = await read()
    pass(60)
    gitlab.someoneComments(iid, 'support-bot', autoResponse)

    expect(await newsSince(seen)).toEqual([])
  })

  it('an e-mail is one, also when the Support Bot’s text is quoted below it', async () => {
    const { gitlab, iid, read, newsSince, pass } = await anIssue()
    const { seen } = await read()
    pass(60)
    gitlab.requesterReplies(iid, `In March.\n\n> ${autoResponse}`)

    expect(await newsSince(seen)).toEqual([{ name: 'requester-replied', at: '2026-03-01T10:00:00.000Z' }])
  })

  it('of several, the latest is told', async () => {
    const { gitlab, iid, read, newsSince, pass } = await anIssue()
    const { seen } = await read()
    pass(1)
    gitlab.requesterReplies(iid, 'One')
    pass(1)
    gitlab.requesterReplies(iid, 'Two')

    expect(await newsSince(seen)).toEqual([
      { name: 'requester-replied', isOneOfSeveral: true, at: '2026-03-01T09:02:00.000Z' },
    ])
  })

  it.each([
    ['an internal note of the Support Bot', 'support-bot', { internal: true }],
    ['a note of a support engineer', 'ines.engineer', {}],
    ['a note of the bot itself', 'privacy-desk-bot', {}],
  ])('%s is none', async (_what, author, options) => {
    const { gitlab, iid, read, newsSince, pass } = await anIssue()
    const { seen } = await read()
    pass(60)
    gitlab.someoneComments(iid, author, 'The requester answered', options)

    expect(await newsSince(seen)).toEqual([])
  })

  it('a system note is none', async () => {
    const { gitlab, iid, read, newsSince, pass } = await anIssue({ supportBots: ['ines.engineer'] })
    const { seen } = await read()
    pass(60)
    gitlab.someoneCloses(iid, 'ines.engineer')

    expect((await newsSince(seen)).map(({ name }) => name)).toEqual(['issue-closed'])
  })

  it('a note that GitLab commits after a later one was read is still found', async () => {
    const { gitlab, iid, read, pass, client } = await anIssue()
    pass(5)
    gitlab.requesterReplies(iid, 'Written first, committed last')
    const hidden = gitlab.issue(iid).notes.pop()
    pass(1)
    gitlab.someoneComments(iid, 'ines.engineer', 'A later note')
    const { seen } = await read()
    if (hidden) gitlab.issue(iid).notes.unshift(hidden)

    const { news } = await readIssue({ ...(await reader(client)), supportBots: ['support-bot'] }, iid, seen)

    expect(news.map(({ observation }) => observation.name)).toEqual(['requester-replied'])
  })
})

describe('labels and closes by hand count; the bot’s own do not', () => {
  it('by others, with who made them, oldest first', async () => {
    const { gitlab, iid, read, newsSince, pass } = await anIssue()
    const { seen } = await read()
    pass(1)
    gitlab.someoneLabels(iid, 'mona.manager', ['Deletion Request::Exception Approved'])
    pass(1)
    gitlab.someoneCloses(iid, 'ines.engineer')

    expect(await newsSince(seen)).toEqual([
      {
        name: 'label-added',
        label: 'Deletion Request::Exception Approved',
        by: 'gitlab:13',
        at: '2026-03-01T09:01:00.000Z',
      },
      {
        name: 'issue-closed',
        labels: ['Deletion Request::Exception Approved'],
        by: 'gitlab:11',
        at: '2026-03-01T09:02:00.000Z',
      },
    ])
  })

  it('a label of nobody’s but the team’s own is not named: it could hold anything', async () => {
    const { gitlab, iid, read, newsSince } = await anIssue()
    const { seen } = await read()
    gitlab.someoneLabels(iid, 'ines.engineer', ['for jane.doe@example.com'])

    expect(await newsSince(seen)).toMatchObject([{ name: 'label-added', label: 'another label' }])
    expect((await read()).seen.labels).toEqual([])
  })

  it('with who set a label that stands for an approval, by name, where that is asked for', async () => {
    const asked: unknown[] = []
    const { client, gitlab, iid, read, newsSince } = await anIssue({
      approvalOf: async (set) => {
        asked.push(set)
        return set.label === 'Account Verification Failed' ? { by: 'unlinked', before: [] } : undefined
      },
    })
    const { seen } = await read()
    gitlab.someoneLabels(iid, 'ines.engineer', ['Account Verification Failed'])
    gitlab.someoneLabels(
      iid,
      'ines.engineer',
      ['Awaiting::Challenge Answers'],
      ['Account Verification Failed'],
    )

    expect(await newsSince(seen)).toMatchObject([
      { name: 'label-added', approval: { by: 'unlinked' } },
      { name: 'label-added', label: 'Awaiting::Challenge Answers' },
      { name: 'label-removed' },
    ])
    const by = { username: 'ines.engineer' }
    expect(asked).toEqual([
      { iid, label: 'Account Verification Failed', by },
      { iid, label: 'Awaiting::Challenge Answers', by },
    ])
    await client.editIssue(iid, { addLabels: ['Account Verification Failed'] })
    await read()
    expect(asked.at(-1)).toEqual({ iid, label: 'Account Verification Failed', by: 'bot' })
  })

  it('by the bot itself: no news', async () => {
    const { client, iid, read, newsSince } = await anIssue()
    const { seen } = await read()
    await client.editIssue(iid, { addLabels: ['Account Verification Failed'], state: 'close' })
    await client.editIssue(iid, { state: 'reopen' })

    expect(await newsSince(seen)).toEqual([])
  })

  it('but a close of its own after which nothing came, for a request that was reopened meanwhile', async () => {
    const { client, iid, read, newsSince } = await anIssue()
    const { seen } = await read()
    await client.editIssue(iid, { state: 'close' })

    expect(await newsSince(seen)).toMatchObject([{ name: 'issue-closed', by: 'bot' }])
  })

  it('but who meets an issue for the first time takes its whole history, as after the loss of the database', async () => {
    const { client, iid, read } = await anIssue()
    await client.editIssue(iid, { addLabels: ['Awaiting::Challenge Answers'] })

    const { news } = await read()

    expect(news.map(({ observation }) => observation)).toEqual([
      {
        name: 'label-added',
        label: 'Awaiting::Challenge Answers',
        by: 'bot',
        at: '2026-03-01T09:00:00.000Z',
      },
    ])
  })

  it('under the team’s own names they are told by those of the handbook', async () => {
    const { gitlab, iid, read } = await anIssue({
      handbookLabel: (name) => (name === 'Waiting' ? 'Awaiting::Challenge Answers' : name),
    })
    gitlab.someoneLabels(iid, 'ines.engineer', ['Waiting'])

    const { seen, news } = await read()

    expect(seen.labels).toEqual(['Awaiting::Challenge Answers'])
    expect(news.map(({ observation }) => observation)).toMatchObject([
      { label: 'Awaiting::Challenge Answers' },
    ])
  })

  it('what has been read is no news the next time', async () => {
    const { gitlab, iid, read, newsSince, pass } = await anIssue()
    pass(1)
    gitlab.someoneLabels(iid, 'mona.manager', ['Deletion Request::Exception Approved'])
    gitlab.someoneCloses(iid, 'ines.engineer')
    const { seen } = await read()

    expect(await newsSince(seen)).toEqual([])
  })
})

describe('what kind of issue it is', () => {
  it('the Support Bot’s is a requester’s; its form is read and its requester hashed', async () => {
    const { iid, read } = await anIssue()

    const sighting = await read()

    expect(sighting).toMatchObject({
      iid,
      isFromRequester: true,
      isInvalid: false,
      createdAt: start,
      form: { type: 'full-deletion', email: 'jane@example.com', username: 'jane', direct: false },
      hashes: identityHash('secret')({ email: 'jane@example.com', username: 'jane' }),
    })
  })

  it('one that a colleague opens is none', async () => {
    const { client, read: _read } = await anIssue()
    const { iid } = await client.createIssue({ title: 'Ours', description, confidential: true })

    const { isFromRequester } = await readIssue(await reader(client), iid, undefined)

    expect(isFromRequester).toBe(false)
  })

  it.each([
    ['by its title', { title: 'Invalid Request Received: jane' }],
    ['by its title in capitals', { title: 'INVALID REQUEST RECEIVED' }],
    ['by its label', { labels: ['account-deletion::invalid'] }],
  ])('%s it failed the automated checks', async (_how, given) => {
    const { gitlab, client } = await anIssue()
    const { iid } = gitlab.submitRequest({ description, ...given })

    const { isInvalid } = await readIssue(await reader(client), iid, undefined)

    expect(isInvalid).toBe(true)
  })

  it('a comment on lost 2FA suggests the reason', async () => {
    const { gitlab, client } = await anIssue()
    const { iid } = gitlab.submitRequest({ description: `${description}\n\nComments: I lost my 2FA device.` })

    const { suggestedReason } = await readIssue(await reader(client), iid, undefined)

    expect(suggestedReason).toBe('lost_2fa')
  })
})

async function reader(client: IssueReader['gitlab']): Promise<IssueReader> {
  return {
    gitlab: client,
    now: () => new Date(start),
    ownId: async () => 9,
    supportBots: ['support-bot'],
    automaticResponses: { texts: [], beginnings: ['Thank you for your request.'] },
    aliases: { fields: {}, types: {} },
    handbookLabel: (name) => name,
    hash: identityHash('secret'),
    snippetIn: () => undefined,
  }
}

describe('whose account is gone, as GitLab shows it', () => {
  it('is nobody: neither the Support Bot nor a colleague, and what others wrote is read', async () => {
    const { gitlab, iid, read, pass } = await anIssue()
    gitlab.someoneComments(iid, 'mona.manager', 'For us.')
    gitlab.requesterReplies(iid, 'Spring 2019.')
    pass(1)
    gitlab.setGone('mona.manager')

    expect((await read()).news).toMatchObject([{ observation: { name: 'requester-replied' } }])
  })

  it('who opened the request: it is known by the address that it came from, and by no name', async () => {
    const { gitlab, read } = await anIssue()
    gitlab.setGone('support-bot')

    const { seen } = await read()

    expect(seen.supportBot).toBeUndefined()
  })
})
