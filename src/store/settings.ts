import { sql } from 'kysely'
import type { Instant } from '../engine/time.ts'
import { type Connection, inTransaction } from './database.ts'
import { kept } from './kept-query.ts'
import type { Schema } from './schema.ts'
import type { Settings } from './store.ts'

export function settings(connection: Connection, now: () => Date): Settings {
  return {
    async get(name) {
      const { rows } = await settingNamed(connection(), { name })
      return rows[0]?.value
    },

    async set(name, value) {
      await setTo(connection(), { name, value, setAt: now().toISOString() })
    },

    async remove(name) {
      await connection().deleteFrom('kv').where('name', '=', name).execute()
    },

    async takeLease(name, { now: at, owner, until }) {
      const taken = await connection()
        .insertInto('kv')
        .values({ name, value: owner, setAt: until })
        .onConflict((conflict) =>
          conflict
            .column('name')
            .doUpdateSet({ value: owner, setAt: until })
            .where((of) => of.or([of('kv.value', '=', owner), of('kv.setAt', '<=', at)])),
        )
        .executeTakeFirst()
      return taken.numInsertedOrUpdatedRows === 1n
    },

    async endLease(name, owner) {
      await connection().deleteFrom('kv').where('name', '=', name).where('value', '=', owner).execute()
    },

    countLeases(prefix, own, { now: at, owner, until }) {
      // A pattern that is a parameter would have SQLite compile the statement anew at each value.
      const ofPrefix = sql.lit(`${prefix}%`)
      return inTransaction(connection, async (db) => {
        await db.deleteFrom('kv').where('name', 'like', ofPrefix).where('setAt', '<=', at).execute()
        await db
          .insertInto('kv')
          .values({ name: own, value: owner, setAt: until })
          .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: owner, setAt: until }))
          .execute()
        const { count } = await db
          .selectFrom('kv')
          .select((of) => of.fn.countAll<number>().as('count'))
          .where('name', 'like', ofPrefix)
          .executeTakeFirstOrThrow()
        return Number(count)
      })
    },

    async claimOnce(name, at: Instant) {
      const inserted = await connection()
        .insertInto('kv')
        .values({ name, value: at, setAt: at })
        .onConflict((conflict) => conflict.column('name').doNothing())
        .executeTakeFirst()
      return inserted.numInsertedOrUpdatedRows === 1n
    },
  }
}

const settingNamed = kept((db, { name }: Pick<Schema['kv'], 'name'>) =>
  db.selectFrom('kv').select('value').where('name', '=', name),
)

const setTo = kept((db, { name, value, setAt }: Schema['kv']) =>
  db
    .insertInto('kv')
    .values({ name, value, setAt })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value, setAt })),
)
