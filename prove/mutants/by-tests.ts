// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text
/** Defects that a test has to find, each by the file that is about it. */
import type { Kind, Mutant } from './mutant.ts'

type Defect = readonly [name: string, find: string, replace: string]

/** Several of one kind in one file, found by the same tests. */
function of(
  kind: Kind,
  file: string,
  tests: readonly string[],
  defects: readonly Defect[],
): readonly Mutant[] {
  return defects.map(([name, find, replace]) => ({ name, kind, file, find, replace, foundBy: [{ tests }] }))
}

export const byTests: readonly Mutant[] = [
  ...of(
    'roles',
    'engine/move-by-decision.ts',
    ['test/engine'],
    [
      [
        'one approval is enough where two are needed',
        'environment.requirePrivacyApproval && !isApproved(approvals)',
        'environment.requirePrivacyApproval === undefined && !isApproved(approvals)',
      ],
    ],
  ),
  ...of(
    'guards',
    'engine/guards.ts',
    ['test/engine/guards.test.ts'],
    [
      [
        'one person approves twice',
        'if (approvals.some((approval) => approval.by === person.id))',
        'if (approvals.some((approval) => approval.by === approval.by + person.id))',
      ],
      [
        'a reply of the instant at which the clock began is none',
        'repliedAt === undefined || repliedAt < since',
        'repliedAt === undefined || repliedAt <= since',
      ],
      [
        'evidence that is unknown is a pass',
        "(criterion) => criterion.result !== 'met'",
        "(criterion) => criterion.result === 'not met'",
      ],
      [
        'a meta issue without a step is done',
        'metaIssue.total > 0 && metaIssue.done === metaIssue.total',
        'metaIssue.done === metaIssue.total',
      ],
      [
        'a request may be the duplicate of itself',
        'if (number === request.iid)',
        'if (number === -request.iid)',
      ],
      [
        'a duplicate of a closed request',
        'return environment.named.isOpen\n',
        'return environment.named !== undefined\n',
      ],
      [
        'a report is sent a day early',
        'if (sendOn === undefined || sendOn <= dayIn',
        'if (sendOn === undefined || sendOn > dayIn',
      ],
      [
        'the confirmation may name another day',
        "return (input[field] ?? '').includes(day)\n",
        "return (input[field] ?? '') !== day\n",
      ],
      ['a folder’s address of any kind', '/^https:\\/\\/[^\\s@]+$/', '/^[^\\s@]+$/'],
    ],
  ),
  ...of(
    'clocks',
    'engine/time.ts',
    ['test/engine'],
    [
      [
        'a clock ends with its last day’s beginning',
        'overAt: startOfDay(lastDay.add({ days: 1 }), timeZone)',
        'overAt: startOfDay(lastDay, timeZone)',
      ],
      [
        'days are counted in UTC',
        'return Temporal.Instant.from(at).toZonedDateTimeISO(timeZone).toPlainDate()',
        "return Temporal.Instant.from(at).toZonedDateTimeISO('UTC').toPlainDate()",
      ],
    ],
  ),
  ...of(
    'clocks',
    'engine/business-time.ts',
    ['test/engine'],
    [
      [
        'Saturday is a business day',
        'return dayOfWeek(day) <= 5 && !calendar.isHoliday(day)',
        'return dayOfWeek(day) <= 6 && !calendar.isHoliday(day)',
      ],
      [
        'a holiday is a business day',
        'return dayOfWeek(day) <= 5 && !calendar.isHoliday(day)',
        'return dayOfWeek(day) <= 5',
      ],
      [
        'reports go out on Tuesdays',
        'if (dayOfWeek(day) === 1 || dayOfWeek(day) === 4) return true',
        'if (dayOfWeek(day) === 2 || dayOfWeek(day) === 4) return true',
      ],
      [
        'a holiday moves no distribution day',
        'return !isBusinessDay(before, calendar) && isReportsTurn(before, calendar)',
        'return false',
      ],
      [
        'a report is promised for the same day',
        'let next = dayBeside(day, 1)\n',
        'let next = dayBeside(day, 0)\n',
      ],
      [
        'what arrives on a Sunday ends on Monday at the same time',
        'if (!isBusinessDay(firstDay, calendar)) return instantOf(dayBeside(lastDay, 1), { timeZone })',
        '',
      ],
    ],
  ),
  ...of(
    'clocks',
    'engine/clocks.ts',
    ['test/engine'],
    [
      [
        'a clock is over only after its end',
        'const isOver = place.now >= end.overAt',
        'const isOver = place.now > end.overAt',
      ],
      [
        'holds do not make a clock later',
        'endOf(rule, request, startsAt, extendedDays + pausedDays, place)',
        'endOf(rule, request, startsAt, extendedDays, place)',
      ],
      [
        'extensions do not make a clock later',
        'endOf(rule, request, startsAt, extendedDays + pausedDays, place)',
        'endOf(rule, request, startsAt, pausedDays, place)',
      ],
      ['a reopened ticket keeps its old clock', 'return facts.reopenedAt ?? createdAt', 'return createdAt'],
    ],
  ),
  ...of(
    'clocks',
    'requests/desk-context.ts',
    ['test/requests'],
    [
      ['the warning comes a day late', 'const warnDays = 3', 'const warnDays = 2'],
      ['a ticket’s warning comes an hour late', 'const warnHours = 3', 'const warnHours = 2'],
    ],
  ),
  ...of(
    'told',
    'requests/handle-event.ts',
    ['test/requests'],
    [
      [
        'an event between the deadline and the tick swallows the call',
        'const isDue = due !== undefined && due <= now',
        'const isDue = due === now && due < now',
      ],
    ],
  ),
  ...of(
    'keys',
    'requests/remind.ts',
    ['test/requests/remind.test.ts'],
    [
      [
        'a reminder is given again and again',
        'tables.settings.claimOnce(`${name}:${row.id}`, nowOf(context))',
        'tables.settings.claimOnce(`${name}:${row.id}:${context.newId()}`, nowOf(context))',
      ],
    ],
  ),
  ...of(
    'keys',
    'requests/digest.ts',
    ['test/requests', 'test/app/commands-and-digest.test.ts'],
    [
      [
        'the digest comes again after each start',
        'if (!(await tables.settings.claimOnce(name, now))) return',
        'await tables.settings.claimOnce(name, now)',
      ],
    ],
  ),
  ...of(
    'order',
    'engine/effects-of.ts',
    ['test/engine'],
    [
      [
        'effects whose condition does not hold are done',
        'if (rule.when && !holds(rule.when, context.input, context.environment)) continue',
        '',
      ],
      [
        'labels that are removed get lost',
        'remove: [...last.remove, ...effect.remove],',
        'remove: last.remove,',
      ],
    ],
  ),
  ...of(
    'stored',
    'queue/inbox-loop.ts',
    ['test/queue/inbox-loop.test.ts'],
    [
      [
        'what was decided is committed before its entry is done',
        '    await tables.inbox.done(entry, at)\n',
        '',
      ],
      [
        'an entry is given up at the first error',
        'const isLast = entry.attempts + 1 >= mostAttempts && !isOutage(error)',
        'const isLast = !isOutage(error)',
      ],
      [
        'an outage counts among the attempts',
        'const isLast = entry.attempts + 1 >= mostAttempts && !isOutage(error)',
        'const isLast = entry.attempts + 1 >= mostAttempts',
      ],
    ],
  ),
  ...of(
    'repeated',
    'queue/attempt.ts',
    ['test/queue'],
    [
      [
        'a message is posted a third time',
        "if (idempotency === 'at-most-twice' && isSaidTwice(entry)) return saidEnough",
        '',
      ],
      [
        'one empty look is enough',
        'const lookPausesMs = [5_000, 10_000, 20_000, 40_000] as const',
        'const lookPausesMs = [5_000] as const',
      ],
      ['what was found is done again', 'if (looked) return looked', ''],
    ],
  ),
  ...of(
    'repeated',
    'store/outbox.ts',
    ['test/store'],
    [
      [
        'Try Again does not look first',
        ".set({ status: 'unknown', dueAt: now, finishedAt: null, error: null })",
        ".set({ status: 'pending', dueAt: now, finishedAt: null, error: null })",
      ],
      [
        'what was in flight when the process ended is taken for not begun',
        "          status: 'unknown' as const,\n          // Whoever had it",
        "          status: 'pending' as const,\n          // Whoever had it",
      ],
      [
        'who lost a claim may still write',
        "token: of('token', '+', 1),\n          claimedBy: null,",
        "token: of('token', '+', 0),\n          claimedBy: null,",
      ],
    ],
  ),
  ...of(
    'signed',
    'listeners/slack-gate.ts',
    ['test/listeners', 'test/app/bad-slack-requests.test.ts'],
    [
      [
        'a recorded request of Slack’s may come again for ever',
        'if (now && Math.abs(now.getTime() / 1000 - Number(timestamp)) > toleranceSeconds) return false',
        '',
      ],
      [
        'a signature of the future is taken',
        'Math.abs(now.getTime() / 1000 - Number(timestamp))',
        '(now.getTime() / 1000 - Number(timestamp))',
      ],
      ['an empty secret signs', "if (secret === '' || !timestamp", 'if (!timestamp'],
      [
        'the signature is not looked at',
        'return sameText(signature, `v0=${mac}`)',
        'return sameText(mac, mac)',
      ],
      [
        '`null` reaches Bolt',
        "return typeof parsed === 'object' && parsed !== null",
        "return typeof parsed === 'object'",
      ],
    ],
  ),
  ...of(
    'signed',
    'services/gitlab/webhook.ts',
    ['test/services/gitlab', 'test/app/bad-webhooks.test.ts'],
    [
      [
        'an empty secret lets every webhook in',
        "return secret !== '' && token !== undefined && sameText(token, secret)",
        'return token === undefined || sameText(token, secret)',
      ],
      [
        'hints of other projects are taken',
        'return String(ours) === String(id) || String(ours).toLowerCase() === path?.toLowerCase()',
        'return String(ours) !== String(-id) || path !== undefined',
      ],
      [
        'each delivery has a key of its own',
        "oneHeader(headers, 'webhook-id') ?? oneHeader(headers, 'idempotency-key')",
        "oneHeader(headers, 'x-gitlab-webhook-uuid')",
      ],
    ],
  ),
  ...of(
    'roles',
    'services/slack/roles.ts',
    ['test/services/slack'],
    [
      ['guests may decide', "if (user.isGuest) return 'Guests of this workspace may not use the desk.'", ''],
      ['bots may decide', "if (user.isBot) return 'Apps and bots may not use the desk.'", ''],
      [
        'a deactivated account may decide',
        "if (user.isDeleted) return 'This Slack account is deactivated.'",
        '',
      ],
      [
        'strangers may decide',
        'return user.isStranger || !belongs ? otherOrganisation : undefined',
        'return belongs ? undefined : otherOrganisation',
      ],
      [
        'people of another workspace may decide',
        'return user.isStranger || !belongs ? otherOrganisation : undefined',
        'return user.isStranger ? otherOrganisation : undefined',
      ],
      [
        'everybody holds every role',
        'roles: names.filter((_role, index) => held[index])',
        'roles: names.filter((_role, index) => held[index] !== undefined)',
      ],
    ],
  ),
  ...of(
    'redacted',
    'views/escape.ts',
    ['test/views'],
    [
      [
        'a title may hold a mention',
        "const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }",
        "const entities: Readonly<Record<string, string>> = { '&': '&amp;' }",
      ],
      [
        'a title may turn the text around',
        '/[\\p{Cc}\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff\\ufff9-\\ufffb]/gu\nconst unseenBut',
        '/[\\p{Cc}]/gu\nconst unseenBut',
      ],
      [
        'a link may lead anywhere',
        "!['http:', 'https:'].includes(address.protocol)",
        "['mailto:'].includes(address.protocol)",
      ],
    ],
  ),
  ...of(
    'redacted',
    'services/gitlab/note-text.ts',
    ['test/services/gitlab'],
    [
      [
        'typed text acts in a note',
        '.map((line) => `> ${harmless(line)}`.trimEnd())',
        '.map((line) => harmless(line))',
      ],
      ['a note mentions everybody', ".replaceAll('@', '@\\u2060')", ''],
      [
        'a line of the answer is a command',
        'if (beginsWithCommand(text))\n',
        'if (beginsWithCommand(text.slice(99999)))\n',
      ],
    ],
  ),
  ...of(
    'repeated',
    'services/gitlab/last-look.ts',
    ['test/services/gitlab', 'test/app/effects-reply-race.test.ts'],
    [
      [
        'a reply to silence goes out although the silence has ended',
        "const written = await replySince(request, since, done.includes('reply'))",
        'const written = since === undefined ? await replySince(request, since, false) : undefined',
      ],
      [
        'Try Again closes on silence although the requester has written since the reply',
        '< justNowMs',
        '< justNowMs * 100',
      ],
    ],
  ),
  ...of(
    'repeated',
    'services/gitlab/notes.ts',
    ['test/services/gitlab', 'test/app/effects-reply-race.test.ts'],
    [
      [
        'somebody else’s note of the same text is taken for the bot’s',
        'note.author.id === own && !note.system',
        '!note.system',
      ],
      ['one note stands for two effects', '!taken.has(note.id) && isOurs(note)', 'isOurs(note)'],
    ],
  ),
  ...of(
    'effects',
    'services/gitlab/effects.ts',
    ['test/services/gitlab/effects.test.ts'],
    [
      [
        'labels that GitLab left out are taken for set',
        'requireLabels(iid, after.labels, addLabels, removeLabels)',
        '',
      ],
      [
        'an issue that stayed open is taken for closed',
        "if (issue.state !== 'closed') throw new CannotDo(",
        'if (issue.state === undefined) throw new CannotDo(',
      ],
    ],
  ),
  ...of(
    'keys',
    'services/gitlab/poll.ts',
    ['test/app/failure-poll.test.ts', 'test/services/gitlab/poll-clocks.test.ts'],
    [
      [
        'an issue is read once only after a change',
        "const again = isSeen ? readAgain(known.seen, now) : ''",
        "const again = isSeen ? undefined : ''",
      ],
      [
        'a clock that is ahead hides what came within the minute',
        'const longThrottleMs = 25 * hourMs',
        'const longThrottleMs = hourMs / 4',
      ],
      [
        'a poll that breaks off loses the pages before',
        'await settings.set(cursorName, last.updatedAt)',
        "await settings.set(cursorName, last.updatedAt.replace('20', '21'))",
      ],
    ],
  ),
  ...of(
    'told',
    'engine/move-by-decision.ts',
    ['test/engine'],
    [
      [
        'who comes with a reply that was sent already is not told when',
        'if (!isElsewhere && again.length > 0 && effects.length === 0) return refuseTwice(place, again)',
        '',
      ],
    ],
  ),
  ...of(
    'texts',
    'flows/snippets/closed-no-response.md',
    ['test/flows/snippets.test.ts', 'test/prove/handbook.test.ts'],
    [
      [
        'a comma of a reply is gone',
        'our verification challenge questions, which',
        'our verification challenge questions which',
      ],
    ],
  ),
]
