/** Statements that leave a database as the migration before the standings did, so that it can be brought up to date again. */

const columns = ['standing', 'standing_of', 'standing_until', 'standing_due']
const withoutColumns = [
  'drop index request_at_step',
  ...['inbox', 'outbox'].map((table) => `alter table ${table} drop column ends`),
  'drop table standing_count',
  ...columns.map((column) => `alter table request drop column ${column}`),
]

export const beforeStandings = {
  sqlite: [
    ...['in', 'anew', 'out'].map((when) => `drop trigger request_counted_${when}`),
    ...['standing', 'changed', 'standing_until'].map((index) => `drop index request_${index}`),
    ...withoutColumns,
  ],
  postgres: ['drop function request_counted() cascade', ...withoutColumns],
} as const
