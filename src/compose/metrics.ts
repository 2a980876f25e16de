/** What Prometheus reads: how much waits, how old it is, and the process itself. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
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
  labelledGauge(registry, 'requests_open', 'Open requests, by desk', 'desk', async () => [
    { labels: { desk: 'privacy' }, count: (await requests.open('gitlab')).length },
    { labels: { desk: 'security' }, count: (await requests.open('zendesk')).length },
  ])
  addTicketMetrics(registry, context)
  return () => registry.metrics()
}

/** All of them 0 where Zendesk is off. */
function addTicketMetrics(registry: Registry, context: DeskContext): void {
  const tickets = () => context.store.tables.requests.open('zendesk')
  const countOf = async (isCounted: (ticket: RequestRow) => boolean) =>
    (await tickets()).filter(isCounted).length

  labelledGauge(registry, 'tickets_open', 'Open security tickets, by step', 'step', async () =>
    byStep(context, await tickets()),
  )
  gauge(registry, 'tickets_overdue', 'Open security tickets whose clock is over', () =>
    countOf((ticket) => isOverdue(context, ticket)),
  )
  gauge(registry, 'reports_promised', 'Compliance reports that are promised and not sent', () =>
    countOf(({ facts }) => facts.promisedReport !== undefined),
  )
}

/** Every open step of the flow, so that one without tickets reads 0 and is not missing. */
function byStep(
  { flows }: Pick<DeskContext, 'flows'>,
  tickets: readonly RequestRow[],
): readonly Counted<'step'>[] {
  const steps = Object.values(flows)
    .filter(({ source }) => source === 'zendesk')
    .flatMap((flow) => Object.entries(flow.steps))
    .filter(([, { isClosed }]) => !isClosed)
  return steps.map(([step]) => ({
    labels: { step },
    count: tickets.filter((ticket) => ticket.step === step).length,
  }))
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
