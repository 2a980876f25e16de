import type { Kysely } from 'kysely'
import { carryOut, type Ddl } from './ddl.ts'

/** Takes out the words of a meta issue's next step, which a person may have written a name into: its number is kept now. */
export async function nextStep(db: Kysely<unknown>, ddl: Ddl): Promise<void> {
  const paths = [
    ['metaIssue', 'next'],
    ['wayBack', 'facts', 'metaIssue', 'next'],
  ]
  await carryOut(
    db,
    ddl,
    paths.map((path) => ddl.withoutText('request', 'facts', path)),
  )
}
