import { type Kysely, sql } from 'kysely'

/** Takes out the words of a meta issue's next step, which a person may have written a name into: its number is kept now. */
export async function nextStep(db: Kysely<unknown>): Promise<void> {
  for (const path of ['$.metaIssue.next', '$.wayBack.facts.metaIssue.next'])
    await sql`
      update request set facts = json_remove(facts, ${path}) where json_type(facts, ${path}) = 'text'`.execute(
      db,
    )
}
