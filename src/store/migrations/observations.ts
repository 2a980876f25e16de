import { type Kysely, sql } from 'kysely'

/** Rewrites what waits in the inbox under the earlier name of an observation, so that no crash before the upgrade loses it. */
export async function observations(db: Kysely<unknown>): Promise<void> {
  await sql`
    update inbox set kind = 'observation', payload = replace(payload, '"happening":', '"observation":')
    where kind = 'happening'`.execute(db)
}
