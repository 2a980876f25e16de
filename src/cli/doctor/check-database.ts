import { accessSync, constants, existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { CannotOpenStore } from '../../store/cannot-open-store.ts'
import { databasePath, inMemory } from '../../store/database-path.ts'
import { openStore } from '../../store/open-store.ts'
import { type Finding, missing, ok, warn } from './finding.ts'

/** Makes and changes nothing, so that it can be asked beside the running bot as well as before the first start. */
export async function checkDatabase(databaseUrl: string, now: () => Date): Promise<Finding> {
  try {
    const path = databasePath(databaseUrl)
    if (path === inMemory)
      return warn('Database: in memory, so that a stop loses everything', 'set DATABASE_URL')
    if (!existsSync(path)) return checkPlace(resolve(path))
    const store = await openStore({ databaseUrl, now, beside: true })
    const { seq } = await store.tables.audit.head()
    await store.close()
    return ok(`Database: ${path} opens; its audit log has ${seq} entries`)
  } catch (error) {
    if (error instanceof CannotOpenStore) return missing(`Database: ${error.message}`, 'check DATABASE_URL')
    throw error
  }
}

/** The nearest folder that is there has to let the rest be made. */
function checkPlace(path: string): Finding {
  let folder = dirname(path)
  while (!existsSync(folder)) folder = dirname(folder)
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return ok(`Database: ${path} will be made at the first start`)
  } catch {
    return missing(`Database: ${folder} may not be written`, 'let the bot write there, or set DATABASE_URL')
  }
}
