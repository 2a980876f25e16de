// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text
/** Defects in what is stored and in which order it is done: inbox, outbox, claims, transactions, the audit log. */
import { defects, type Mutant } from '../mutant.ts'

const inboxLoop = 'test/queue/inbox-loop.test.ts'
const worker = 'test/queue/worker.test.ts'
const outbox = 'test/store/outbox.test.ts'
const inbox = 'test/store/inbox.test.ts'

export const inQueueAndStore: readonly Mutant[] = [
  ...defects('stored', 'queue/inbox-loop.ts', inboxLoop, [
    [
      'an entry is done in a transaction of its own, after the decision',
      '    await tables.inbox.done(entry, at)\n    await tables.inbox.doneToo(answered, at)\n    return write?.(tables, at)\n  })\n',
      '    await tables.inbox.doneToo(answered, at)\n    return write?.(tables, at)\n  })\n  await store.transaction((tables) => tables.inbox.done(entry, at))\n',
    ],
    [
      'an entry is given up at the first error',
      '(entry.attempts + 1 >= mostAttempts && !isOutage(error)',
      '(!isOutage(error)',
    ],
    [
      'an outage counts among the attempts',
      '(entry.attempts + 1 >= mostAttempts && !isOutage(error)',
      '(entry.attempts + 1 >= mostAttempts',
    ],
    [
      'an outage leaves no attempts for what fails once the service is back',
      '(!isOutage(error) || entry.attempts < attemptsOfOutage)',
      'true',
    ],
    [
      'an entry that always fails is tried for ever',
      '(entry.attempts + 1 >= mostAttempts && !isOutage(error)',
      '(entry.attempts < 0 && !isOutage(error)',
    ],
    ['a database that fails uses up the attempts of what it fails for', ' || isDatabaseFailure(error)', ''],
    [
      'where all are quicker at one moment, the attempts are used up in it',
      'attempts < attemptsOfOutage ? at : new Date(at.getTime() + outOfTheWayMs)',
      'at',
    ],
    [
      'an entry that ends the process each time is handled for ever',
      '(entry.ends ?? 0) >= mostEnds',
      'Number.NaN >= mostEnds',
    ],
  ]),
  ...defects('repeated', 'queue/inbox-loop.ts', inboxLoop, [
    ['each of a storm of hints is read by itself', '    await tables.inbox.doneToo(answered, at)\n', ''],
  ]),
  ...defects('told', 'queue/inbox-loop.ts', inboxLoop, [
    ['nobody is told what came of it', '  if (done) await tell(done.answerTo, done.text, done.undo)\n', ''],
  ]),
  ...defects('limits', 'queue/inbox-loop.ts', inboxLoop, [
    [
      'a service that asks to wait is asked again at once',
      'Math.min(asked, 3_600_000))',
      'Math.min(asked, 0))',
    ],
  ]),

  ...defects('repeated', 'queue/attempt.ts', worker, [
    ['what was found is done again', 'if (looked) return looked', ''],
    [
      'a refusal on the way to the look takes the effect for done',
      "if (failure.kind === 'not-done' && !failure.isPassing) {\n    // What is still open",
      "if (failure.kind === 'later' && !failure.isPassing) {\n    // What is still open",
    ],
    [
      'a write without a clear answer counts as one that failed',
      "if (kind === 'not-done' && !failure.isPassing) return { outcome: 'failed', error, lookups: lookupsSpared }",
      "if (!failure.isPassing) return { outcome: 'failed', error, lookups: lookupsSpared }",
    ],
  ]),
  ...defects('repeated', 'queue/attempt.ts', 'test/queue/slow-append.test.ts', [
    [
      'one empty look is enough',
      'const lookPausesMs = [5_000, 10_000, 20_000, 20_000, 20_000, 20_000, 20_000, 20_000] as const',
      'const lookPausesMs = [5_000] as const',
    ],
    [
      'what GitLab may still be carrying out is repeated after half a minute',
      'const lookPausesMs = [5_000, 10_000, 20_000, 20_000, 20_000, 20_000, 20_000, 20_000] as const',
      'const lookPausesMs = [5_000, 10_000, 10_000, 5_000] as const',
    ],
    [
      'a clock that is set forward ends the wait for a replica by a minute',
      'const lookPausesMs = [5_000, 10_000, 20_000, 20_000, 20_000, 20_000, 20_000, 20_000] as const',
      'const lookPausesMs = [5_000, 10_000, 20_000, 40_000, 60_000] as const',
    ],
  ]),
  ...defects('repeated', 'queue/attempt.ts', worker, [
    [
      'what a replica may still lack is repeated after a minute and a margin',
      'const lookPausesMs = [5_000, 10_000, 20_000, 20_000, 20_000, 20_000, 20_000, 20_000] as const',
      'const lookPausesMs = [5_000, 10_000, 20_000, 20_000, 20_000] as const',
    ],
  ]),
  ...defects('repeated', 'queue/attempt.ts', 'test/services/slack/effects.test.ts', [
    [
      'a message is posted a third time',
      "if (idempotency === 'at-most-twice' && isSaidTwice(entry)) return saidEnough",
      '',
    ],
    [
      'a message that ends the process each time is begun for ever',
      '(entry.ends ?? 0) >= mostEnds',
      'Number.NaN >= mostEnds',
    ],
    [
      'a message is posted a third time where Slack has put it off between',
      'if (entry.lookups > 0) return saidEnough',
      "if (entry.status === 'unknown') return saidEnough",
    ],
  ]),
  ...defects('told', 'queue/attempt.ts', 'test/services/slack/effects.test.ts', [
    [
      'a message in Slack that was refused waits for a Try Again that there is not',
      "if (kind === 'later' || (kind === 'not-done' && isMessage(entry))) return",
      "if (kind === 'later') return",
    ],
  ]),
  ...defects('limits', 'queue/token-bucket.ts', 'test/queue/token-bucket.test.ts', [
    [
      'a limit never fills again',
      'if (at > filledAt) tokens += ((at - filledAt) / msPerToken) * Math.min(before, part)',
      'if (at < 0) tokens += ((at - filledAt) / msPerToken) * Math.min(before, part)',
    ],
    [
      'a limit fills beyond its burst',
      'tokens = Math.min(most(), tokens)',
      'tokens = Math.min(Number.POSITIVE_INFINITY, tokens)',
    ],
    ['a clock that was set back fills a limit', 'if (at > filledAt) tokens', 'if (at !== filledAt) tokens'],
    [
      'one bucket is taken from though another is empty',
      'return buckets.every((bucket) => bucket.hasOne()) && buckets.every((bucket) => bucket.take())',
      'return buckets.every((bucket) => bucket.take())',
    ],
  ]),
  ...defects('limits', 'queue/limits.ts', 'test/queue/limits.test.ts', [
    [
      'all channels share one limit',
      'remembered(channels, channel, () =>',
      "remembered(channels, 'all', () =>",
    ],
    [
      'redraws of all cards share one limit',
      'return remembered(redraws, requestId, () =>',
      "return remembered(redraws, 'all', () =>",
    ],
  ]),
  ...defects('repeated', 'services/memoize.ts', 'test/services/memoize.test.ts', [
    [
      'who asks while it is under way is given what began before',
      'if (last && last.startedAt > since && last.startedAt <= toInstant(now())) return last.done',
      'if (last) return last.done',
    ],
  ]),

  ...defects('order', 'store/outbox.ts', outbox, [
    [
      'what comes second is begun before what comes first is done',
      'and before.position < outbox.position and before.status',
      'and before.position < 0 and before.status',
    ],
    [
      'what failed holds nothing up',
      "before.status <> 'done' and before.status <> 'cancelled'",
      "before.status not in ('done', 'cancelled', 'failed')",
    ],
    [
      'all effects of a decision stand at the same place',
      'last.set(requestId, position)\n    return {',
      'return {',
    ],
  ]),
  ...defects('repeated', 'store/outbox.ts', outbox, [
    [
      'Try Again does not look first',
      "status: 'unknown',\n          priority: 'awaited',",
      "status: 'pending',\n          priority: 'awaited',",
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
    [
      'a result is written by who does not hold the entry',
      'if (numAffectedRows !== 1n) throw new ClaimLost(`outbox entry ${id} is no longer held`)',
      'void numAffectedRows',
    ],
    [
      'two claim the same effect',
      ".where('token', '=', token)\n    .where(isWaiting)\n",
      ".where('token', '>=', 0)\n",
    ],
    [
      'what may have been done after the backup is taken for not begun',
      "          status: 'unknown' as const,\n          attempts: of.case()",
      "          status: 'pending' as const,\n          attempts: of.case()",
    ],
    [
      'a message that may be there is posted again after a restore',
      ".set({ status: 'cancelled', finishedAt: now, error })\n        .where('kind', 'in', unverifiable)",
      ".set({ status: 'unknown', finishedAt: now, error })\n        .where('kind', 'in', unverifiable)",
    ],
    [
      'an unclear post before a kill is not counted',
      "set((of) => ({ lookups: of('lookups', '+', 1) }))",
      "set((of) => ({ lookups: of('lookups', '+', 0) }))",
    ],
    [
      'whoever holds a message no more still posts it',
      'requireHeld(id, await countSend(connection(), { id, token }))',
      'await countSend(connection(), { id, token })',
    ],
    [
      'an effect that ends the process each time is begun for ever',
      "ends: of('ends', '+', 1),",
      "ends: of.ref('ends'),",
    ],
  ]),
  ...defects('limits', 'store/outbox.ts', outbox, [
    ['a card is drawn once for each effect', 'const redrawAfterMs = 1_000', 'const redrawAfterMs = 0'],
  ]),

  ...defects('keys', 'store/inbox.ts', inbox, [
    [
      'a delivery that came twice is handled twice',
      "onConflict((conflict) => conflict.column('key').doNothing())",
      "onConflict((conflict) => conflict.column('key').doUpdateSet({ finishedAt: null }))",
    ],
    [
      'a ticket and an issue of one number are one subject',
      "if (typeof ticket === 'number') return { subject: `zendesk:${ticket}` }",
      "if (typeof ticket === 'number') return { subject: `gitlab:${ticket}` }",
    ],
  ]),
  ...defects('redacted', 'store/inbox.ts', inbox, [
    [
      'what a person typed stays in the inbox',
      ".set({ finishedAt: at, error: null, payload: null })\n    .where('id', '=', id)",
      ".set({ finishedAt: at, error: null })\n    .where('id', '=', id)",
    ],
    [
      'what a person typed stays in the inbox when it is given up',
      'await change(held, { finishedAt: at, error, payload: null }, 0)',
      'await change(held, { finishedAt: at, error }, 0)',
    ],
  ]),
  ...defects('order', 'store/inbox.ts', inbox, [
    [
      'two entries about one request are handled at once',
      'if (left <= 0 || (subject !== null && subjects.has(subject))) return []',
      'if (left <= 0) return []',
    ],
    [
      'a later entry about a request comes before an earlier one',
      '(other.due_at <= ${look.now} and other.id < one.id\n',
      '(other.due_at <= ${look.now} and other.id > one.id\n',
    ],
  ]),
  ...defects('repeated', 'store/inbox.ts', inbox, [
    [
      'who lost an entry of the inbox may still write',
      "      .where('token', '=', token)\n      .where('finishedAt', 'is', null)\n      .executeTakeFirst()",
      "      .where('token', '>=', 0)\n      .where('finishedAt', 'is', null)\n      .executeTakeFirst()",
    ],
  ]),

  ...defects('stored', 'store/audit-chain.ts', 'test/store/audit.test.ts', [
    [
      'an entry may follow any other',
      "if (entry.previousHash !== before.hash) return 'it does not follow the entry before it'",
      '',
    ],
    ['a changed entry is not seen', "if (hashOf(entry) !== entry.hash) return 'its content was changed'", ''],
    [
      'a missing entry is not seen',
      'if (entry.seq !== before.seq + 1) return `entry ${before.seq + 1} is missing`',
      '',
    ],
    [
      'a log whose end was cut off passes',
      'if (expected !== undefined && expected.seq > head.seq) {',
      'if (expected !== undefined && expected.seq > head.seq + 1_000) {',
    ],
  ]),
  ...defects('stored', 'store/audit.ts', 'test/store/audit.test.ts', [
    ['an entry of the log does not hold the one before', 'previousHash: before.hash,', "previousHash: '',"],
  ]),

  ...defects('stored', 'store/sqlite/file.ts', 'test/store/open-store.test.ts', [
    [
      'a commit may be lost with the power',
      "sqlite.pragma('synchronous = FULL')\n",
      "sqlite.pragma('synchronous = NORMAL')\n",
    ],
    [
      'what was deleted stays in the file',
      "sqlite.pragma('secure_delete = ON')",
      "sqlite.pragma('secure_delete = OFF')",
    ],
    [
      'a database of another program is opened',
      'if (id === 0 && tables === 0) return\n',
      'if (id === 0) return\n',
    ],
    [
      'everybody on the machine reads the database',
      'if (!isOpenToOthers(file)) return\n',
      'if (file !== undefined) return\n',
    ],
  ]),
  ...defects('stored', 'store/sqlite/open-sqlite.ts', 'test/processes/process-lock.test.ts', [
    ['two processes open one database', "lock.exec('BEGIN EXCLUSIVE')", "lock.exec('BEGIN')"],
  ]),
  ...defects('stored', 'store/open-store.ts', 'test/store/purge.test.ts', [
    [
      'nothing of a closed request is ever deleted',
      ".deleteFrom('request').where('closedAt', '<', before)",
      ".deleteFrom('request').where('closedAt', '<', '')",
    ],
    [
      'what was handled is kept for ever',
      ".deleteFrom('inbox').where('finishedAt', '<', before)",
      ".deleteFrom('inbox').where('finishedAt', '<', '')",
    ],
    [
      'the work of open requests is deleted with that of closed ones',
      "of('requestId', 'in', longClosed),",
      "of('requestId', 'is not', null),",
    ],
  ]),
  ...defects('keys', 'store/settings.ts', 'test/store/settings.test.ts', [
    [
      'what may be done once is done by everybody',
      'return inserted.numInsertedOrUpdatedRows === 1n',
      'return inserted.numInsertedOrUpdatedRows !== 99n',
    ],
  ]),
  ...defects('stored', 'store/sqlite/backup.ts', 'test/cli/backup.test.ts', [
    ['a copy does not know that it is one', 'markAsCopy(copy, takenAt)', ''],
    [
      'a backup replaces another file',
      'if (existsSync(file)) throw new BackupRefused',
      "if (file === '') throw new BackupRefused",
    ],
  ]),
  ...defects('repeated', 'requests/restore-gap.ts', 'test/requests/restore-gap.test.ts', [
    [
      'clicks in a restored copy are carried out again',
      'const givenUp = await giveUpClicks(context, tables, takenAt)',
      'const givenUp = 0',
    ],
    [
      'what was in the outbox of a restored copy is done again',
      "const distrusted = await tables.outbox.markUnverified(now, kindsOf(effects, 'at-most-twice'))",
      'const distrusted = { lookedUp: 0, notPosted: 0 }',
    ],
  ]),

  ...defects('redacted', 'requests/audit-draft.ts', 'test/requests/reconcile.test.ts', [
    [
      'the next step of a meta issue stays in the audit log for ever',
      'return { ...observation, issue }\n',
      'return { ...observation }\n',
    ],
    [
      'the numbers of duplicates stay in the audit log for ever',
      "if (observation.name === 'duplicates-suggested') return { name: observation.name, at: observation.at }\n",
      '',
    ],
  ]),
  ...defects('repeated', 'requests/undone.ts', 'test/failures/reopened-before-sent.test.ts', [
    [
      'what was decided to close a request is done after it was reopened',
      '  if (isUndone(facts, entry))\n    return {',
      '  if (facts === undefined)\n    return {',
    ],
  ]),
  ...defects('limits', 'requests/reconcile.ts', 'test/requests/reconcile.test.ts', [
    [
      'all requests of one person tell each other',
      'if (!hasMoreDuplicates && !suggestedDuplicates.includes(row.number))',
      'if (!suggestedDuplicates.includes(row.number))',
    ],
  ]),
  ...defects('repeated', 'requests/reconcile.ts', 'test/requests/reconcile-ticket.test.ts', [
    [
      'an older reading takes back what a newer one has told',
      'if (stands && seen.updatedAt < known.seen.updatedAt) return known\n',
      '',
    ],
  ]),
  ...defects('repeated', 'requests/reconcile.ts', 'test/requests/reconcile.test.ts', [
    [
      'a note is told of again at each reading',
      "return id > seen[from] || (from === 'noteId' && observation.at > (facts.lastReplyAt ?? ''))",
      "return id >= seen[from] || (from === 'noteId' && observation.at > (facts.lastReplyAt ?? ''))",
    ],
    [
      'an older reading moves the cursor back',
      'noteId: Math.max(before.noteId, now.noteId),',
      'noteId: now.noteId,',
    ],
  ]),
  ...defects('stored', 'store/sqlite/file.ts', 'test/store/open-store.test.ts', [
    [
      'a SQLite that does not wait for the disk is taken as it is',
      'if (synchronous !== synchronousFull) {',
      'if (synchronous === undefined) {',
    ],
  ]),
  ...defects('stored', 'store/sqlite/ddl.ts', 'test/store/audit.test.ts', [
    [
      'an entry of the audit log can be changed and deleted',
      '`create trigger ${table}_no_${change} before ${change} on ${table}\n',
      '`create trigger ${table}_no_${change} before ${change} on ${table} when 0\n',
    ],
    [
      'an entry of the audit log can be replaced',
      'when new.${column} <> (select',
      'when 0 and new.${column} <> (select',
    ],
  ]),
  ...defects('redacted', 'engine/effects/tickets.ts', 'test/store/outbox.test.ts', [
    [
      'what was answered on a ticket stays in the outbox',
      "redact: (effect) => ({ ...effect, text: '' }),\n    auditAs: ({ kind, solve })",
      'redact: (effect) => ({ ...effect }),\n    auditAs: ({ kind, solve })',
    ],
    [
      'what was passed on to support stays in the outbox',
      "redact: (effect) => ({ ...effect, text: '' }),\n    auditAs: kindAlone,\n    needs: () => [{ name: 'support-group' }]",
      "redact: (effect) => ({ ...effect }),\n    auditAs: kindAlone,\n    needs: () => [{ name: 'support-group' }]",
    ],
  ]),
  ...defects('redacted', 'engine/effects/issues.ts', 'test/store/outbox.test.ts', [
    [
      'the question to an expert team stays in the outbox',
      "redact: (effect) => ({ ...effect, question: '' }),",
      'redact: (effect) => ({ ...effect }),',
    ],
  ]),
]
