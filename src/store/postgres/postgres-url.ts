import pg from 'pg'

/** `postgres://…` and `postgresql://…`: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS */
export function isPostgres(databaseUrl: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(databaseUrl)
}

/** `desk on db.example:5432`: without the user and the password. */
export function placeOf(databaseUrl: string): string {
  const { host, port, database } = new pg.Client({ connectionString: databaseUrl })
  return `${database} on ${host}:${port}`
}
