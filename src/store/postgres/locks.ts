/** The advisory locks that the bot takes: https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS */

/** `PRVD` in ASCII, as in the header of a SQLite file: says whose a lock is, should the database have others, too. */
const applicationId = 0x50525644

const numbers = { process: 1, transaction: 2 } as const

/** Returns the two numbers of a lock, as the functions of PostgreSQL take them. */
export function lockOf(name: keyof typeof numbers): string {
  return `${applicationId}, ${numbers[name]}`
}
