// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text
/** Defects towards GitLab, Zendesk and Slack: what is sent, to whom, how often, and what is made of the answer. */
import { defects, type Mutant } from '../mutant.ts'

const gitlabEffects = 'test/services/gitlab/effects.test.ts'
const worker = 'test/queue/worker.test.ts'
const noteText = 'test/services/gitlab/note-text.test.ts'
const ticketUpdates = 'test/services/zendesk/ticket-updates.test.ts'
const ticketText = 'test/services/zendesk/ticket-text.test.ts'
const leftOut = 'test/services/zendesk/left-out.test.ts'
const redirect = ['test/services/zendesk/redirect-ticket.test.ts', 'test/services/zendesk/effects.test.ts']
const slackClient = 'test/services/slack/client.test.ts'
const slackEffects = 'test/services/slack/effects.test.ts'
const callFailed = 'test/services/call-failed.test.ts'
const replies = 'test/form/requester-reply.test.ts'
const evidence = 'test/services/gitlab/gather-evidence.test.ts'

export const inTheServices: readonly Mutant[] = [
  ...defects('redacted', 'services/gitlab/note-text.ts', noteText, [
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
  ]),
  ...defects('repeated', 'services/gitlab/notes.ts', worker, [
    [
      'somebody else’s note of the same text is taken for the bot’s',
      'note.author.id === own && !note.system',
      '!note.system',
    ],
    ['one note stands for two effects', '!taken.has(note.id) && isOurs(note)', 'isOurs(note)'],
    [
      'a reply that is there is not found where GitLab has changed its spaces',
      'isSameText(note.body, body)',
      'note.body === `${body} `',
    ],
  ]),
  ...defects('told', 'services/gitlab/read-issue.ts', 'test/services/gitlab/read-issue.test.ts', [
    [
      'a label that the bot has set and forgotten is said to be of somebody in GitLab',
      "by: userId === ownId ? 'bot' : byOf(userId) }",
      'by: byOf(userId) }',
    ],
  ]),
  ...defects('guards', 'services/gitlab/read-issue.ts', 'test/services/gitlab/few-calls.test.ts', [
    [
      'a reply that came before the bot closed is not read',
      'return userNotes === before.userNotes + own && sameIds(before.assigneeIds, ids)',
      'return sameIds(before.assigneeIds, ids)',
    ],
    [
      'whose an issue is now is not read where nobody has written',
      'return userNotes === before.userNotes + own && sameIds(before.assigneeIds, ids)',
      'return userNotes === before.userNotes + own',
    ],
    [
      'a note after the change passes for one that is counted in its answer',
      "if (!changeKinds.has(done.at(-1)?.kind ?? '')) return false",
      '',
    ],
    [
      'what a replica answers is believed like the answer to a change',
      'const hasNoNote = why.isAnswer === true && before',
      'const hasNoNote = before',
    ],
    [
      'of a note that came with another label the label is not read',
      '(before !== undefined && isExpected && isAsLeft(reader, issue, before, done))',
      '(before !== undefined && isExpected)',
    ],
    [
      'an issue that has a history is taken for a new one',
      'updatedAt < plus(createdAt, throttleMs)',
      'updatedAt >= createdAt',
    ],
    [
      'a meta issue from before the database was lost is not found',
      '!(isBorn && notes.every(({ system }) => !system))',
      '!isBorn',
    ],
  ]),
  ...defects('guards', 'services/gitlab/service.ts', 'test/services/gitlab/few-calls.test.ts', [
    ['a note that was changed passes for read', 'note?.isNew && isRead', 'note && isRead'],
    ['a note before the last one passes for read', 'seen.noteId === noteId', 'seen.noteId >= noteId'],
    [
      'what could be read again stays unreadable',
      'return seen.noteId === noteId && facts.unreadable === undefined',
      'return seen.noteId === noteId',
    ],
  ]),
  ...defects('guards', 'inbox/handle-hint.ts', 'test/inbox/handle-hint.test.ts', [
    [
      'the webhook of a note answers for that of a label',
      '...(answered.length === 0 && note && { note })',
      '...(note && { note })',
    ],
  ]),
  ...defects(
    'guards',
    'store/inbox.ts',
    ['test/store/inbox.test.ts', 'test/inbox/handle-hint.test.ts'],
    [['the webhook of a label is forgotten behind that of a note', 'isOfSeveral: true,', '']],
  ),
  ...defects('guards', 'services/gitlab/last-look.ts', 'test/services/gitlab/last-look.test.ts', [
    [
      'a reply to silence goes out although the silence has ended',
      'if (!written || (await isDone(number, entry.work))) return undefined',
      'if (!written || number > 0) return undefined',
    ],
    [
      'what was put off closes on silence although the requester has written since',
      'entry.isAtOnce && before.some(',
      'before.some(',
    ],
    [
      'a machine that slept within a decision closes although the requester has written meanwhile',
      '< justNowMs',
      '< justNowMs * 100',
    ],
    [
      'what is closed already is said to be left open',
      'if (!written || (await isDone(number, entry.work))) return undefined',
      'if (!written) return undefined',
    ],
    [
      'a machine that answers the last mail keeps the issue open',
      '!(isTold && looksAutomatic(note.body))',
      '!(isTold && !looksAutomatic(note.body))',
    ],
  ]),
  ...defects('guards', 'queue/worker.ts', 'test/services/gitlab/last-look.test.ts', [
    [
      'labels are set although the requester has written since the reply that a look has found',
      ' && !result.found',
      '',
    ],
    [
      'a full disk closes on silence although the requester has written meanwhile',
      ' && !settled.hasWaited',
      '',
    ],
  ]),
  ...defects('redacted', 'services/gitlab/notes.ts', gitlabEffects, [
    [
      'an internal note is e-mailed to the requester',
      'return write(number, `${text}\\n\\n${markerOf(entry)}`, true)',
      'return write(number, `${text}\\n\\n${markerOf(entry)}`, false)',
    ],
  ]),
  ...defects('effects', 'services/gitlab/notes.ts', worker, [
    [
      'a reply is written where the requester can’t read it',
      'return write(number, replyText(snippets, work), false)',
      'return write(number, replyText(snippets, work), true)',
    ],
  ]),
  ...defects('effects', 'services/gitlab/effects.ts', gitlabEffects, [
    [
      'labels that GitLab left out are taken for set',
      'requireLabels(number, after.labels, addLabels, removeLabels)',
      '',
    ],
    [
      'an issue that stayed open is taken for closed',
      "if (issue.state !== 'closed')",
      'if (issue.state === undefined)',
    ],
    [
      'an issue that stayed closed is taken for reopened',
      "if (state === 'closed') throw new CannotDo(",
      'if (state === undefined) throw new CannotDo(',
    ],
  ]),
  ...defects('guards', 'services/gitlab/effects.ts', 'test/failures/reopened-while-closing.test.ts', [
    [
      'an issue that was closed by hand after the reply is reopened',
      'if (facts.closedOutside)\n',
      'if (facts.closedOutside === null)\n',
    ],
  ]),
  ...defects('repeated', 'services/gitlab/open-issue.ts', gitlabEffects, [
    [
      'an issue that somebody else opened is taken for the bot’s',
      'own.find(({ description }) => description.includes(markerOf(entry)))',
      'own.find(({ description }) => description !== undefined)',
    ],
  ]),
  ...defects('keys', 'services/gitlab/poll.ts', 'test/services/gitlab/poll-clocks.test.ts', [
    [
      'an issue is read once only after a change',
      'const again = isSeen ? readAgain(known.seen, now) : readSince(known)',
      'const again = isSeen ? undefined : readSince(known)',
    ],
    [
      'a clock that is ahead hides what came within the minute',
      'const longThrottleMs = 25 * hourMs',
      'const longThrottleMs = hourMs / 4',
    ],
  ]),
  ...defects('keys', 'services/gitlab/poll.ts', 'test/services/gitlab/poll.test.ts', [
    [
      'a poll that breaks off loses the pages before',
      'await settings.set(cursorName, upTo)',
      "await settings.set(cursorName, upTo.replace('20', '21'))",
    ],
    ['what GitLab commits out of order is gone past', 'const overlapMs = 5 * 60_000', 'const overlapMs = 0'],
    [
      'what was hidden from the bot is gone past for ever',
      'if (cursor && !isDue(await settings.get(longLookName), now)) return',
      'if (cursor) return',
    ],
  ]),
  ...defects('limits', 'services/gitlab/transport.ts', 'test/services/gitlab/wire.test.ts', [
    [
      'a name with two dots asks for another path',
      "if (endpoint.split('/').some((part) => part === '.' || part === '..')) {",
      "if (endpoint === '..') {",
    ],
    [
      'the second page of a list is not read',
      'return next !== null && next > page ? next : null',
      'return next !== null && next > page + 1 ? next : null',
    ],
  ]),
  ...defects('guards', 'services/gitlab/gather-evidence.ts', evidence, [
    [
      'an owner who was blocked is none',
      'members?.filter((one) => one.accessLevel >= owner && one.id !== user.id)',
      'members?.filter((one) => one.accessLevel > owner && one.id !== user.id)',
    ],
    [
      'an account that never signed in signed in long ago',
      "if (lastSignInAt === null) return unknown('no sign-in on record')",
      "if (lastSignInAt === null) return { result: 'met', value: 'no sign-in on record' }",
    ],
    [
      'what GitLab hides is met',
      'if (!projects || !memberships) return unknown(hidden)\n',
      "if (!projects || !memberships) return { result: 'met', value: hidden }\n",
    ],
    ['half a year is a year', 'subtract({ years: 1 })', 'subtract({ months: 6 })'],
  ]),

  ...defects('repeated', 'services/call-failed.ts', callFailed, [
    [
      'a request that ran into its time limit was not carried out',
      'if (status >= 300 && status < 500 && status !== 408) return',
      'if (status >= 300 && status < 500) return',
    ],
    [
      'a write that was answered 502 may be made again at once',
      "return method === 'GET' || method === 'HEAD' ? 'later' : 'unknown'",
      "return 'later'",
    ],
    [
      'a connection that broke was never made',
      'return codes.length > 0 && codes.every((code) => neverSent.has(code))',
      'return codes.length > 0',
    ],
    ['too many requests are a refusal', "if (status === 429) return 'later'\n", ''],
    [
      'a lost race for a row is a refusal',
      "if (status === 409 && /resource lock|DatabaseConflict/i.test(text)) return 'later'\n",
      '',
    ],
  ]),
  ...defects('redacted', 'services/ask.ts', 'test/services/gitlab/wire.test.ts', [
    ['a redirect takes the token elsewhere', "redirect: 'manual',", "redirect: 'follow',"],
  ]),
  ...defects('limits', 'services/ask.ts', 'test/services/gitlab/wire.test.ts', [
    [
      'a service that asks to wait is not asked how long',
      'retryAfterSeconds: retryAfter(response.headers),',
      'retryAfterSeconds: undefined,',
    ],
  ]),

  ...defects('effects', 'services/zendesk/client.ts', 'test/services/zendesk/client.test.ts', [
    [
      'a comment is as public as the ticket’s first one',
      '{ comment: { ...text, public: comment.public } }',
      '{ comment: { ...text } }',
    ],
    ['an update bears no mark by which it would be found', 'metadata: { op_id: mark.opId },', ''],
    [
      'an update is not refused where the ticket has changed',
      "updated_stamp: mark.updatedStamp.replace('.000Z', 'Z'),",
      '',
    ],
  ]),
  ...defects('guards', 'services/zendesk/effects.ts', ticketUpdates, [
    [
      'an answer to a ticket that has changed is sent again and again',
      'if (isConflict(error)) return undefined\n',
      '',
    ],
    [
      'nobody is told that an answer was refused',
      'await context.happened(request.id, observation, `effect:${entry.opId}:refused`)\n',
      '',
    ],
  ]),
  ...defects('guards', 'services/zendesk/quiet-updates.ts', ticketUpdates, [
    [
      'a note of the bot’s own stops an answer that was decided before it landed',
      'return isChangedQuietly(ticket, audits, quiet, stamp) ? ticket.updatedAt : undefined',
      'return undefined',
    ],
    [
      'with a note of the bot’s own, whatever else has changed the ticket is passed over',
      'since.every(isQuiet) &&',
      'since.some(isQuiet) &&',
    ],
    ['the mark of another desk is taken for the bot’s own', 'quiet.has(opId) &&', 'opId !== "" &&'],
    [
      'a change that has left no audit passes for the bot’s own note',
      '(updatedAt === last.createdAt || updatedAt === quiet.get(last.opId))',
      'true',
    ],
    [
      'the second of a note is not waited for, in which a colleague may write',
      'await sleep(wholeSecondMs)\n',
      '',
    ],
  ]),
  ...defects('effects', 'services/zendesk/left-out.ts', leftOut, [
    [
      'an answer that Zendesk kept internal is taken for sent',
      'const isUnsent = asked.comment?.public === true && updated.isCommentPublic === false',
      'const isUnsent = asked.comment?.public === false && updated.isCommentPublic === false',
    ],
    [
      'a ticket that stayed open is taken for solved',
      'status === undefined || isAsGood(status, ticket.status)\n      ? []',
      "status !== undefined || isAsGood('', ticket.status)\n      ? []",
    ],
  ]),
  ...defects('redacted', 'services/zendesk/ticket-notes.ts', ticketText, [
    ['a placeholder of Zendesk’s in a quoted mail is filled in', ".replace(/\\{(?=[{%])/g, '{\\u2060')", ''],
  ]),
  ...defects('redacted', 'services/zendesk/ticket-notes.ts', 'test/services/zendesk/ticket-notes.test.ts', [
    [
      'an internal comment is e-mailed to the requester',
      'const comment = { body, public: false }\n',
      'const comment = { body, public: true }\n',
    ],
  ]),
  ...defects('redacted', 'services/zendesk/transport.ts', 'test/services/zendesk/client.test.ts', [
    [
      'the token goes to whatever address an answer names',
      'if (url.origin !== base.origin || !url.pathname.startsWith(`${base.pathname}/`)) {',
      "if (url.origin === '') {",
    ],
  ]),
  ...defects('guards', 'services/zendesk/transport.ts', 'test/failures/security-no-help-desk.test.ts', [
    [
      'where the whole help desk is gone every ticket was deleted',
      'if (error instanceof CallFailed) return false\n',
      'if (error instanceof CallFailed) return true\n',
    ],
  ]),
  ...defects('texts', 'services/zendesk/redirect-ticket.ts', 'test/app/redirect-ticket.test.ts', [
    [
      'another text is sent than the one that was shown',
      'if (preview !== work.preview)\n',
      "if (preview === '')\n",
    ],
  ]),
  ...defects('texts', 'services/zendesk/redirect-ticket.ts', redirect, [
    [
      'a ticket is redirected over what somebody has written since',
      'return (await found(zendesk, entry, work)) ?? changedMeanwhile(work)',
      'return (await found(zendesk, entry, work)) ?? doneWith(work)',
    ],
    [
      'an internal comment of a macro is sent to the requester',
      'if (effect.comment.public === false)\n',
      "if (effect.comment.body === '')\n",
    ],
  ]),

  ...defects('limits', 'services/slack/caller.ts', slackClient, [
    [
      'an answer goes to whatever address a click names',
      "if (url.protocol === 'https:' && url.host === slackHost) return url",
      "if (url.protocol === 'https:' && url.host.endsWith(slackHost)) return url",
    ],
  ]),
  ...defects('redacted', 'services/slack/client.ts', slackClient, [
    [
      'what a requester wrote makes links and mentions in Slack',
      "link_names: false, unfurl_links: false, unfurl_media: false, parse: 'none'",
      "link_names: true, unfurl_links: true, unfurl_media: true, parse: 'full'",
    ],
  ]),
  ...defects('told', 'services/slack/client.ts', slackClient, [
    [
      'where the address of a click is closed nobody is answered',
      'if (!isRefused || index === ways.length - 1) throw error',
      'if (isRefused || index === ways.length - 1) throw error',
    ],
  ]),
  ...defects('redacted', 'services/slack/effects.ts', slackEffects, [
    [
      'a name in a thread mentions a group',
      'const lines = text.split(/\\r\\n|[\\r\\n]/).map((line) => escaped(line, longestLine))',
      'const lines = text.split(/\\r\\n|[\\r\\n]/)',
    ],
  ]),
  ...defects('told', 'services/slack/effects.ts', slackEffects, [
    ['who is asked is not mentioned', "return [...called, said].join(' ')", 'return said'],
    [
      'a digest that is too long does not come',
      'if (!hasCode(error, isTooMuch)) throw error\n',
      'if (hasCode(error, isTooMuch)) throw error\n',
    ],
  ]),

  ...defects('guards', 'form/requester-reply.ts', replies, [
    [
      'a colleague’s note is the requester’s reply',
      '!note.system && !note.internal && isSupportBot(note.author.username, opened, rule)',
      '!note.system && !note.internal',
    ],
    [
      'an internal note is the requester’s reply',
      '!note.system && !note.internal && isSupportBot',
      '!note.system && isSupportBot',
    ],
  ]),
  ...defects('guards', 'form/requester-reply.ts', 'test/form/automatic-responses.test.ts', [
    [
      'a reply within the challenge mail is taken for the mail',
      'return first === note || isContained(unquoted(note.body), known)',
      'return true',
    ],
    [
      'an automatic response of the team is the requester’s reply',
      'texts.some((known) => text === comparable(known))',
      "texts.some((known) => known === '')",
    ],
  ]),
  ...defects('redacted', 'form/tasks.ts', 'test/form/form-tasks.test.ts', [
    ['the next step is the one before it', 'next: next + 1 }', 'next }'],
  ]),
  ...defects('guards', 'form/tasks.ts', 'test/form/form-tasks.test.ts', [
    ['a box with anything in it is ticked', '[/^[xX]$/.test(box)] : []', '[/\\S/.test(box)] : []'],
  ]),
  ...defects('guards', 'form/form.ts', 'test/form/form.test.ts', [
    [
      'of two addresses in the form the first counts',
      'if (values.length <= 1) return values[0]\n',
      'if (values.length <= 2) return values[0]\n',
    ],
    [
      'an embargoed country beside another one is none',
      "const isEmbargoed = readings.includes('embargoed')",
      "const isEmbargoed = readings[0] === 'embargoed' && readings.length === 1",
    ],
  ]),
  ...defects('redacted', 'form/form.ts', 'test/form/identity-hash.test.ts', [
    [
      'an address can be guessed from the database alone',
      "const key = Buffer.from(hkdfSync('sha256', secret, '', 'privacy-desk requester identity', 32))",
      "const key = Buffer.from(hkdfSync('sha256', 'secret', secret.slice(0, 0), 'privacy-desk requester identity', 32))",
    ],
  ]),
  ...defects('guards', 'requests/tracked.ts', 'test/requests/tracked.test.ts', [
    [
      'GitLab is asked for the exports of whatever stands at a step of that name',
      'if (stepAt(flows, row)?.tracks === what) yield row',
      'yield row',
    ],
  ]),
  ...defects('guards', 'store/requests.ts', 'test/store/turns.test.ts', [
    [
      'what is closed is read with what is open',
      "db.selectFrom('request').where('closedAt', 'is', null).where('source', '=', source)",
      "db.selectFrom('request').where('source', '=', source)",
    ],
    [
      'a page of the open requests begins before the end of the one before it',
      'page(query(db, values).where(comesAfter(column, values.lastAt, values.lastNumber))),',
      'page(query(db, values).where(comesAfter(column, values.lastAt, -values.lastNumber))),',
    ],
  ]),
]
