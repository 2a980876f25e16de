// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text
/** Defects at the doors: signatures, who is let in, what is acknowledged before it is stored, keys, limits, the log. */
import { defects, type Mutant } from '../mutant.ts'

const slackSignature = 'test/listeners/slack-signature.test.ts'
const slackGate = 'test/listeners/slack-gate.test.ts'
const actions = 'test/listeners/actions.test.ts'
const views = 'test/listeners/views.test.ts'
const commands = 'test/listeners/commands.test.ts'
const storedFirst = 'test/listeners/stored-first.test.ts'
const gitlabWebhook = 'test/services/gitlab/webhook.test.ts'
const gitlabSignature = 'test/services/gitlab/webhook-signature.test.ts'
const zendeskWebhook = 'test/services/zendesk/webhook.test.ts'
const zendeskSignature = 'test/services/zendesk/signature.test.ts'
const roles = 'test/services/slack/roles.test.ts'

export const atTheDoors: readonly Mutant[] = [
  ...defects('signed', 'listeners/slack-gate.ts', slackSignature, [
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
      'what comes behind the signature is not looked at',
      'return sameText(signature, `v0=${mac}`)',
      'return sameText(signature.slice(0, 67), `v0=${mac}`)',
    ],
    [
      'a time that is no number is one',
      '!/^[1-9]\\d{0,11}$/.test(timestamp)) return false',
      'Number.isNaN(Number(timestamp))) return false',
    ],
    ['a signature is good for any time', 'update(`v0:${timestamp}:`)', "update('v0::')"],
  ]),
  ...defects('signed', 'listeners/slack-gate.ts', slackGate, [
    [
      '`null` reaches Bolt',
      "return typeof parsed === 'object' && parsed !== null",
      "return typeof parsed === 'object'",
    ],
    [
      'what was not signed is handed on',
      'return end(response, 401)\n',
      'gate.pass(Object.assign(request, { rawBody: body }), response)\n',
    ],
  ]),
  ...defects('limits', 'listeners/slack-gate.ts', slackGate, [
    [
      'a body of any size is read',
      'await readInPlace(places, request, gate.limitBytes, crowded)',
      'await readInPlace(places, request, Number.MAX_SAFE_INTEGER, crowded)',
    ],
  ]),
  ...defects('limits', 'http/server.ts', 'test/http/server.test.ts', [
    ['a body that comes in pieces has no limit', "if (size > limitBytes) return 'too-large'\n", ''],
  ]),
  ...defects('signed', 'http/standard-webhook.ts', gitlabSignature, [
    [
      'a plain token is taken for a signing key of two bytes',
      "if (!secret.startsWith('whsec_')) return false\n",
      '',
    ],
    ['an empty key signs', 'if (key.length === 0) return false\n', ''],
    [
      'a recorded webhook of GitLab’s may come again for ever',
      'if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > toleranceSeconds) return false\n',
      '',
    ],
    ['a signature is good for another delivery', 'update(`${id}.${timestamp}.`)', 'update(`${timestamp}.`)'],
  ]),
  ...defects('signed', 'services/gitlab/webhook.ts', gitlabWebhook, [
    [
      'a wrong signature is made up for by the token beside it',
      'return isSignedBy(secret, { id, timestamp, signature, body }, now())\n  }',
      'if (isSignedBy(secret, { id, timestamp, signature, body }, now())) return true\n  }',
    ],
  ]),
  ...defects('signed', 'services/gitlab/webhook.ts', gitlabWebhook, [
    [
      'a webhook without a token is let in',
      "return secret !== '' && token !== undefined && sameText(token, secret)",
      'return token === undefined || sameText(token, secret)',
    ],
    [
      'hints of other projects are taken',
      'return String(ours) === String(id) || String(ours).toLowerCase() === path?.toLowerCase()',
      'return String(ours) !== String(-id) || path !== undefined',
    ],
  ]),
  ...defects('keys', 'services/gitlab/webhook.ts', gitlabWebhook, [
    [
      'each delivery has a key of its own',
      "oneHeader(headers, 'webhook-id') ?? oneHeader(headers, 'idempotency-key')",
      "oneHeader(headers, 'x-gitlab-webhook-uuid')",
    ],
    [
      'a delivery without an id is that of all without one',
      "createHash('sha256').update(body).digest('hex')",
      "createHash('sha256').digest('hex')",
    ],
  ]),
  ...defects('signed', 'services/zendesk/webhook.ts', zendeskSignature, [
    [
      'a recorded webhook of Zendesk’s may come again for ever',
      'if (!(apartMs <= toleranceMs)) return false\n',
      '',
    ],
    [
      'a day that there is not is of now',
      'if (!(apartMs <= toleranceMs)) return false\n',
      'if (apartMs > toleranceMs) return false\n',
    ],
    ['an empty secret signs for Zendesk', "if (secret === '' || !signature", 'if (!signature'],
  ]),
  ...defects('keys', 'services/zendesk/webhook.ts', zendeskWebhook, [
    [
      'a trigger that fires again is one delivery',
      "return createHash('sha256').update(timestamp).update(body).digest('hex')",
      "return createHash('sha256').update(body).digest('hex')",
    ],
    [
      'a header that nobody signed takes the key of the poll',
      'const key = `zendesk:${event.hint.ticket}:${event.eventId ?? idOf(delivery)}`',
      "const key = `zendesk-poll:${event.hint.ticket}:${event.eventId ?? idOf(delivery)}`.replace('zendesk-poll', 'zendesk-hint')",
    ],
  ]),
  ...defects('stored', 'services/webhook.ts', gitlabWebhook, [
    [
      'a webhook that could not be stored is answered 200',
      '`A ${sender} webhook was not stored`,\n    )\n    return notStored',
      '`A ${sender} webhook was not stored`,\n    )\n    return { status: 200 }',
    ],
    [
      'a webhook is answered before it is stored',
      'const isNew = await receive(entry)\n',
      'const isNew = await Promise.race([receive(entry), true])\n',
    ],
    ['who did not sign is answered 200', 'return { status: 401 }', 'return { status: 200 }'],
  ]),
  ...defects('limits', 'services/webhook.ts', 'test/services/webhook-flood.test.ts', [
    [
      'a place once taken is never free again',
      '    } finally {\n      placed.place.free()\n    }',
      '    } finally {\n    }',
    ],
  ]),
  ...defects('limits', 'http/places.ts', 'test/services/webhook-flood.test.ts', [
    [
      'who sends slowly keeps the place',
      'const slowest = isFull ? [...holders].find(({ isSending }) => isSending) : undefined',
      'const slowest = isFull && most < 0 ? [...holders].find(({ isSending }) => isSending) : undefined',
    ],
    ['who is being stored is cut off', 'holder.isSending = false', 'holder.isSending = true'],
  ]),

  ...defects('stored', 'listeners/actions.ts', actions, [
    [
      'Try Again is acknowledged before it is stored',
      "    if (value) await desk.receive('try-again', key, { requestId: value.requestId, answerTo })\n    await ack()\n",
      "    await ack()\n    if (value) await desk.receive('try-again', key, { requestId: value.requestId, answerTo })\n",
    ],
    [
      'Post All is acknowledged before it is stored',
      "    if (value) await desk.receive('post-cards', key, { ...value, answerTo })\n    await ack()\n",
      "    await ack()\n    if (value) await desk.receive('post-cards', key, { ...value, answerTo })\n",
    ],
  ]),
  ...defects('keys', 'listeners/actions.ts', actions, [
    [
      'two clicks of one person on one button are one',
      "['click', user.id, String(ts), action.action_id, action.action_ts].join(':')",
      "['click', user.id, String(ts), action.action_id].join(':')",
    ],
    [
      'two people’s clicks are one',
      "['click', user.id, String(ts), action.action_id, action.action_ts].join(':')",
      "['click', String(ts), action.action_id, action.action_ts].join(':')",
    ],
  ]),
  ...defects('stored', 'listeners/views.ts', views, [
    [
      'a form is acknowledged before it is stored',
      '      const { requestId, decision: name, stamp } = value\n      await desk.receive',
      '      const { requestId, decision: name, stamp } = value\n      await ack()\n      await desk.receive',
    ],
  ]),
  ...defects('keys', 'listeners/views.ts', views, [
    [
      'what two people send of one form is one',
      "return ['submit', view.id, view.hash, user.id].join(':')",
      "return ['submit', view.id, view.hash].join(':')",
    ],
    [
      'a form that comes again is the one before',
      "return ['submit', view.id, view.hash, user.id].join(':')",
      "return ['submit', user.id].join(':')",
    ],
  ]),
  ...defects('guards', 'listeners/views.ts', views, [
    [
      'what is wrong in a form is not said',
      "if (wrong) return ack({ response_action: 'errors', errors: { ...wrong.errors } })\n",
      '',
    ],
  ]),
  ...defects('guards', 'listeners/views.ts', actions, [
    [
      'what speaks against a preview is not said when it is submitted',
      "      if (wrong && 'because' in wrong) return refused(answer(wrong.because))\n",
      '',
    ],
  ]),
  ...defects('told', 'listeners/views.ts', views, [
    [
      'a refusal of a form is not in the audit log',
      '  await desk.recordRefusal(value.requestId, value.decision, answerTo.userId, tried.because)\n  const field',
      '  const field',
    ],
  ]),
  ...defects('stored', 'listeners/views.ts', commands, [
    [
      'Redirect Ticket is acknowledged before it is stored',
      '        const { ticket, to, preview, stamp } = value\n',
      '        const { ticket, to, preview, stamp } = value\n        await ack()\n',
    ],
  ]),
  ...defects('stored', 'listeners/views.ts', storedFirst, [
    [
      'Take Over is acknowledged before it is stored',
      '        const { source, iid, from } = value\n',
      '        const { source, iid, from } = value\n        await ack()\n',
    ],
  ]),
  ...defects('stored', 'listeners/assign.ts', storedFirst, [
    [
      'Claim and Unassign are acknowledged before they are stored',
      "  await desk.receive('assign', key, { requestId: state.request.id, what, answerTo })\n  await ack()\n",
      "  await ack()\n  await desk.receive('assign', key, { requestId: state.request.id, what, answerTo })\n",
    ],
    [
      'Assign is acknowledged before it is stored',
      "        const key = ['submit', view.id, view.hash, body.user.id].join(':')\n",
      "        const key = ['submit', view.id, view.hash, body.user.id].join(':')\n        await ack()\n",
    ],
  ]),
  ...defects('stored', 'listeners/attach.ts', storedFirst, [
    [
      'Attach is acknowledged before it is stored',
      '      const { state, summary } = checked\n',
      '      const { state, summary } = checked\n      await ack()\n',
    ],
  ]),
  ...defects('stored', 'listeners/commands.ts', commands, [
    [
      'a command is acknowledged before it is stored',
      "  if (!('refused' in who)) await store(queries, desk, command, `command:${typed.trigger_id}`, answerTo)\n  await ack()\n",
      "  await ack()\n  if (!('refused' in who)) await store(queries, desk, command, `command:${typed.trigger_id}`, answerTo)\n",
    ],
  ]),
  ...defects('keys', 'listeners/commands.ts', commands, [
    [
      'the same command of one person comes only once',
      '`command:${typed.trigger_id}`',
      '`command:${typed.user_id}`',
    ],
  ]),
  ...defects('roles', 'listeners/desk.ts', commands, [
    [
      'anybody of the workspace lists what is open',
      "if (!('refused' in who) && worksAt(desk, who.person.roles)) return who",
      "if (!('refused' in who)) return who",
    ],
    [
      'who was refused a command does not stand in the audit log',
      "  await queries.recordRefusal(about?.request.id ?? '', command.name, userId, refused)\n",
      '',
    ],
  ]),

  ...defects('roles', 'services/slack/roles.ts', roles, [
    ['guests may decide', 'if (user.isGuest) return refusals.guest', ''],
    ['bots may decide', 'if (user.isBot) return refusals.bot', ''],
    ['a deactivated account may decide', 'if (user.isDeleted) return refusals.deactivated', ''],
    [
      'strangers may decide',
      'return user.isStranger || !belongs ? refusals.otherOrganisation : undefined',
      'return belongs ? undefined : refusals.otherOrganisation',
    ],
    [
      'people of another workspace may decide',
      'return user.isStranger || !belongs ? refusals.otherOrganisation : undefined',
      'return user.isStranger ? refusals.otherOrganisation : undefined',
    ],
    [
      'a click that names another workspace is ours',
      'const belongs = [ours, from].every((teamId) => user.teamIds.includes(teamId))',
      'const belongs = user.teamIds.includes(ours)',
    ],
    [
      'everybody holds every role',
      'roles: names.filter((_role, index) => held[index])',
      'roles: names.filter((_role, index) => held[index] !== undefined)',
    ],
    ['a role that was lost is kept', 'const cacheMs = 60_000', 'const cacheMs = 6_000_000'],
    [
      'where Slack can’t say who holds a role everybody of the channel does',
      '    if (entries.length === 0)\n      return (\n        channel !== undefined &&',
      '    if (entries.length >= 0)\n      return (\n        channel !== undefined &&',
    ],
  ]),
  ...defects('repeated', 'inbox/handle-decision.ts', 'test/failures/service-hangs.test.ts', [
    [
      'what a decision needs is looked for again for each change while it was looked for',
      '(isLookedFor && (await context.store.tables.requests.byId(requestId))) || row',
      'isLookedFor ? row : row',
    ],
  ]),
  ...defects('roles', 'inbox/handle-decision.ts', 'test/app/role-before-step.test.ts', [
    [
      'who may not decide learns how the request stands',
      'const isLetIn = roleRefusal(context, row, decision, who.person) === undefined',
      'const isLetIn = true',
    ],
  ]),

  ...defects('redacted', 'http/log.ts', 'test/http/log.test.ts', [
    [
      'a secret of another form stands in the log',
      "(text, secret) => text.replaceAll(JSON.stringify(secret).slice(1, -1), '[secret]')",
      "(text, secret) => text.replace(JSON.stringify(secret).slice(1, -1), '[secret]')",
    ],
    [
      'a token of somebody else stands in the log',
      "return known.replace(shapes, '[secret]')",
      'return known',
    ],
  ]),
  ...defects('limits', 'http/server.ts', 'test/http/server.test.ts', [
    [
      'an error in a route is answered with 200',
      'if (!response.headersSent) response.writeHead(500)',
      'if (!response.headersSent) response.writeHead(200)',
    ],
  ]),
  ...defects('signed', 'config/variables.ts', 'test/config/config.test.ts', [
    [
      'a secret that is published lets everybody in',
      'if (problem !== undefined) context.addIssue(problem)',
      '',
    ],
    ['a secret may be short', 'const shortestSecret = 16', 'const shortestSecret = 2'],
  ]),
  {
    name: 'who sends slowly holds a connection for ever',
    kind: 'limits',
    file: 'http/server.ts',
    find: 'const requestTimeoutMs = 15_000',
    replace: 'const requestTimeoutMs = 0',
    foundBy: [{ tests: ['test/http/server.test.ts'] }],
    survives: 'it shows after 15 s alone, which only `npm run prove -- --only security` waits',
  },
  {
    name: 'how long a comparison takes tells where two texts differ',
    kind: 'signed',
    file: 'http/standard-webhook.ts',
    find: 'return one.length === other.length && timingSafeEqual(one, other)',
    replace: 'return given === expected',
    foundBy: [{ tests: [gitlabSignature] }],
    survives: 'it shows in no value, only in the time that it takes',
  },
  ...defects('stored', 'listeners/batches.ts', 'test/listeners/batches.test.ts', [
    [
      'a batch is acknowledged before it is stored',
      "      const count = await receiveAll(listening.desk, { key, day: day ?? '', notice, answerTo })\n      await ack()\n",
      "      await ack()\n      const count = await receiveAll(listening.desk, { key, day: day ?? '', notice, answerTo })\n",
    ],
  ]),
  ...defects('redacted', 'config/environment.ts', 'test/config/config.test.ts', [
    [
      'the secrets are not known to the log',
      'return [...secretNames.map((name) => env[name]), ...passwords].filter(',
      'return passwords.filter(',
    ],
    [
      'the password of the proxy is not known to the log',
      'return [...secretNames.map((name) => env[name]), ...passwords].filter(',
      'return secretNames.map((name) => env[name]).filter(',
    ],
  ]),
  ...defects('roles', 'listeners/actions.ts', 'test/listeners/ticket-modal.test.ts', [
    [
      'a ticket is read for somebody without the role',
      'const who = await whoMayDecide(',
      'if (state.desk.isReadFirst) await desk.showTicket(value.requestId, answerTo.userId)\n  const who = await whoMayDecide(',
    ],
  ]),
]
