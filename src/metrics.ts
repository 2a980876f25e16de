/** What Prometheus reads: how much waits, how old it is, and the process itself. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Store } from './store/store.ts'

export function metricsOf(store: Store): () => Promise<string> {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'privacy_desk_' })
  const gauge = (name: string, help: string, read: () => Promise<number>) =>
    new Gauge({
      name: `privacy_desk_${name}`,
      help,
      registers: [registry],
      async collect() {
        this.set(await read())
      },
    })
  gauge('inbox_waiting', 'What came in and is not handled yet', () => store.tables.inbox.pendingCount())
  gauge('outbox_unfinished', 'Effects that are not done', () => store.tables.outbox.unfinishedCount())
  gauge('requests_open', 'Open requests', async () => (await store.tables.requests.open('gitlab')).length)
  return () => registry.metrics()
}
