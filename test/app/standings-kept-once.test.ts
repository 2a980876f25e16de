import Sqlite from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { writeOpenRequests } from '../../bench/open-requests.ts'
import { noPolls } from '../../sandbox/services.ts'
import { startWorld } from '../../sandbox/world.ts'
import { createLog } from '../../src/http/log.ts'

const count = 300

test('a bot that starts keeps each standing once, though the first poll looks at the clocks as well', async () => {
  const world = await startWorld({
    now: () => new Date(),
    inProcess: true,
    env: noPolls,
    log: createLog('silent', { write: () => true }, []),
    async writeDatabase(file) {
      await writeOpenRequests(`file:${file}`, count)
      const database = new Sqlite(file)
      database.exec(`create table kept (id text);
        create trigger kept_again after update of standing_of on request begin insert into kept values (new.id); end`)
      database.close()
    },
  })
  onTestFinished(world.close)

  await world.drain()

  const database = new Sqlite(world.databaseFile, { readonly: true })
  onTestFinished(() => void database.close())
  expect(database.prepare('select count(*), count(distinct id) from kept').raw().get()).toEqual([
    count,
    count,
  ])
})
