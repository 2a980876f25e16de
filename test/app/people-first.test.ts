/** The first thing after midnight: thousands of cards are to be drawn anew, and somebody clicks. */
import Database from 'better-sqlite3'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { movableClock } from '../../sandbox/clock.ts'
import { noPolls } from '../../sandbox/services.ts'
import { PEOPLE } from '../../sandbox/slack/people.ts'
import { startWorld } from '../../sandbox/world.ts'
import { channel, formCopy } from './desk-world.ts'

const redraws = 2_000

test('of 2,000 redraws due at midnight, those that are left wait for a click’s reply and its card', async () => {
  const { world, clock } = await aWorld()
  const { gitlab, slack } = world
  const clicked = gitlab.submitRequest({ description: formCopy() })
  const other = gitlab.submitRequest({ description: formCopy('Data Access Request') })
  await world.drain()
  clock.advance({ days: 8 })
  await world.settle()
  const cardOf = ({ iid }: { iid: number }) => {
    const card = slack.messages(channel).find(({ text }) => text.startsWith(`#${iid} `))
    if (!card) throw new Error(`#${iid} has no card`)
    return card
  }
  const [card, otherCard] = [cardOf(clicked), cardOf(other)]
  const updates = () => slack.fake.received('POST', /chat\.update$/).map(({ body }) => JSON.stringify(body))
  clock.advance({ hours: 1 })
  copyWithRedraws(world.databaseFile, other.iid, clock.now().toISOString())
  await world.drain()
  const before = updates().length

  await slack.click(PEOPLE.engineer.id, card, { button: 'Close No Response' }, { confirm: true })
  await world.drain()
  const sentBeforeAnyRedraw = gitlab.mails.filter(({ iid }) => iid === clicked.iid).length
  const meanwhile = updates().length - before
  for (let second = 0; second < 3; second += 1) {
    clock.advance({ seconds: 1 })
    await world.drain()
  }

  const drawn = updates().slice(before)
  expect(before).toBeGreaterThanOrEqual(20)
  expect(before).toBeLessThan(redraws / 10)
  expect(sentBeforeAnyRedraw).toBe(2)
  expect(meanwhile).toBe(0)
  expect(drawn[0]).toContain(card.ts)
  expect(drawn[0]).toContain('Closed')
  // Nor does the click hold up the others for longer than its own takes.
  expect(drawn.slice(1).filter((body) => body.includes(otherCard.ts)).length).toBeGreaterThanOrEqual(1)
})

async function aWorld() {
  const clock = movableClock('2026-03-01T10:00:00.000Z')
  const world = await startWorld({
    ...{ now: clock.now, inProcess: true, zendesk: false, env: noPolls },
    log: pino({ level: 'silent' }),
  })
  onTestFinished(() => world.close())
  return { world, clock }
}

/** So many more requests like this one, whose redraws a clock has asked for. */
function copyWithRedraws(file: string, iid: number, at: string): void {
  const database = new Database(file)
  try {
    const columns = (table: string, but: readonly string[]) =>
      database
        .prepare<[], { name: string }>(`select name from pragma_table_info('${table}')`)
        .all()
        .map(({ name }) => name)
        .filter((name) => !but.includes(name))
        .join(', ')
    const kept = columns('request', ['id', 'number', 'refresh_at'])
    const numbers = `with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${redraws})`
    database.exec(`
      ${numbers} insert into request (id, number, ${kept})
      select 'copy-' || n, 100000 + n, ${kept} from numbers, request where number = ${iid} and source = 'gitlab';
      ${numbers} insert into outbox
      (op_id, request_id, lane, position, kind, work, status, attempts, due_at, created_at, lookups)
      select 'copy-' || n, 'copy-' || n, 'card', 1, 'card', '{"kind":"card"}', 'pending', 0, '${at}', '${at}', 0
      from numbers`)
  } finally {
    database.close()
  }
}
