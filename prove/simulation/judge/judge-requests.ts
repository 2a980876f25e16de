/** The privacy desk, judged: everything that the bot did in GitLab was asked for by somebody who may, and everything that was decided was done. */
import { featureRequest, trustSafetyProject } from '../../../sandbox/gitlab/gitlab.ts'
import { usernames } from '../../../sandbox/gitlab/seed.ts'
import type { Issue } from '../../../sandbox/gitlab/world.ts'
import { onArrival, reopenedByReply } from '../../handbook/privacy.ts'
import { replies } from '../../handbook/replies.ts'
import type { Owed } from '../../handbook/words.ts'
import type { Findings } from '../check.ts'
import type { World } from '../world.ts'
import type { Act } from './acts.ts'
import {
  byBot,
  type CaseFile,
  decisionsBehind,
  holds,
  ownLabelEvents,
  ownNotes,
  ownStateEvents,
  plain,
  unquoted,
} from './case-file.ts'
import { doneOf, featureNotes, isFrom, isOwed, issuesFor, publicTextOf } from './owed-in-gitlab.ts'
import { type Deed, groundsOf } from './permitted.ts'
import { type Counts, owe } from './tally.ts'

interface Court {
  readonly world: World
  readonly findings: Findings
  readonly counts: Counts
}

/** Everything that the bot's account did on an issue of the desk. */
export function judgeDeeds(court: Court, files: readonly CaseFile[]): void {
  for (const file of files) {
    if (byBot(file.issue)) continue
    judgePublicNotes(court, file)
    judgeInternalNotes(court, file)
    judgeLabels(court, file)
    judgeStates(court, file)
  }
  judgeIssues(court, files)
  judgeFeatureNotes(court, files)
}

function judge({ world, findings }: Court, file: CaseFile, deed: Deed): boolean {
  const grounds = groundsOf(world, file, deed)
  if (!('wrong' in grounds)) return true
  const list = grounds.isLetIn ? findings.letIn : findings.broken
  list.push(`${file.name}: the bot ${deed.what} ${grounds.wrong}`)
  return false
}

function judgePublicNotes(court: Court, file: CaseFile): void {
  const { findings } = court
  const notes = ownNotes(file.issue).filter(({ internal }) => !internal)
  for (const { id, body, createdAt } of notes) {
    findings.effectsChecked += 1
    const text = plain(body)
    judge(court, file, {
      what: `wrote note ${id} (“${text.slice(0, 60).replaceAll('\n', ' ')}…”)`,
      ms: Date.parse(createdAt),
      isOwedBy: (owed, act) => publicTextOf(owed, act) === text,
    })
  }
  judgeRepetitions(court, file, notes)
}

/** A reply of the handbook goes out once until the issue is reopened; a text that somebody typed as often as they sent it. */
function judgeRepetitions(
  { findings }: Court,
  { name, issue, acts }: CaseFile,
  notes: readonly { readonly id: number; readonly body: string }[],
): void {
  const reopened = issue.stateEvents.filter(({ state }) => state === 'reopened').map(({ id }) => id)
  const beginnings = Object.values(replies).map((text) => text.slice(0, 60))
  for (const [text, same] of Map.groupBy(notes, ({ body }) => plain(body))) {
    const isHandbooks = beginnings.some((beginning) => text.startsWith(beginning))
    const periods = Map.groupBy(same, ({ id }) => reopened.filter((one) => one < id).length)
    const most = isHandbooks
      ? Math.max(...[...periods.values()].map(({ length }) => length))
      : same.length -
        acts.filter((act) => plain(act.typed.map((one) => one.trim()).join('\n\n')) === text).length +
        1
    if (most > 1)
      findings.duplicated.push(
        `${name}: “${text.slice(0, 60).replaceAll('\n', ' ')}…” was e-mailed ${most} times`,
      )
  }
}

function judgeInternalNotes(court: Court, file: CaseFile): void {
  for (const { id, body, createdAt } of ownNotes(file.issue).filter(({ internal }) => internal)) {
    court.findings.effectsChecked += 1
    const said = unquoted(body)
    // What the first of two says is noted; the approval itself takes both.
    if (/^First of two approvals/.test(said) && isFirstApproval(file, Date.parse(createdAt))) continue
    judge(court, file, {
      what: `wrote internal note ${id} (“${said.slice(0, 60).replaceAll('\n', ' ')}…”)`,
      ms: Date.parse(createdAt),
      isOwedBy: (owed) => 'internalNote' in owed || 'duplicate' in owed,
    })
  }
}

function isFirstApproval({ acts, decisions }: CaseFile, noted: number): boolean {
  return decisions.some(
    ({ approves, by, button }) =>
      approves &&
      acts.some(
        (act) => act.button === button && act.ms <= noted && holds(act.userId, [...by, approves.also]),
      ),
  )
}

/** Whether somebody who may had taken a step back by then (Undo Step): what stands is as it was before that step. */
function hasTakenBack({ acts }: CaseFile, ms: number, sinceMs = 0): boolean {
  return acts.some(
    (act) =>
      act.button === 'Undo Step' &&
      act.ms >= sinceMs &&
      act.ms <= ms &&
      !act.isSentBack &&
      holds(act.userId, ['support engineer', 'support manager', 'privacy']),
  )
}

function judgeLabels(court: Court, file: CaseFile): void {
  const events = ownLabelEvents(file.issue)
  for (const { id, label, action, createdAt } of events) {
    court.findings.effectsChecked += 1
    if (action === 'add' && isOnArrival(file, label)) continue
    // A scoped label takes the place of another of its scope.
    const scope = label.slice(0, label.lastIndexOf('::') + 2)
    const makesRoom = events.some(
      (one) =>
        one.action === 'add' &&
        one.id > id &&
        one.createdAt === createdAt &&
        scope !== '' &&
        one.label.startsWith(scope),
    )
    if (action === 'remove' && makesRoom) continue
    const isOpposite = file.issue.labelEvents.some(
      (one) => one.label === label && one.action !== action && one.id < id,
    )
    if (isOpposite && hasTakenBack(file, Date.parse(createdAt))) continue
    judge(court, file, {
      what: action === 'add' ? `set ${label}` : `took ${label} off`,
      ms: Date.parse(createdAt),
      isOwedBy: (owed) =>
        action === 'add'
          ? 'label' in owed && owed.label === label
          : 'unlabel' in owed && owed.unlabel === label,
    })
  }
}

function isOnArrival({ types }: CaseFile, label: string): boolean {
  return types.some((type) => onArrival[type]?.some((owed) => 'label' in owed && owed.label === label))
}

function judgeStates(court: Court, file: CaseFile): void {
  for (const { id, state, createdAt } of ownStateEvents(file.issue)) {
    court.findings.effectsChecked += 1
    const ms = Date.parse(createdAt)
    if (state === 'reopened') judgeReopen(court, file, ms)
    else judgeClose(court, file, { id, ms })
  }
}

function judgeReopen({ world, findings }: Court, { iid, name, types }: CaseFile, ms: number): void {
  const mayBe = types.some((type) => reopenedByReply.includes(type))
  if (!mayBe || !world.replies.some((reply) => reply.iid === iid && reply.ms <= ms))
    findings.letIn.push(`${name}: the bot reopened it, and nobody had written after its close`)
}

/** "respond with the following snippet before closing the issue": whatever explains the close is there before it. */
function judgeClose(
  court: Court,
  file: CaseFile,
  { id, ms }: { readonly id: number; readonly ms: number },
): void {
  const { world, findings, counts } = court
  // A mail that nobody wrote had reopened it, or GitLab by itself on that mail.
  const reopenings = file.issue.stateEvents.filter((one) => one.state === 'reopened' && one.id < id)
  if (reopenings.some(byBot) && hasTakenBack(file, ms)) return
  const byMail = reopenings.findLast(({ user }) => user.username === usernames.supportBot)
  if (byMail && hasTakenBack(file, ms, Date.parse(byMail.createdAt))) return
  const closes = (owed: Owed) => 'close' in owed || 'duplicate' in owed
  const grounds = groundsOf(world, file, { what: 'closed it', ms, isOwedBy: closes })
  if ('wrong' in grounds) {
    const list = grounds.isLetIn ? findings.letIn : findings.broken
    list.push(`${file.name}: the bot closed it ${grounds.wrong}`)
    return
  }
  const missing = grounds.map(({ act, decision }) =>
    decision.owes
      .filter((owed) => !closes(owed) && isOwed(world, act, owed))
      .filter((owed) => doneOf(owed, { world, file, act, until: id }) === undefined),
  )
  const isExplained = owe(
    counts,
    'what has to stand before a close',
    missing.some(({ length }) => length === 0),
  )
  if (!isExplained)
    findings.broken.push(
      `${file.name}: the bot closed it (${id}) without ${missing.map((all) => all.map(inWords).join(' and ')).join('; or ')}`,
    )
}

/** `the label deletion request::denied`, for a sentence. */
export function inWords(owed: Owed): string {
  if ('reply' in owed) return `the reply “${owed.reply}”`
  if ('typedReply' in owed) return 'the reply as it was typed'
  if ('label' in owed) return `the label ${owed.label}`
  if ('unlabel' in owed) return `taking ${owed.unlabel} off`
  if ('internalNote' in owed) return `the internal note (${owed.internalNote})`
  if ('issue' in owed) return `the issue from “${owed.issue}”`
  if ('noteOn' in owed) return `the note on ${owed.noteOn}`
  if ('call' in owed) return `the call for ${owed.call.join(' and ')}`
  return 'close' in owed ? 'the close' : 'the duplicate mark'
}

/** Kinds of what is owed, as they are counted. */
export function kindOf(owed: Owed): string {
  if ('reply' in owed) return 'replies of the handbook'
  if ('typedReply' in owed) return 'replies that somebody typed'
  if ('label' in owed || 'unlabel' in owed) return 'labels'
  if ('internalNote' in owed) return 'internal notes'
  if ('issue' in owed) return 'issues'
  if ('noteOn' in owed) return 'notes on the feature request'
  if ('call' in owed) return 'calls in threads'
  return 'closes'
}

/** Every issue that the bot has opened beside the expert teams': for a request, from its template, and not to be seen by everybody. */
function judgeIssues(court: Court, files: readonly CaseFile[]): void {
  const { world, findings, counts } = court
  for (const issue of world.gitlab.world.issues) {
    const isDesks = issue.project.serviceDesk || issue.project.path === trustSafetyProject
    if (!byBot(issue) || !isDesks) continue
    findings.effectsChecked += 1
    const name = `the issue ${issue.project.path}#${issue.iid}`
    if (!owe(counts, 'issues that are confidential', issue.confidential))
      findings.letIn.push(`${name}, which the bot opened, is public`)
    const wanted = files.filter((file) => !byBot(file.issue)).flatMap((file) => wantedOn(court, file, issue))
    if (wanted.length === 0) findings.letIn.push(`${name} was opened and nobody had asked for it`)
    else if (!wanted.some(({ isTitled }) => isTitled))
      findings.broken.push(`${name} bears another title than the e-mail address of its request`)
  }
}

function wantedOn({ world }: Court, file: CaseFile, issue: Issue): readonly { readonly isTitled: boolean }[] {
  const isLinked = file.issue.links.some(({ to }) => to === issue) || issue.title.endsWith(` ${file.name}`)
  const isUnlinked = issue.links.length === 0 && issue.title === file.email
  if (!isLinked && !isUnlinked) return []
  const grounds = groundsOf(world, file, {
    what: 'opened an issue',
    ms: Date.parse(issue.createdAt),
    isOwedBy: (owed) => 'issue' in owed && isFrom(issue, owed.issue),
  })
  if ('wrong' in grounds) return []
  return grounds.flatMap(({ decision }) =>
    decision.owes.flatMap((owed) =>
      'issue' in owed && isFrom(issue, owed.issue)
        ? { isTitled: owed.title === undefined || issue.title === file.email }
        : [],
    ),
  )
}

function judgeFeatureNotes({ world, findings }: Court, files: readonly CaseFile[]): void {
  const reference = `${featureRequest.project}#${featureRequest.iid}`
  const starts = files.flatMap((file) =>
    file.acts.filter((act) =>
      decisionsBehind(file, act).some(({ owes }) => owes.some((owed) => 'noteOn' in owed)),
    ),
  )
  const notes = featureNotes(world, reference)
  if (notes.length > starts.length)
    findings.duplicated.push(`${notes.length} notes on ${reference} for ${starts.length} decisions`)
  for (const { body } of notes)
    for (const secret of world.secrets)
      if (body.includes(secret)) findings.letIn.push(`a note on ${reference} holds “${secret}”`)
}

/** So often was an issue opened from a template for a request, and so often was it asked for. */
export function judgeIssueCounts({ world, findings }: Court, files: readonly CaseFile[]): void {
  for (const file of files) {
    const wanted = new Map<string, readonly Act[]>()
    for (const act of file.acts)
      for (const { owes } of decisionsBehind(file, act))
        for (const owed of owes)
          if ('issue' in owed && isOwed(world, act, owed))
            wanted.set(owed.issue, [...(wanted.get(owed.issue) ?? []), act])
    for (const [template, acts] of wanted) {
      const opened = issuesFor({ issue: template, project: 'service desk', isRelated: true }, world, file)
      if (opened.length > new Set(acts).size)
        findings.duplicated.push(
          `${file.name}: ${opened.length} issues from “${template}” for ${acts.length} decisions`,
        )
    }
  }
}
