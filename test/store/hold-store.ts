/** A process of its own that opens the store, says so, and keeps it open until it is killed. */
import { openStore } from '../../src/store/open-store.ts'

const store = await openStore({ databaseUrl: process.argv[2] ?? '', now: () => new Date() })
await store.tables.settings.set('held-by', String(process.pid))
console.log('open')
// By name: what nothing names any more, with its lock, may be swept up.
setInterval(() => store, 60_000)
