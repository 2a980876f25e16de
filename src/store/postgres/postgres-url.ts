/** `postgres://…` and `postgresql://…`: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS */
export function isPostgres(databaseUrl: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(databaseUrl)
}
