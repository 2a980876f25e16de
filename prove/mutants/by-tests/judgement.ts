// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text
/** Defects in the judgement: who may decide, under which condition, and what a decision or an observation does. */
import { defects, type Mutant } from '../mutant.ts'

const guards = 'test/engine/guards.test.ts'
const moves = ['test/engine/move-by-decision.test.ts', 'test/engine/decide-decision.test.ts']

export const inTheJudgement: readonly Mutant[] = [
  ...defects('told', 'engine/asker.ts', 'test/engine/decide-observation.test.ts', [
    [
      'whoever asked for an approval hears after a restore once more what they had heard',
      ' || isForgotten(event)',
      '',
    ],
  ]),
  ...defects('guards', 'engine/guards.ts', guards, [
    [
      'what a clock opens is open before it is over',
      'if (!step.clock || !clock || clock.isOver) return undefined\n',
      'if (!step.clock || !clock || !clock.isOver) return undefined\n',
    ],
    [
      'one person approves twice',
      'if (approvals.some((approval) => approval.by === person.id))',
      'if (approvals.some((approval) => approval.by === approval.by + person.id))',
    ],
    [
      'two approvals may be of the same role',
      '!first || person.roles.some((role) => needed.includes(role)))',
      '!first || person.roles.length > 0)',
    ],
    [
      'evidence that is unknown is a pass',
      "(criterion) => criterion.result !== 'met'",
      "(criterion) => criterion.result === 'not met'",
    ],
    [
      'a reason of spaces is one',
      "if ((input.reason ?? '').trim() !== '') return undefined\n    const { evidence }",
      "if ((input.reason ?? '') !== '') return undefined\n    const { evidence }",
    ],
    [
      'a meta issue without a step is done',
      'metaIssue.total > 0 && metaIssue.done === metaIssue.total',
      'metaIssue.done === metaIssue.total',
    ],
    ['a verified request is closed as spam', 'context.step.isVerified\n', 'context.step.isClosed\n'],
    [
      'a request may be the duplicate of itself',
      'if (number === request.number)',
      'if (number === -request.number)',
    ],
    [
      'a duplicate of a closed request',
      'return environment.named.isOpen\n',
      'return environment.named !== undefined\n',
    ],
    [
      'any address is that of an issue',
      '/^https:\\/\\/[^\\s/@]+\\/[\\w./-]+\\/(issues|work_items)\\/\\d+$/',
      '/^https:\\/\\//',
    ],
    [
      'anybody closes where the challenges went to another address',
      "if (!request.facts.hasOtherAddress || person.roles.includes('privacy')) return undefined",
      'if (!request.facts.hasOtherAddress || person.roles.length > 0) return undefined',
    ],
    [
      'one later issue of the requester is not looked at',
      'const [first, ...more] = request.facts.laterIssues ?? []',
      'const [, first, ...more] = request.facts.laterIssues ?? []',
    ],
    [
      'one of several messages is taken for no answer',
      "if (repliedMoreThanOnce && (input.others ?? '').trim() === '')",
      "if (repliedMoreThanOnce && input.others === '')",
    ],
    [
      'a hold begins within a hold',
      "'is-not-on-hold': (context) =>\n    isPaused",
      "'is-not-on-hold': (context) =>\n    !isPaused",
    ],
    [
      'a step without a clock is extended',
      "input.clock === 'step' && !step.clock\n",
      "input.clock === 'step' && step.isClosed\n",
    ],
    ['a folder’s address of any kind', '/^https:\\/\\/[^\\s@]+$/', '/^[^\\s@]+$/'],
    [
      'what was escalated is escalated again',
      'context.request.facts.escalationIssue\n',
      'context.request.facts.escalationIssue === null\n',
    ],
    [
      'a report is sent a day early',
      'if (sendOn === undefined || sendOn <= today',
      'if (sendOn === undefined || sendOn > today',
    ],
    [
      'the confirmation may name another day',
      "return (input[field] ?? '').includes(promised)\n",
      "return (input[field] ?? '') !== promised\n",
    ],
    [
      'a move is taken back although the requester was sent a reply since',
      'sent.sort().findLast((one) => one >= at)',
      'sent.sort().findLast((one) => one < at)',
    ],
    [
      'what only one role may decide anybody takes back',
      'return roles && !person.roles.some((role) => roles.includes(role))\n',
      'return roles && person.roles.length === 0\n',
    ],
    [
      'a move is taken back although the requester has answered since',
      'if (isAnswered && isAwaited !== undefined && !isReply)',
      'if (isAnswered && isAwaited === undefined && !isReply)',
    ],
    [
      'a ticket is redirected again within the day',
      'Date.parse(context.environment.now) - Date.parse(redirect.at) >= dayMs',
      'Date.parse(context.environment.now) - Date.parse(redirect.at) >= 0',
    ],
    [
      'a ticket in the queue of the security desk is redirected by support',
      "case 'in-its-queue':\n        return {",
      "case 'in-its-queue':\n        return undefined && {",
    ],
    [
      'a ticket that the security desk tracks is redirected by support',
      "case 'tracked':\n        return {",
      "case 'tracked':\n        return undefined && {",
    ],
    [
      'a ticket that is solved is answered',
      "own(overTexts, context.request.facts.misdirected?.status ?? '')",
      "own(overTexts, '')",
    ],
  ]),

  ...defects('roles', 'engine/two-approvals.ts', 'test/engine/two-approvals.test.ts', [
    ['a support manager is enough for both approvals', 'other.by !== one.by && one.roles', 'one.roles'],
    [
      'a second support manager is enough',
      "other.roles.includes('privacy'),",
      "other.roles.includes('support-manager'),",
    ],
  ]),

  ...defects('roles', 'engine/move-by-decision.ts', moves, [
    [
      'one approval is enough where two are needed',
      'environment.requirePrivacyApproval && !isApproved(approvals)',
      'environment.requirePrivacyApproval === undefined && !isApproved(approvals)',
    ],
  ]),
  ...defects('told', 'engine/move-by-decision.ts', moves, [
    [
      'who comes with a reply that was sent already is not told when',
      'if (!isElsewhere && again.length > 0 && effects.length === 0 && !isNews(facts, request))\n    return refuseTwice(place, again)',
      '',
    ],
    ['what is decided with a reply that went out by hand is not known', ' && !isNews(facts, request)', ''],
    [
      'nobody is told that a reply was not sent again',
      '...again.flatMap((effect) => notAgain(request, effect)),',
      '',
    ],
  ]),
  ...defects('guards', 'engine/move-by-decision.ts', 'test/engine/decide-observation.test.ts', [
    [
      'a message that was no answer takes back what was decided before it',
      "records === 'no-answer' && (!isOnReply(request) || (stoodAt(request) ?? goto) !== goto)",
      'false',
    ],
    [
      'a message that was no answer ends a hold',
      'const end = replies.includes(to) ? pauses[index + 1]?.from : to',
      'const end = to',
    ],
    [
      'a hold that goes on counts its days beside those of the next',
      'const end = replies.includes(to) ? pauses[index + 1]?.from : to',
      'const end = replies.includes(to) ? undefined : to',
    ],
    [
      'a hold that the first of several messages has ended stays ended',
      'const replies = [facts.lastReplyAt, facts.repliedSince]',
      'const replies = [facts.lastReplyAt]',
    ],
  ]),
  ...defects('guards', 'engine/replies.ts', 'test/engine/guards.test.ts', [
    [
      'a reply of the instant at which the clock began is none',
      'facts.lastReplyAt >= since',
      'facts.lastReplyAt > since',
    ],
    [
      'a message that a person has called no answer still breaks the silence',
      'return lastReplyAt !== undefined && lastReplyAt === noAnswerAt',
      "return lastReplyAt === '' && lastReplyAt === noAnswerAt",
    ],
  ]),
  ...defects('guards', 'engine/move-by-decision.ts', 'test/engine/decide-observation.test.ts', [
    ['what is no answer is one once the type is set', ' && !isNoAnswer(request.facts)', ''],
    [
      'a type that is set makes an answer of the message before it',
      '{ ledOn: { to: step, from: flow.first } }',
      '{}',
    ],
    [
      'what the requester was told rests on what was no answer',
      'return ledOn && !isClosed && !effects.some(isPublicReply) ? { ...facts, ledOn } : facts',
      'return ledOn ? { ...facts, ledOn } : facts',
    ],
    [
      'the clock begins anew after a message that was no answer',
      'isNoAnswer && isElsewhere ? (ledOn ?? wayBack)?.since : undefined',
      'undefined',
    ],
    [
      'a message that has reopened a request leads it back to where its flow begins',
      ' || (stoodAt(request) ?? goto) !== goto',
      '',
    ],
  ]),
  ...defects('guards', 'engine/move-by-decision.ts', moves, [
    [
      'a request whose type is set forgets that the requester has answered',
      'return (isAnswered ? stepAfterReply(flow.steps[flow.first]) : undefined) ?? flow.first',
      'return flow.first',
    ],
    [
      'what was sent is not remembered',
      'sentSnippets: { ...facts.sentSnippets, ...Object.fromEntries(sent.map((one) => [one, at])) },',
      'sentSnippets: { ...facts.sentSnippets },',
    ],
    [
      'a new exception keeps the approvals of the old one',
      'exception: { requestedBy: by.id, at }, approvals: []',
      'exception: { requestedBy: by.id, at }, approvals: facts.approvals ?? []',
    ],
  ]),
  ...defects('clocks', 'engine/move-by-decision.ts', moves, [
    [
      'a hold that ended is ended again',
      '(facts.pauses ?? []).map((pause) => ({ to: at, ...pause }))',
      '(facts.pauses ?? []).map((pause) => ({ ...pause, to: at }))',
    ],
    [
      'a step’s clock is extended in place of the deadline',
      "clock: input.clock === 'step' ? 'step' : 'fulfilment',",
      "clock: input.clock === 'fulfilment' ? 'step' : 'fulfilment',",
    ],
  ]),
  ...defects('clocks', 'engine/move-by-decision.ts', 'test/engine/ticket-decisions.test.ts', [
    [
      'a ticket that was handled late counts as on time',
      'const isOnTime = !clockOf(clock, request, environment).isOver',
      'const isOnTime = clock !== undefined',
    ],
    [
      'an answer does not start the time until the next update',
      "effects.some(({ kind }) => kind === 'ticket-reply') ? withPublicReply(facts, at) : facts",
      'effects.length < 0 ? withPublicReply(facts, at) : facts',
    ],
  ]),

  ...defects('roles', 'engine/decide.ts', 'test/engine/decide-decision.test.ts', [
    [
      'roles are not looked at',
      'const refusal = refuseByRole(place, event.decision, event.by)\n  if (refusal) return refusal',
      '',
    ],
  ]),
  ...defects('guards', 'engine/decide.ts', 'test/engine/decide-decision.test.ts', [
    [
      'a button does what it does at another step',
      'if (shown !== undefined && !isSameDecision(shown, rule)) return refuseElsewhere(place, event.decision)',
      '',
    ],
    [
      'the conditions of a decision are not asked',
      '...(rule.when ?? []).map((one) => guardRefusal(one, context)),',
      '',
    ],
    [
      'what is filled in is not looked at',
      'return refuseByField(place.flow, fieldsOf(rule, place.request), event.input) ?? refuseByGuard(rule, context)',
      'return refuseByGuard(rule, context)',
    ],
  ]),
  ...defects('guards', 'engine/decide.ts', 'test/flows/exhaustive.test.ts', [
    [
      'an embargo lets through what e-mails the requester',
      'return isSilentClose(context.flow, rule) ? undefined : barred(rule, context)',
      'return rule.goto === context.flow.closed && !rule.fulfils ? undefined : barred(rule, context)',
    ],
  ]),
  ...defects('guards', 'engine/decide.ts', 'test/engine/needs.test.ts', [
    [
      'a decision goes out although the template of its issue is not there',
      'if (answer?.lack) return refuse(answer.lack)',
      '',
    ],
    [
      'a meta issue is asked for although the form has no address',
      'if (request.facts.hasNoEmail) return refuse(noEmail)',
      '',
    ],
  ]),
  ...defects('told', 'engine/decide.ts', 'test/engine/refuse-elsewhere.test.ts', [
    ['who comes second is not told who was first', 'return `: ${last.what}, by ${by}, ${when}`', "return ''"],
    [
      'nobody is told until when a button stays closed',
      'const isRunning = clock && !clock.isOver &&',
      'const isRunning = clock && clock.isOver &&',
    ],
  ]),

  ...defects('order', 'engine/effects-of.ts', 'test/engine/effects-of.test.ts', [
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
    [
      'the label of another choice stays on',
      'return filled.with(at, { ...set, remove: [...set.remove, ...stale] })',
      'return filled',
    ],
    [
      'what is no answer makes the silence begin anew',
      'if (noAnswerAt === undefined || noAnswerAt < startedAt) return startedAt',
      'if (noAnswerAt === undefined || noAnswerAt >= startedAt) return startedAt',
    ],
  ]),

  ...defects('guards', 'engine/decide-observation.ts', 'test/engine/decide-observation.test.ts', [
    [
      'an out-of-office answer ends a hold',
      'const facts: Facts = looksAutomatic ? answered : resumed(answered, at)',
      'const facts: Facts = resumed(answered, at)',
    ],
    [
      'a second message is taken for the only one',
      '...(isOneOfSeveral || isAnother || (!transition && several) ? { repliedMoreThanOnce: true } : {}),',
      '...(isOneOfSeveral ? { repliedMoreThanOnce: true } : {}),',
    ],
    [
      'a mark in GitLab ends a request that is worked',
      'facts.sentSnippets !== undefined ||\n    facts.reopenedAt !== undefined',
      'facts.reopenedAt !== undefined',
    ],
    [
      'a reply that a colleague sent by hand is not remembered',
      'sentSnippets: { ...facts.sentSnippets, [snippet]: at },',
      'sentSnippets: { ...facts.sentSnippets },',
    ],
    ['a change of the form keeps the embargo of the old country', 'isEmbargoed: _embargoed,\n', ''],
    [
      'a meta issue without a step is done as soon as it is seen',
      'return issue.closed || (issue.total > 0 && issue.done === issue.total)',
      'return issue.closed || issue.done === issue.total',
    ],
  ]),
  ...defects('told', 'engine/decide-observation.ts', 'test/engine/decide-observation.test.ts', [
    [
      'who wrote after the close is not told of',
      "return stay(place, { ...facts, repliedAfterClose: at }, 'The requester wrote after the close', [",
      "return stay(place, facts, 'The requester wrote after the close', [",
    ],
  ]),

  ...defects('effects', 'engine/move-by-decision.ts', moves, [
    [
      'a reply that a colleague has sent counts whatever issue it names',
      'return named === undefined || Object.values(replacements).includes(`#${named}`)',
      'return true',
    ],
  ]),
  ...defects('effects', 'form/requester-reply.ts', 'test/form/snippet-in.test.ts', [
    [
      'a reply that was pasted with the word that should have been replaced counts as sent',
      'if (!filled || filled.some(isLeftOpen)) continue',
      'if (!filled) continue',
    ],
  ]),
  ...defects('repeated', 'requests/reconcile.ts', 'test/requests/reconcile.test.ts', [
    [
      'the bot’s own close is believed of a replica that lags',
      'if (!isOlder(seen, known.seen)) return undefined',
      'if (!isOlder(seen, known.seen) || known) return undefined',
    ],
    [
      'the bot’s own close that was held back is forgotten',
      'latest(known.seen, held ? { ...seen, stateEventId: held.id - 1 } : seen)',
      'latest(known.seen, seen)',
    ],
  ]),
  ...defects('repeated', 'engine/closed-and-reopened.ts', 'test/engine/decide-observation.test.ts', [
    [
      'a reply can’t be sent again after a reopening',
      'sentSnippets: _sent,\n    sentNaming: _naming,\n    snippetsSentBy: _sentBy,\n    ...kept',
      'snippetsSentBy: _sentBy,\n    ...kept',
    ],
    [
      'what went out after the reopening goes out again',
      'sentSince.includes(snippet) || (snippetsSentBy[snippet] === undefined && sentAt > at)',
      'snippetsSentBy[snippet] === undefined && sentAt > at',
    ],
    [
      'a reply that was stopped counts as sent',
      'sentSnippets: Object.fromEntries(Object.entries(sentSnippets).filter(([snippet]) => isOther(snippet))),',
      'sentSnippets,',
    ],
  ]),
  ...defects('order', 'engine/closed-and-reopened.ts', 'test/engine/decide-observation.test.ts', [
    [
      'what somebody did while a close waited is not read once more when it is stopped',
      '...(closedReadUpTo && { readAgainFrom: closedReadUpTo }),',
      '',
    ],
  ]),
  ...defects('order', 'requests/handle-event.ts', 'test/failures/effects-reply-race.test.ts', [
    [
      'what is to be read once more is known already',
      'seen: { ...row.seen, labelEventId, stateEventId }',
      'seen: row.seen',
    ],
  ]),
  ...defects('told', 'engine/closed-and-reopened.ts', 'test/engine/decide-observation.test.ts', [
    [
      'a close by hand without reply and labels is taken for complete',
      'const isIncomplete = !isClosedByTheBook(flow, request, labels)',
      'const isIncomplete = isClosedByTheBook(flow, request, labels)',
    ],
    [
      'nobody hears of a close that was stopped where its reopening was seen before',
      'return request.facts.reopenedAt === undefined || step.isClosed',
      'return request.facts.reopenedAt !== undefined || !step.isClosed',
    ],
  ]),

  ...defects('guards', 'engine/way-back.ts', 'test/engine/way-back.test.ts', [
    [
      'a move of which the requester has heard can be taken back',
      'return definition.whenTakenBack !== undefined',
      'return definition !== undefined',
    ],
    [
      'who confirmed that one move is taken back takes back another',
      'if (!wayBack || (event.stamp !== undefined && event.stamp !== wayBack.at))',
      'if (!wayBack)',
    ],
    [
      'labels that were there before go with the move that set them again',
      'after.filter((label) => !before.includes(label))',
      'after',
    ],
    [
      'the clock of the step begins anew when a move is taken back',
      '...{ flow, step, stepSince: since },',
      '...{ flow, step },',
    ],
  ]),
  ...defects('redacted', 'engine/effects/definition.ts', moves, [
    [
      'typed words name other people',
      "return typed.trim().replaceAll('{person:', '{person :')",
      'return typed.trim()',
    ],
  ]),
  ...defects('guards', 'flows/verification.ts', moves, [
    [
      'Close No Response although the requester has answered',
      "'clock-is-over', 'requester-is-silent',",
      "'clock-is-over',",
    ],
  ]),
]
