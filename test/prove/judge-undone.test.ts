import { describe, expect, it } from 'vitest'
import { type Evidence, nothingFound } from '../../prove/simulation/check.ts'
import type { AuditEntry } from '../../prove/simulation/database.ts'
import type { Act } from '../../prove/simulation/judge/acts.ts'
import type { CaseFile } from '../../prove/simulation/judge/case-file.ts'
import { judgeUndone } from '../../prove/simulation/judge/judge-undone.ts'
import { waitedAt, withoutUndone } from '../../prove/simulation/judge/undone.ts'
import type { OutgoingCall } from '../../prove/simulation/network.ts'

const [engineer, other, guest] = ['U01ENGINEER', 'U02ENGINEER', 'U01GUEST']
const begins = Date.parse('2026-03-02T10:00:00.000Z')
const instant = (second: number) => new Date(begins + second * 1_000).toISOString()

/** What somebody did, and what the log says of it, by second of the run. */
function anAct(second: number, override: Partial<Act> = {}): Act {
  const at = second * 1_000
  return {
    ...{ kind: 'submit', key: `submit ${second}`, triggerId: `T${second}`, userId: engineer },
    ...{ at, ms: begins + at, button: 'Reply', subject: { issue: 7 }, chosen: [], typed: ['Here it is.'] },
    ...{ isAcknowledged: true, isSentBack: false, delivery: { answers: [] } },
    ...override,
  } as unknown as Act
}

const undoes = (second: number, userId = engineer) =>
  anAct(second, { kind: 'click', button: 'Undo', userId, typed: [] })

function anEntry(seq: number, second: number, what: string, override: object = {}): AuditEntry {
  return {
    ...{ seq, at: instant(second), iid: 7, what, who: `slack:${engineer}`, details: { decision: 'reply' } },
    ...override,
  } as unknown as AuditEntry
}

const sentAt = (second: number) =>
  ({
    ...{ service: 'gitlab', method: 'POST', path: '/api/v4/projects/1/issues/7/notes' },
    ...{ text: '{"body":"Here it is.","internal":false}', at: second * 1_000, ms: begins + second * 1_000 },
  }) as OutgoingCall

interface Played {
  readonly acts: readonly Act[]
  readonly audit: readonly AuditEntry[]
  readonly calls?: readonly OutgoingCall[]
  readonly seconds?: string
}

function problemsOf({ acts, audit, calls = [], seconds = '20' }: Played): readonly string[] {
  const world = {
    network: { calls },
    environment: { TIMEZONE: 'UTC', ...(seconds !== '' && { UNDO_SECONDS: seconds }) },
    bot: {
      clock: {
        whenItSaid: (at: string) => ({ first: Date.parse(at) - begins, last: Date.parse(at) - begins }),
        said: (elapsed: number) => begins + elapsed,
      },
    },
  }
  const evidence = { world, audit, findings: nothingFound() } as unknown as Evidence
  const reply = { button: 'Reply', source: '', by: ['support engineer'], owes: [{ typedReply: true }] }
  const files = [{ iid: 7, name: '#7', types: [], decisions: [reply] }] as unknown as readonly CaseFile[]
  judgeUndone(evidence, acts, files, new Map())
  const { broken, letIn } = evidence.findings
  return [...broken, ...letIn]
}

const decided = anEntry(1, 10, 'decided')
const undone = anEntry(2, 15, 'undone')

describe('a reply that waits', () => {
  it.each([
    ['as long as it has to', 31, []],
    ['less long', 29, [expect.stringContaining('left 19000 ms after it was decided')]],
  ])('%s', (_how, second, problems) => {
    expect(problemsOf({ acts: [anAct(10)], audit: [decided], calls: [sentAt(second)] })).toEqual(problems)
  })

  it('may leave ten seconds before a day ends', () => {
    const second = 14 * 3_600 - 5
    const acts = [anAct(second - 10)]

    expect(
      problemsOf({ acts, audit: [anEntry(1, second - 10, 'decided')], calls: [sentAt(second)] }),
    ).toEqual([])
  })
})

describe('a click on Reply that no modal was opened for', () => {
  const acts = [anAct(5, { kind: 'click', typed: [] }), anAct(10), undoes(15)]
  const question = '{"body":"> Question for Privacy","internal":true}'

  it.each([
    ['nor does a note for the team go out early', { text: question }],
    ['nor does a note whose kind is left out', { text: '{"body":"Asked of Privacy."}' }],
    ['nor does a note without words', { text: '' }],
  ])('decides nothing, %s', (_what, call) => {
    const calls = [{ ...sentAt(12), ...call } as OutgoingCall]

    expect(problemsOf({ acts: acts.slice(0, 2), audit: [decided], calls })).toEqual([])
    expect(problemsOf({ acts, audit: [decided, undone], calls })).toEqual([])
  })

  it('lets no reply out early', () => {
    expect(problemsOf({ acts: acts.slice(0, 2), audit: [decided], calls: [sentAt(12)] })).toEqual([
      expect.stringContaining('left 2000 ms after it was decided'),
    ])
  })
})

describe('the same text, decided twice', () => {
  const twice = [anAct(10), anAct(25)]
  const again = anEntry(3, 25, 'decided')

  it('leaves for the first of them after its wait', () => {
    expect(problemsOf({ acts: twice, audit: [decided, again], calls: [sentAt(31)] })).toEqual([])
  })

  it('waits anew where the first was undone', () => {
    const acts = [...twice, undoes(15)]

    expect(problemsOf({ acts, audit: [decided, undone, again], calls: [sentAt(31)] })).toEqual([
      expect.stringContaining('left 6000 ms after it was decided'),
    ])
  })
})

describe('what was undone', () => {
  it('has sent nothing, and who decided it has clicked Undo', () => {
    expect(problemsOf({ acts: [anAct(10), undoes(15)], audit: [decided, undone] })).toEqual([])
  })

  it('is undone by nobody who has not clicked it', () => {
    expect(problemsOf({ acts: [anAct(10), undoes(15, other)], audit: [decided, undone] })).toEqual([
      expect.stringContaining('they never clicked Undo'),
    ])
  })

  it.each([
    ['whoever may decide the same', other, []],
    ['nobody else', guest, [expect.stringContaining('by somebody who may not decide that')]],
  ])('is undone by %s', (_who, userId, problems) => {
    const audit = [decided, anEntry(2, 15, 'undone', { who: `slack:${userId}` })]

    expect(problemsOf({ acts: [anAct(10), undoes(15, userId)], audit })).toEqual(problems)
  })

  it('had not left the bot, whatever came of it', () => {
    expect(
      problemsOf({ acts: [anAct(10), undoes(15)], audit: [decided, undone], calls: [sentAt(12)] }),
    ).toEqual([expect.stringContaining('its reply had left the bot')])
  })

  describe('by somebody who has replied before', () => {
    const first = anAct(1, { typed: ['First.'] })
    const acts = [first, anAct(10), undoes(23)]
    const standing = anEntry(1, 1, 'decided')
    const audit = [standing, anEntry(2, 10, 'decided'), anEntry(3, 23, 'undone')]
    const textAt = (second: number, body: string) =>
      ({ ...sentAt(second), text: JSON.stringify({ body, internal: false }) }) as OutgoingCall
    const hadLeft = [expect.stringContaining('its reply had left the bot')]

    it.each([
      ['which leaves in its time', [textAt(22, 'First.')], []],
      ['which leaves twice', [textAt(21, 'First.'), textAt(22, 'First.')], []],
      ['and both have left', [textAt(21, 'First.'), sentAt(22)], hadLeft],
      ['and both have left, the second first', [sentAt(21), textAt(22, 'First.')], hadLeft],
    ])('%s', (_how, calls, problems) => {
      expect(problemsOf({ acts, audit, calls })).toEqual(problems)
    })

    it('which was undone, too, and leaves then', () => {
      const both = [standing, anEntry(2, 5, 'undone'), ...audit.slice(1)]
      const calls = [textAt(22, 'First.')]

      expect(problemsOf({ acts: [first, undoes(5), ...acts.slice(1)], audit: both, calls })).toEqual(hadLeft)
    })

    it('on another request', () => {
      const elsewhere = [anEntry(1, 1, 'decided', { iid: 8 }), ...audit.slice(1)]

      expect(problemsOf({ acts, audit: elsewhere, calls: [textAt(22, 'First.')] })).toEqual(hadLeft)
    })
  })

  it('was decided last', () => {
    const between = anEntry(2, 12, 'decided', { details: { decision: 'mark-spam' } })

    expect(problemsOf({ acts: [anAct(10), undoes(15)], audit: [decided, between, undone] })).toContainEqual(
      expect.stringContaining('is not what was decided last'),
    )
  })

  it('waited at all', () => {
    expect(
      problemsOf({ acts: [anAct(10), undoes(15)], audit: [decided, undone], seconds: '' }),
    ).toContainEqual(expect.stringContaining('no reply waits'))
  })

  it('stands for no act any more, and the same that is decided later does', () => {
    const again = anAct(20)
    const twice = anAct(11, { key: 'submit 10' })
    const evidence = {
      world: { bot: { clock: { whenItSaid: (at: string) => ({ last: Date.parse(at) - begins }) } } },
      audit: [decided, undone, anEntry(3, 20, 'decided')],
    } as unknown as Evidence

    expect(withoutUndone(evidence, [anAct(10), twice, undoes(15), again])).toEqual([undoes(15), again])
  })

  it('leaves the first submit of a modal that is submitted once more behind what came of it', () => {
    const twice = anAct(16, { key: 'submit 10' })
    const evidence = {
      world: { bot: { clock: { whenItSaid: (at: string) => ({ last: Date.parse(at) - begins }) } } },
      audit: [decided, anEntry(2, 30, 'decided'), anEntry(3, 35, 'undone')],
    } as unknown as Evidence

    expect(withoutUndone(evidence, [anAct(10), twice, anAct(29), undoes(35)])).toEqual([
      anAct(10),
      undoes(35),
    ])
  })
})

it.each([
  ['before the decision', 7, 5, false],
  ['while it waits', 7, 12, true],
  ['drawn just before Undo', 7, 40, true],
  ['after that', 7, 90, false],
  ['on another request', 8, 12, false],
  ['while the next one waits', 7, 220, true],
  ['after it', 7, 300, false],
])('a digest need not name what a decision that waits may close, %s', (_when, iid, second, waits) => {
  const world = {
    environment: { UNDO_SECONDS: '20' },
    time: { msAt: (elapsed: number) => begins + elapsed },
    bot: {
      clock: {
        whenItSaid: (at: string) => ({ first: Date.parse(at) - begins, last: Date.parse(at) - begins }),
      },
    },
  }
  const evidence = { world, audit: [decided, undone, anEntry(3, 210, 'decided')] } as unknown as Evidence

  expect(waitedAt(evidence, iid, begins + second * 1_000)).toBe(waits)
})

describe('an Undo that is refused as too late', () => {
  const because = 'Too late: “Reply” has started to go out. See its card.'
  const refused = anEntry(2, 31, 'refused', { details: { decision: 'undo', because } })
  const nothingHadLeft = [expect.stringContaining('nothing had left the bot')]
  const ofAnother = { ...sentAt(30), path: '/api/v4/projects/1/issues/70/notes' }
  const asksAt = (second: number, user = engineer) =>
    ({ ...sentAt(second), service: 'slack', path: '/api/users.info', text: `user=${user}` }) as const

  const template = (second: number) =>
    ({
      ...sentAt(second),
      method: 'GET',
      path: '/api/v4/projects/102/templates/issues/Account%20Reinstatement',
    }) as const
  const onFeature = (second: number, iid = 330669) => ({
    ...sentAt(second),
    path: `/api/v4/projects/gitlab-org%2Fgitlab/issues/${iid}/notes`,
    text: '{"body":"Support is working a request of this kind by hand."}',
  })
  const token = { ...sentAt(30), service: 'zendesk', path: '/oauth/tokens' } as const

  it.each([
    ['after the reply began to leave', [sentAt(30)], []],
    ['after its note asked for the name of who decided', [asksAt(30)], []],
    ['after the template of its issue was asked for', [template(30)], []],
    ['after its note on the feature request began to leave', [onFeature(30)], []],
    ['while another decision writes there, before its wait is over', [onFeature(29)], nothingHadLeft],
    ['while something is written on an issue of that project', [onFeature(30, 330668)], nothingHadLeft],
    ['while a modal asks for a template', [template(29)], nothingHadLeft],
    ['while Zendesk gives a new token, of which a request has no need', [token], nothingHadLeft],
    ['while nothing has left', [], nothingHadLeft],
    ['while that of another request leaves', [ofAnother], nothingHadLeft],
    ['while that name is asked for something else, before its wait is over', [asksAt(29)], nothingHadLeft],
    ['while another name is asked for', [asksAt(30, other)], nothingHadLeft],
  ])('%s', (_when, calls, problems) => {
    expect(problemsOf({ acts: [anAct(10), undoes(31)], audit: [decided, refused], calls })).toEqual(problems)
  })

  const ofTicket = (decision: string) => ({ iid: 0, details: { decision, because, ticket: 5003 } })
  const onTicket = [
    anEntry(1, 10, 'decided', ofTicket('engage-expert')),
    anEntry(2, 31, 'refused', ofTicket('undo')),
  ]

  it('after a new token was asked of Zendesk for a ticket', () => {
    expect(problemsOf({ acts: [], audit: onTicket, calls: [token] })).toEqual([])
  })

  it.each([
    ['after its question to experts was put', 'POST', '/agent/tickets/5003', []],
    ['while a question of another ticket is put', 'POST', '/agent/tickets/50031', nothingHadLeft],
    ['while the project of the experts is read', 'GET', '', nothingHadLeft],
  ])('%s', (_when, method, named, problems) => {
    const text = JSON.stringify({
      description: `> Is it safe?\n\nSecurity ticket: http://zendesk.local${named}`,
    })
    const call = { ...sentAt(30), method, path: '/api/v4/projects/team/issues', text } as OutgoingCall

    expect(problemsOf({ acts: [], audit: onTicket, calls: [call] })).toEqual(problems)
  })
})
