/** The metrics for Prometheus. Loaded when they are first asked for: many an installation has nobody who asks. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Desk, Statistics } from '../desks/desk.ts'
import { type Counted as CountedHere, type Counts, counted } from '../http/counts.ts'
import type { DeskContext } from '../requests/desk-context.ts'
import { countBySteps, openRequestsOf } from '../requests/open-requests.ts'
import { countOverdue } from '../requests/stats.ts'

/** One line of a metric that has labels. */
interface Counted<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>
  readonly count: number
}

export function metricsOf(context: DeskContext, counts: Pick<Counts, 'of'>): () => Promise<string> {
  const { requests, inbox, outbox } = context.store.tables
  const registry = new Registry()
  gauge(registry, 'inbox_waiting', 'What came in and is not handled yet', () => inbox.pendingCount())
  for (const what of ['given_up', 'dropped'] as const) countsSinceStart(registry, counts, what)
  gauge(registry, 'outbox_unfinished', 'Effects that are not done', () => outbox.unfinishedCount())
  gauge(
    registry,
    'outbox_late_seconds',
    'How long the first effect that is due waits for its turn',
    async () => {
      const dueAt = await outbox.nextDueAt()
      return dueAt === undefined ? 0 : Math.max(0, context.now().getTime() - Date.parse(dueAt)) / 1000
    },
  )
  labelledGauge(registry, 'requests_open', 'Open requests, by desk', 'desk', () =>
    Promise.all(
      context.desks.all.map(async ({ name, source }) => ({
        labels: { desk: name },
        count: (await requests.standings(source)).reduce((sum, { count }) => sum + count, 0),
      })),
    ),
  )
  for (const desk of context.desks.all)
    if (desk.statistics) addStatistics(registry, context, desk, desk.statistics)
  gauge(registry, 'reports_promised', 'Compliance reports that are promised and not sent', () =>
    requests.openWithPromise(),
  )
  const all = Registry.merge([processRegistry(), registry])
  return () => all.metrics()
}

let ofProcess: Registry | undefined

/** One for all bots of this process: what watches the process is never taken away again. */
function processRegistry(): Registry {
  if (!ofProcess) {
    ofProcess = new Registry()
    collectDefaultMetrics({ register: ofProcess, prefix: 'privacy_desk_' })
  }
  return ofProcess
}

/** All of them 0 where the service is off. */
function addStatistics(registry: Registry, context: DeskContext, desk: Desk, { title }: Statistics): void {
  const prefix = `${desk.words.noun}s`
  const noun = title.charAt(0).toLowerCase() + title.slice(1)

  labelledGauge(registry, `${prefix}_open`, `Open ${noun}, by step`, 'step', async () =>
    byStep(desk, countBySteps(await openRequestsOf(context, desk))),
  )
  gauge(registry, `${prefix}_overdue`, `Open ${noun} whose clock is over`, () => countOverdue(context, desk))
}

function countsSinceStart(registry: Registry, counts: Pick<Counts, 'of'>, what: CountedHere): void {
  new Counter({
    name: `privacy_desk_${what}_total`,
    help: counted[what],
    labelNames: ['kind'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [kind, count] of counts.of(what)) this.inc({ kind }, count)
    },
  })
}

/** Every open step of the flows, so that one without requests reads 0 and is not missing. */
function byStep({ flows }: Desk, counts: ReadonlyMap<string, number>): readonly Counted<'step'>[] {
  const steps = flows.flatMap((flow) => Object.entries(flow.steps)).filter(([, { isClosed }]) => !isClosed)
  return steps.map(([step]) => ({ labels: { step }, count: counts.get(step) ?? 0 }))
}

function gauge(registry: Registry, name: string, help: string, read: () => Promise<number>): void {
  new Gauge({
    name: `privacy_desk_${name}`,
    help,
    registers: [registry],
    async collect() {
      this.set(await read())
    },
  })
}

function labelledGauge<Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  label: Label,
  read: () => Promise<readonly Counted<Label>[]>,
): void {
  new Gauge({
    name: `privacy_desk_${name}`,
    help,
    labelNames: [label],
    registers: [registry],
    async collect() {
      for (const { labels, count } of await read()) this.set({ ...labels }, count)
    },
  })
}
