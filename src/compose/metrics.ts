/** What Prometheus reads: how much waits, how old it is, and the process itself. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Desk, Statistics } from '../desks/desk.ts'
import { stepClock } from '../engine/clocks.ts'
import { type DeskContext, placeOf } from '../requests/desk-context.ts'
import type { RequestRow } from '../store/store.ts'

/** One line of a metric that has labels. */
interface Counted<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>
  readonly count: number
}

export function metricsOf(context: DeskContext): () => Promise<string> {
  const { requests, inbox, outbox } = context.store.tables
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'privacy_desk_' })

  gauge(registry, 'inbox_waiting', 'What came in and is not handled yet', () => inbox.pendingCount())
  gauge(registry, 'outbox_unfinished', 'Effects that are not done', () => outbox.unfinishedCount())
  labelledGauge(registry, 'requests_open', 'Open requests, by desk', 'desk', () =>
    Promise.all(
      context.desks.all.map(async ({ name, source }) => ({
        labels: { desk: name },
        count: (await requests.open(source)).length,
      })),
    ),
  )
  for (const desk of context.desks.all)
    if (desk.statistics) addStatistics(registry, context, desk, desk.statistics)
  gauge(registry, 'reports_promised', 'Compliance reports that are promised and not sent', async () => {
    const open = await Promise.all(context.desks.all.map(({ source }) => requests.open(source)))
    return open.flat().filter(({ facts }) => facts.promisedReport !== undefined).length
  })
  return () => registry.metrics()
}

/** All of them 0 where the service is off. */
function addStatistics(registry: Registry, context: DeskContext, desk: Desk, { title }: Statistics): void {
  const prefix = `${desk.words.noun}s`
  const noun = title.charAt(0).toLowerCase() + title.slice(1)
  const open = () => context.store.tables.requests.open(desk.source)

  labelledGauge(registry, `${prefix}_open`, `Open ${noun}, by step`, 'step', async () =>
    byStep(desk, await open()),
  )
  gauge(
    registry,
    `${prefix}_overdue`,
    `Open ${noun} whose clock is over`,
    async () => (await open()).filter((row) => isOverdue(context, row)).length,
  )
}

/** Every open step of the flows, so that one without requests reads 0 and is not missing. */
function byStep({ flows }: Desk, rows: readonly RequestRow[]): readonly Counted<'step'>[] {
  const steps = flows.flatMap((flow) => Object.entries(flow.steps)).filter(([, { isClosed }]) => !isClosed)
  return steps.map(([step]) => ({ labels: { step }, count: rows.filter((row) => row.step === step).length }))
}

function isOverdue(context: DeskContext, ticket: RequestRow): boolean {
  const flow = context.flows[ticket.flow]
  return flow !== undefined && stepClock(flow, ticket, placeOf(context))?.isOver === true
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
