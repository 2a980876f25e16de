/** The daily digest of a desk: what is due, what waits, what has come about since yesterday. */
import { dayIn, dayText } from '../engine/time.ts'
import type { DigestState } from '../requests/digest.ts'
import { context, counted, header, type Message, sections } from './block-kit.ts'
import { type DigestGroup, groupBlocks, groupCounts, groupsOf } from './digest-groups.ts'

/** Most urgent first, each request in the first group that fits it, by due date. */
export function digestGroups({ desk, open, closed }: DigestState): readonly DigestGroup[] {
  const groups = groupsOf(open, desk.digest.groups)
  const [title] = desk.digest.closed ?? []
  return title === undefined || closed.length === 0 ? groups : [...groups, { title, requests: closed }]
}

export function digestMessage(digest: DigestState): Message {
  const { command } = digest.desk
  const title = `${digest.desk.digest.title}, ${dayText(dayIn(digest.timeZone, digest.now))}`
  const groups = digestGroups(digest)
  const counts = countsText(digest)
  const notes = notesOf(digest)
  const head = auditHead(digest)
  if (groups.length === 0 && notes.length === 0) {
    const line = `${title}: nothing is due or waiting. ${counts}`
    return { text: line, blocks: sections([[line, ...head].join(' ')]) }
  }
  const due = groups.length === 0 ? 'nothing is due or waiting' : groupCounts(groups)
  return {
    text: [`${title}: ${due}.`, ...notes, counts].join(' '),
    blocks: [
      header(title),
      ...groupBlocks(
        groups,
        `\`${command.name} list\` shows them, \`${command.name} list overdue\` the overdue ones.`,
      ),
      ...sections(notes),
      context(counts),
      ...head.map(context),
    ],
  }
}

/** What somebody has to look at besides the requests. */
function notesOf({ desk, batch, holidaysUntil, notes }: DigestState): readonly string[] {
  const unsent = batch?.reports.filter(({ isSent }) => !isSent).length ?? 0
  return [
    ...(batch && batch.reports.length > 0
      ? [
          `Compliance reports of today: ${batch.reports.length - unsent} of ${batch.reports.length} sent. \`${desk.command.name} batch\` lists them.`,
        ]
      : []),
    ...notes,
    ...(holidaysUntil === undefined
      ? []
      : [
          `The US federal holidays are known only until ${dayText(holidaysUntil)}: business days and distribution days after it may be wrong. Tell the bot’s operators.`,
        ]),
  ]
}

/** What a later `audit verify --head` compares with: out of the reach of whoever can change the database. */
function auditHead({ auditHead: head }: DigestState): readonly string[] {
  return head ? [`Audit log: \`${head.seq}:${head.hash}\``] : []
}

function countsText({ desk, open, counts }: DigestState): string {
  const since = counts.map(([word, count]) => `${count} ${word}`).join(', ')
  return `${counted(open.length, `open ${desk.words.noun}`)}; since yesterday ${since}.`
}
