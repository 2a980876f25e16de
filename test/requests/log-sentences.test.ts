import { describe, expect, it } from 'vitest'
import { shipped } from '../../src/desks/index.ts'
import { logSentence } from '../../src/requests/card-states.ts'
import type { AuditEntry } from '../../src/store/store.ts'

const now = () => new Date('2026-03-20T09:00:00.000Z')
const entry = (override: Partial<AuditEntry>): AuditEntry => ({
  seq: 1,
  at: '2026-03-01T09:00:00.000Z',
  requestId: 'r1',
  iid: 1,
  what: 'opened',
  who: 'bot',
  details: {},
  previousHash: '',
  hash: '',
  ...override,
})

describe('an entry of the audit log as a sentence', () => {
  it.each<[string, Partial<AuditEntry>, string]>([
    ['taken in', { details: { flow: 'full-deletion' } }, 'taken in as Full Deletion, by the bot'],
    [
      'decided',
      {
        what: 'decided',
        who: 'slack:U1',
        details: {
          decision: 'fail-verification',
          from: 'full-deletion/evaluating',
          to: 'full-deletion/closed',
        },
      },
      'Fail Verification, now “Closed”, by <@U1>',
    ],
    [
      'undone before it was sent',
      {
        what: 'undone',
        who: 'slack:U1',
        details: {
          decision: 'fail-verification',
          from: 'full-deletion/closed',
          to: 'full-deletion/evaluating',
        },
      },
      'Fail Verification undone before it was sent, now “Answers are in: check them”, by <@U1>',
    ],
    [
      'decided without moving',
      { what: 'decided', who: 'slack:U1', details: { decision: 'start', from: 'a/b', to: 'a/b' } },
      'Start, by <@U1>',
    ],
    [
      'a label that is named like a mention',
      { what: 'seen', who: 'gitlab:7', details: { name: 'label-added', label: '<@U01MANAGER>' } },
      'seen: label added “< @U01MANAGER>”, by GitLab user 7, outside the bot',
    ],
    [
      'refused',
      { what: 'refused', who: 'slack:U1', details: { decision: 'mark-spam', because: 'Not you.' } },
      'refused Mark Spam, by <@U1> (Not you.)',
    ],
    [
      'seen',
      { what: 'seen', who: 'requester', details: { name: 'requester-replied', from: 'a/b', to: 'a/c' } },
      'seen: requester replied, now “c”, by the requester',
    ],
    [
      'what may have been the bot itself',
      { what: 'seen', who: 'forgotten:zendesk', details: { name: 'ticket-solved', from: 'a/b', to: 'a/c' } },
      'seen: ticket solved, now “c”, by the bot or somebody in Zendesk',
    ],
    [
      'a label',
      {
        what: 'seen',
        who: 'gitlab:13',
        details: { name: 'label-added', label: 'x::y', from: 'a/b', to: 'a/b' },
      },
      'seen: label added “x::y”, by GitLab user 13, outside the bot',
    ],
    [
      'an effect',
      { what: 'effect', details: { effect: 'reply', outcome: 'done', noteId: 7 } },
      'reply: done, by the bot',
    ],
    [
      'an effect that failed',
      { what: 'effect', details: { effect: 'close', outcome: 'failed', error: 'GitLab refused.' } },
      'close: failed, by the bot (GitLab refused.)',
    ],
    ['shown', { what: 'revealed', who: 'slack:U1' }, 'shown what the requester wrote, by <@U1>'],
    [
      'the pane of a link, which has nothing of the requester’s',
      { what: 'revealed', who: 'slack:U1', details: { pane: true } },
      'opened the pane of a link, by <@U1>',
    ],
    ['anything else', { what: 'claimed', who: 'slack:U1' }, 'claimed, by <@U1>'],
  ])('%s', (_what, override, sentence) => {
    expect(logSentence(entry(override), { timeZone: 'UTC', now, desks: shipped })).toBe(
      `{at:2026-03-01T09:00:00.000Z|Mar 1, 9:00 AM UTC}: ${sentence}`,
    )
  })

  it('in the time zone of the desk', () => {
    expect(
      logSentence(entry({ what: 'claimed' }), { timeZone: 'America/Los_Angeles', now, desks: shipped }),
    ).toBe('{at:2026-03-01T09:00:00.000Z|Mar 1, 1:00 AM America/Los_Angeles}: claimed, by the bot')
  })
})
