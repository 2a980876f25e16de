/** What must hold of a bot that has started on a copy of its database, or without one. */
import { judge } from '../crash/judge.ts'
import type { Outside } from '../crash/outside.ts'
import type { Scenario } from '../crash/scenarios.ts'
import { count, type Tally } from '../crash/tally.ts'
import type { CopyTaken, Recovered, State } from './on-the-copy.ts'

/** What these decide stands in no issue and no ticket, or only in words of the bot's own: docs/operating.md says so. */
const onlyInTheDatabase = [
  'Request Exception, with its evidence',
  'Engage Expert',
  'Compliance Report',
  '/privacy claim',
]

interface Case {
  readonly scenario: Scenario
  readonly taken: CopyTaken
  readonly recovered: Recovered
}

export function judgeRecovered(one: Case, tally: Tally, log: (line: string) => void): void {
  const { scenario, taken, recovered } = one
  const where = `${scenario.name}, ${taken === 'none' ? 'no database' : `copy before commit ${taken.beforeCommit}`}`
  const { original, copy } = recovered
  const judged = judge(publicOf(original.outside, taken), publicOf(copy.outside, taken))
  const broken = [...judged.broken, ...common(recovered), ...(taken === 'none' ? lost(one) : restored(one))]
  for (const [kind, found] of Object.entries({
    missing: judged.missing,
    duplicated: judged.duplicated,
    broken,
  }))
    for (const what of found) {
      log(`${where}: ${kind}: ${what}`)
      tally[kind as 'missing' | 'duplicated' | 'broken'].push(`${where}: ${what}`)
    }
  tally.runs += 1
  tally.kills += 1
  tally.effectsChecked += judged.checked
  count(tally.faults, taken === 'none' ? 'database lost' : 'restored')
  if (recovered.pendingClicks > 0) count(tally.reached, 'a click waited in the copy', recovered.pendingClicks)
}

/**
 * The audit log went back with its file, and a card may say less than it did. Whoever remembers nothing tells the
 * channel anew what there is to see, and owes it today's digest.
 */
function publicOf(outside: Outside, taken: CopyTaken): Outside {
  const isAudit = (text: string) => /^(opened|decided|claimed) /.test(text)
  return {
    ...outside,
    card: '',
    once: outside.once.filter((text) => !isAudit(text)),
    said: taken === 'none' ? [] : outside.said,
  }
}

function common({ restless }: Recovered): readonly string[] {
  return restless ? ['it does not come to rest'] : []
}

function restored({ scenario, recovered }: Case): readonly string[] {
  const { original, copy, pendingClicks, told } = recovered
  const entries = copy.audit.filter(({ what }) => what === 'restored')
  const sorry = told.filter((text) => text.includes('database was restored'))
  const mayDiffer = onlyInTheDatabase.includes(scenario.name)
  return [
    ...(entries.length === 1 ? [] : [`${entries.length} entries say restored`]),
    ...(sorry.length === pendingClicks ? [] : [`${pendingClicks} clicks waited, ${sorry.length} were told`]),
    ...(mayDiffer ? [] : differences(original, copy)),
    ...(isOpen(original) === isOpen(copy) ? [] : ['it is open in one and closed in the other']),
  ]
}

function isOpen({ row }: State): boolean {
  return row !== undefined && row.closedAt === undefined
}

function differences({ row: one }: State, { row: other }: State): readonly string[] {
  const [was, is] = [one, other].map((row) => (row ? `${row.flow}, ${row.step}` : 'not there'))
  return was === is ? [] : [`it was ${was}, and is ${is}`]
}

/** Every open request is back, those of GitLab where replies and labels put them, tickets at their beginning. */
function lost({ scenario, recovered: { original, copy, log } }: Case): readonly string[] {
  const mayDiffer = onlyInTheDatabase.includes(scenario.name)
  const announcements = log.split('\n').filter((line) => line.includes('the database is new'))
  return [
    ...original.open.flatMap((row) => {
      const back = copy.open.find(({ source, number }) => source === row.source && number === row.number)
      if (!back) return [`${row.source} ${row.number} is not back`]
      const wanted = row.source === 'zendesk' ? 'new' : row.step
      return back.step === wanted || mayDiffer ? [] : [`${row.number} was ${row.step}, and is ${back.step}`]
    }),
    // Once when the first database was made, and once now.
    ...(announcements.length === 2
      ? []
      : [`the log says ${announcements.length} times that the database is new`]),
    ...(copy.audit.some(({ what }) => what === 'decided') ? ['it has decided something by itself'] : []),
  ]
}
