import { describe, expect, it } from 'vitest'
import { shipped } from '../../src/desks/index.ts'
import { effects } from '../../src/engine/effect.ts'
import { logSentence } from '../../src/requests/log-sentences.ts'
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

/** Without its instant. */
function saidOf(override: Partial<AuditEntry>): string {
  const said = logSentence(entry(override), { timeZone: 'UTC', now, desks: shipped })
  return said.replace('{at:2026-03-01T09:00:00.000Z|Mar 1, 9:00 AM UTC}: ', '')
}

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
      'GitLab user 7 (outside the bot) added the label “< @U01MANAGER>”',
    ],
    [
      'refused',
      { what: 'refused', who: 'slack:U1', details: { decision: 'mark-spam', because: 'Not you.' } },
      '<@U1> was refused Mark Spam (Not you.)',
    ],
    [
      'refused what is no decision',
      { what: 'refused', who: 'slack:U1', details: { decision: 'claim', because: 'Not you.' } },
      '<@U1> was refused Claim (Not you.)',
    ],
    [
      'given up',
      { what: 'given-up', who: 'slack:U1', details: { entry: 'decision', decision: 'mark-spam' } },
      'Mark Spam given up after several errors, asked for by <@U1>',
    ],
    [
      'given up, a command',
      { what: 'given-up', who: 'slack:U1', details: { entry: 'command', command: 'claim' } },
      'Claim given up after several errors, asked for by <@U1>',
    ],
    [
      'given up, nobody knows what',
      { what: 'given-up', details: { entry: 'try-again' } },
      'Try Again given up after several errors, by the bot',
    ],
    [
      'seen',
      { what: 'seen', who: 'requester', details: { name: 'requester-replied', from: 'a/b', to: 'a/c' } },
      'the requester replied, now “c”',
    ],
    [
      'what may have been the bot itself',
      { what: 'seen', who: 'forgotten:zendesk', details: { name: 'ticket-solved', from: 'a/b', to: 'a/c' } },
      'the bot or somebody in Zendesk ended the ticket, now “c”',
    ],
    [
      'a label',
      {
        what: 'seen',
        who: 'gitlab:13',
        details: { name: 'label-added', label: 'x::y', from: 'a/b', to: 'a/b' },
      },
      'GitLab user 13 (outside the bot) added the label “x::y”',
    ],
    [
      'an effect',
      { what: 'effect', details: { effect: 'reply', outcome: 'done', noteId: 7 } },
      'Send a reply of the handbook to the requester by e-mail: done, by the bot',
    ],
    [
      'an effect that failed',
      { what: 'effect', details: { effect: 'close', outcome: 'failed', error: 'GitLab refused.' } },
      'Close the issue: failed, by the bot (GitLab refused.)',
    ],
    ['shown', { what: 'revealed', who: 'slack:U1' }, '<@U1> was shown what the requester wrote'],
    [
      'the pane of a link, which has nothing of the requester’s',
      { what: 'revealed', who: 'slack:U1', details: { pane: true } },
      '<@U1> opened the pane of a link',
    ],
    [
      'assigned',
      { what: 'assigned', who: 'slack:U1', details: { to: 'slack:U2' } },
      'assigned to <@U2>, by <@U1>',
    ],
    [
      'an issue that was closed by hand',
      { what: 'seen', who: 'gitlab:7', details: { name: 'issue-closed' } },
      'GitLab user 7 (outside the bot) closed the issue',
    ],
    ['anything else', { what: 'claimed', who: 'slack:U1' }, 'claimed, by <@U1>'],
  ])('%s', (_what, override, sentence) => {
    expect(logSentence(entry(override), { timeZone: 'UTC', now, desks: shipped })).toBe(
      `{at:2026-03-01T09:00:00.000Z|Mar 1, 9:00 AM UTC}: ${sentence}`,
    )
  })

  it.each(Object.keys(effects))('says the effect %s in words', (effect) => {
    expect(saidOf({ what: 'effect', details: { effect, outcome: 'done' } })).toMatch(
      /^[A-Z][a-z]+ .+: done, by the bot$/,
    )
  })

  it.each([
    ['claimed', 'claimed, by the bot'],
    ['released', 'unassigned, by the bot'],
    ['attached', 'message attached, by the bot'],
    ['tried-again', 'Try Again, by the bot'],
  ])('says %s in words', (what, sentence) => {
    expect(saidOf({ what })).toBe(sentence)
  })

  it.each(
    ['assign', 'attach', 'audit', 'claim', 'details', 'open-pane', 'open-request', 'release'].concat([
      ...['show', 'track', 'try-again', 'undo'],
    ]),
  )('says what %s is to whoever was refused it', (decision) => {
    const said = saidOf({ what: 'refused', who: 'slack:U1', details: { decision } })

    expect(said).toMatch(/^<@U1> was refused (?:[A-Z]|the |a |tracking)/)
  })

  it('says a name of another version as it is spelled', () => {
    expect(saidOf({ what: 'effect', details: { effect: 'ring-bell', outcome: 'half-done' } })).toBe(
      'ring bell: half done, by the bot',
    )
  })

  it('in the time zone of the desk', () => {
    expect(
      logSentence(entry({ what: 'claimed' }), { timeZone: 'America/Los_Angeles', now, desks: shipped }),
    ).toBe('{at:2026-03-01T09:00:00.000Z|Mar 1, 1:00 AM America/Los_Angeles}: claimed, by the bot')
  })
})
