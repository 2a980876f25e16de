/** Redirecting a ticket, through the worker: what the local Zendesk receives, and what the asker will be told. */
import { expect, test } from 'vitest'
import type { Failure } from '../../../sandbox/fake-server.ts'
import { fetchFrom } from '../../../sandbox/in-process.ts'
import { origins } from '../../../sandbox/services.ts'
import { LocalZendesk, type Macro, zendeskEmail, zendeskToken } from '../../../sandbox/zendesk/zendesk.ts'
import type { RedirectTo } from '../../../src/engine/effects/tickets.ts'
import { connectZendesk } from '../../../src/services/zendesk/client.ts'
import { fingerprint, joined, ownReply } from '../../../src/services/zendesk/redirect-ticket.ts'
import { anEffectDesk } from '../effect-desk.ts'

const now = () => new Date('2026-11-22T09:00:00.000Z')
const answerTo = { userId: 'U01AGENT', teamId: 'T01DESK', channel: 'C01PRIVACY' }
const minute = 60_000
const formUrl = 'https://form.example/'

/** Its clock stands still, so that the stamps of its tickets are known. */
function aZendesk() {
  const url = origins.zendesk
  const zendesk = new LocalZendesk({ now, fetch: globalThis.fetch, origin: url })
  const fetch = fetchFrom({ [url]: zendesk.fake })
  return { zendesk, connection: { url, email: zendeskEmail, token: zendeskToken, fetch } }
}

async function aZendeskDesk(macros: { deletion?: number; access?: number } = {}) {
  const { zendesk, connection } = aZendesk()
  const desk = await anEffectDesk({
    zendesk: () => ({ zendesk: connectZendesk({ ...connection, timeoutMs: 1_000 }), macros }),
  })
  const ticket = zendesk.submitTicket('Delete my account')
  const updatedStamp = new Date(ticket.updatedAt).toISOString()

  /** What the person saw: the macros as they are now. */
  function previewed(to: RedirectTo): string {
    const names = to === 'both' ? (['deletion', 'access'] as const) : [to]
    const ofMacros = names.map((name) => zendesk.macros.get(macros[name] ?? 0))
    const parts = ofMacros.some((one) => one !== undefined)
      ? ofMacros.map((macro, index) => {
          if (macro?.body === undefined) return ownReply(names[index] ?? to, formUrl)
          return { body: macro.body, ...(macro.htmlBody !== undefined && { htmlBody: macro.htmlBody }) }
        })
      : [ownReply(to, formUrl)]
    return fingerprint({ ...joined(parts), public: true })
  }

  return {
    ...desk,
    zendesk,
    ticket,
    async redirect(to: RedirectTo = 'deletion') {
      const at = desk.now().toISOString()
      const preview = previewed(to)
      const work = {
        kind: 'redirect-ticket',
        ticket: ticket.id,
        to,
        updatedStamp,
        preview,
        answerTo,
      } as const
      const subject = `ticket:${ticket.id}`
      await desk.store.tables.outbox.add([
        { opId: `op-${at}`, subject, lane: 'zendesk', work, dueAt: at, createdAt: at },
      ])
      await desk.worker.runUntilIdle()
    },
    last: () => desk.store.tables.outbox.lastOfSubject(`ticket:${ticket.id}`),
    puts: () => zendesk.fake.received('PUT', /tickets/),
    gets: () => zendesk.fake.received('GET', /./).map(({ path }) => path.replace('/api/v2/', '')),
    /** What the bot wrote to the requester. */
    comments: () => ticket.comments.slice(1),
    async told() {
      const entries = await desk.store.tables.inbox.pending('2027-01-01T00:00:00.000Z', 100)
      return entries.map(({ payload }) => payload as { answerTo: object; text: string })
    },
    async texts() {
      return (await this.told()).map(({ text }) => text)
    },
    macro: (macro: Macro) => void zendesk.macros.set(macro.id, macro),
  }
}

const redirected = (id: number) =>
  `Ticket ${id} was redirected: the requester was sent to the form, and the ticket is solved.`

test('Without a macro the bot’s own reply points to the form, in one public comment that solves the ticket', async () => {
  const desk = await aZendeskDesk()

  await desk.redirect()

  expect(desk.puts().map(({ body }) => body)).toEqual([
    {
      ticket: {
        status: 'solved',
        comment: {
          body: [
            'Greetings,',
            'Thank you for contacting us. Requests to delete an account are processed through our Personal Data Request form, not through support tickets, since we have to verify first that the account is yours. Please submit your request there:',
            'https://form.example/',
            'Doing so will allow us to process your request more quickly and securely. This ticket will now be marked as solved. Thank you!',
            'Regards,',
          ].join('\n\n'),
          public: true,
        },
        safe_update: true,
        updated_stamp: '2026-11-22T09:00:01Z',
        metadata: { op_id: 'op-2026-11-22T09:00:00.000Z' },
      },
    },
  ])
  expect(desk.ticket.status).toBe('solved')
  expect(desk.gets()).toEqual([])
  expect(await desk.told()).toEqual([{ answerTo, text: redirected(desk.ticket.id) }])
})

test('The macro that config/desk.yaml gives is applied: its comment, its fields and its tags', async () => {
  const desk = await aZendeskDesk({ deletion: 7 })
  desk.ticket.tags = ['email', 'saas']
  desk.ticket.customFields = [
    { id: 1, value: 'kept' },
    { id: 2, value: null },
  ]
  desk.macro({
    id: 7,
    body: 'Use the form.',
    status: 'pending',
    addTags: ['gdpr'],
    removeTags: ['email'],
    fields: [{ id: 2, value: 'personal_data' }],
  })

  await desk.redirect()

  expect(desk.puts()[0]?.body).toMatchObject({
    ticket: {
      status: 'solved',
      comment: { body: 'Use the form.', public: true },
      custom_fields: [{ id: 2, value: 'personal_data' }],
      tags: ['saas', 'gdpr'],
    },
  })
  expect(desk.comments()).toEqual([{ body: 'Use the form.', public: true }])
  expect(desk.ticket.tags).toEqual(['saas', 'gdpr'])
})

test('both: one macro after the other in one comment', async () => {
  const desk = await aZendeskDesk({ deletion: 7, access: 8 })
  desk.macro({ id: 7, body: 'For deletion.', addTags: ['deletion'], fields: [{ id: 1, value: 'a' }] })
  desk.macro({ id: 8, body: 'For access.', addTags: ['access'], fields: [{ id: 2, value: 'b' }] })

  await desk.redirect('both')

  expect(desk.comments()).toEqual([{ body: 'For deletion.\n\nFor access.', public: true }])
  expect(desk.ticket.tags).toEqual(['deletion', 'access'])
  expect(desk.ticket.customFields).toEqual([
    { id: 1, value: 'a' },
    { id: 2, value: 'b' },
  ])
  expect(desk.puts()).toHaveLength(1)
})

test('access alone takes the macro for access', async () => {
  const desk = await aZendeskDesk({ deletion: 7, access: 8 })
  desk.macro({ id: 8, body: 'For access.' })

  await desk.redirect('access')

  expect(desk.comments()).toEqual([{ body: 'For access.', public: true }])
  expect(desk.gets()).toEqual([
    `tickets/${desk.ticket.id}.json`,
    `tickets/${desk.ticket.id}/macros/8/apply.json`,
  ])
})

test.each([
  [
    { id: 7, body: 'Internal.', public: false },
    'writes an internal comment, which the requester doesn’t get. Ask your admins to make it public, then run the command again.',
  ],
  [
    { id: 7 },
    'writes no comment, so the requester wouldn’t know why. Ask your admins to give it one, then run the command again.',
  ],
  [
    { id: 9, body: 'Another.' },
    'can’t be applied (404): it’s gone, switched off, or not shared with the bot’s account. Ask your admins to correct it, then run the command again.',
  ],
])('Nothing is sent by the macro %j', async (macro, because) => {
  const desk = await aZendeskDesk({ deletion: 7 })
  desk.macro(macro)

  await desk.redirect()

  expect(desk.puts()).toEqual([])
  expect(await desk.texts()).toEqual([
    `Ticket ${desk.ticket.id} wasn’t redirected. Macro 7 (zendesk-macros.deletion in config/desk.yaml) ${because}`,
  ])
})

test('A ticket that somebody has changed meanwhile is left as it is, and the person is told', async () => {
  const desk = await aZendeskDesk()
  desk.zendesk.someoneComments(desk.ticket.id, { body: 'An agent was faster', public: true })

  await desk.redirect()
  await desk.workFor(60 * minute)

  expect(desk.puts()).toHaveLength(1)
  expect(desk.comments()).toEqual([{ body: 'An agent was faster', public: true }])
  expect(await desk.texts()).toEqual([
    `Ticket ${desk.ticket.id} wasn’t redirected. Somebody changed ticket ${desk.ticket.id} in the meantime. Nothing was sent or changed. Read the ticket, then run the command again.`,
  ])
  expect(await desk.store.tables.outbox.unfinishedCount()).toBe(0)
})

test('A change of our own whose answer was lost is found on the audits, not made again', async () => {
  const desk = await aZendeskDesk()
  desk.zendesk.fake.fail({ method: 'PUT', failure: { applied: true, answer: { status: 502, body: {} } } })

  await desk.redirect()
  await desk.workFor(minute)

  expect(desk.puts()).toHaveLength(1)
  expect(desk.comments()).toHaveLength(1)
  expect(await desk.texts()).toEqual([
    `Ticket ${desk.ticket.id} isn’t redirected yet. Zendesk gave no clear answer (502): the bot checks before it tries again. I’ll keep trying and tell you how it ends.`,
    redirected(desk.ticket.id),
  ])
})

test('A conflict with a change of our own is found on the audits', async () => {
  const desk = await aZendeskDesk()
  desk.zendesk.fake.fail({
    method: 'PUT',
    failure: { applied: true, answer: { status: 409, body: { error: 'UpdateConflict' } } },
  })

  await desk.redirect()

  expect(desk.puts()).toHaveLength(1)
  expect(await desk.texts()).toEqual([redirected(desk.ticket.id)])
})

const lost: readonly (readonly [string, Failure])[] = [
  ['a 502', { answer: { status: 502, body: {} } }],
  ['no answer in time', { hang: true }],
  ['a dropped connection', { drop: 'connection' }],
]

test.each(lost)('%s that did nothing is looked up eight times, and then repeated', async (_what, failure) => {
  const desk = await aZendeskDesk()
  desk.zendesk.fake.fail({ method: 'PUT', failure })

  await desk.redirect()
  await desk.workFor(3 * minute)

  expect(desk.gets()).toEqual(Array(8).fill(`tickets/${desk.ticket.id}/audits.json`))
  expect(desk.puts()).toHaveLength(2)
  expect(desk.comments()).toHaveLength(1)
  expect((await desk.texts()).at(-1)).toBe(redirected(desk.ticket.id))
})

test('An answer that comes too late is not followed by a second comment', async () => {
  const desk = await aZendeskDesk()
  desk.zendesk.fake.fail({ method: 'PUT', failure: { applied: true, hang: true } })

  await desk.redirect()
  await desk.workFor(minute)

  expect(desk.puts()).toHaveLength(1)
  expect(desk.comments()).toHaveLength(1)
})

test.each([
  ['with Retry-After', { 'retry-after': '120' }, 2 * minute],
  ['without Retry-After', {}, 0.5 * 1000],
])('A 429 %s is waited for, and then the ticket is redirected once', async (_what, headers, ms) => {
  const desk = await aZendeskDesk()
  desk.zendesk.fake.fail({ method: 'PUT', failure: { answer: { status: 429, headers, body: {} } } })

  await desk.redirect()
  await desk.workFor(ms - 1)
  const before = desk.puts().length
  await desk.workFor(minute)

  expect([before, desk.puts().length]).toEqual([1, 2])
  expect(desk.comments()).toHaveLength(1)
  expect(await desk.texts()).toEqual([
    `Ticket ${desk.ticket.id} isn’t redirected yet. Zendesk asks to wait (429). I’ll keep trying and tell you how it ends.`,
    redirected(desk.ticket.id),
  ])
})

test.each([
  [404, (id: number) => `Ticket ${id} is gone (404), or the bot's account can't see it.`],
  [403, (id: number) => `The bot's account isn't allowed to change ticket ${id} (403).`],
  [401, () => "Zendesk doesn't accept the bot's token (401). Tell your admins: it has to be renewed."],
  [400, () => 'Zendesk refused it (400).'],
  [
    422,
    (id: number) =>
      `Zendesk does not take the change of ticket ${id} (422): it is closed, or a field has to be filled in before it can be solved.`,
  ],
])('A %d is told and not repeated', async (status, because) => {
  const desk = await aZendeskDesk()
  const failure = { answer: { status, body: {} } }
  desk.zendesk.fake.fail({ method: 'PUT', times: Number.POSITIVE_INFINITY, failure })

  await desk.redirect()
  await desk.workFor(60 * minute)

  // Of a 404 it is asked whether the help desk is there; where it is, it may have come back between the two.
  expect(desk.puts()).toHaveLength(status === 404 ? 2 : 1)
  expect(await desk.texts()).toEqual([
    `Ticket ${desk.ticket.id} wasn’t redirected. ${because(desk.ticket.id)}`,
  ])
})

test('A ticket that is gone when its macro is asked for is told of', async () => {
  const desk = await aZendeskDesk({ deletion: 7 })
  desk.zendesk.tickets.delete(desk.ticket.id)

  await desk.redirect()

  expect(await desk.texts()).toEqual([
    `Ticket ${desk.ticket.id} wasn’t redirected. Ticket ${desk.ticket.id} is gone (404), or the bot's account can't see it.`,
  ])
})

test('A macro that can’t be read for a while changes nothing', async () => {
  const desk = await aZendeskDesk({ deletion: 7 })
  desk.macro({ id: 7, body: 'Use the form.' })
  desk.zendesk.fake.fail({ path: /macros/, times: 2, failure: { answer: { status: 503, body: {} } } })

  await desk.redirect()
  await desk.workFor(minute)

  expect(desk.puts()).toHaveLength(1)
  expect((await desk.texts()).at(-1)).toBe(redirected(desk.ticket.id))
})

test('With Zendesk switched off since, it says so', async () => {
  const desk = await anEffectDesk()
  const at = desk.now().toISOString()
  const work = {
    ...{ kind: 'redirect-ticket', ticket: 1, to: 'both', updatedStamp: at, preview: '', answerTo },
  } as const
  await desk.store.tables.outbox.add([
    { opId: 'op', subject: 'ticket:1', lane: 'zendesk', work, dueAt: at, createdAt: at },
  ])

  await desk.worker.runUntilIdle()

  expect((await desk.store.tables.outbox.lastOfSubject('ticket:1'))?.error).toBe(
    'Everything Zendesk is off: ZENDESK_URL is not set.',
  )
})

test('The audit log tells of the ticket, and nothing of it is a text or an address', async () => {
  const desk = await aZendeskDesk()

  await desk.redirect('access')

  expect(
    (await desk.store.tables.audit.page(0, 10)).map(({ what, who, details }) => ({ what, who, details })),
  ).toEqual([
    {
      what: 'effect',
      who: 'bot',
      details: {
        effect: 'redirect-ticket',
        subject: `ticket:${desk.ticket.id}`,
        opId: 'op-2026-11-22T09:00:00.000Z',
        outcome: 'done',
        attempt: 1,
        ticket: desk.ticket.id,
        to: 'access',
      },
    },
  ])
  expect((await desk.last())?.work).toEqual({
    kind: 'redirect-ticket',
    ticket: desk.ticket.id,
    to: 'access',
    updatedStamp: '2026-11-22T09:00:01.000Z',
    preview: expect.any(String),
    answerTo: { userId: 'U01AGENT', teamId: 'T01DESK' },
  })
})

test('Not more updates a minute than Zendesk takes', async () => {
  const { zendesk, connection } = aZendesk()
  const desk = await anEffectDesk({
    zendesk: () => ({ zendesk: connectZendesk(connection) }),
    sizes: { zendeskUpdates: { burst: 2, perMinute: 2 } },
  })
  const at = desk.now().toISOString()
  for (const number of [1, 2, 3]) {
    const { id, updatedAt } = zendesk.submitTicket('Delete my account')
    const updatedStamp = new Date(updatedAt).toISOString()
    const preview = fingerprint({ ...joined([ownReply('deletion', formUrl)]), public: true })
    const work = {
      kind: 'redirect-ticket',
      ticket: id,
      to: 'deletion',
      updatedStamp,
      preview,
      answerTo,
    } as const
    const subject = `ticket:${id}`
    await desk.store.tables.outbox.add([
      { opId: `op-${number}`, subject, lane: 'zendesk', work, dueAt: at, createdAt: at },
    ])
  }

  await desk.worker.runUntilIdle()
  const atOnce = zendesk.fake.received('PUT', /tickets/).length
  await desk.workFor(minute)

  expect([atOnce, zendesk.fake.received('PUT', /tickets/).length]).toEqual([2, 3])
})
