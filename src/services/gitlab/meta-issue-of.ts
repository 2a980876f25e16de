/** A meta issue as the request knows it: its number, and how far its steps are. */

import type { MetaIssue } from '../../engine/request.ts'
import { readTasks } from '../../form/tasks.ts'
import type { Issue } from './answers.ts'

export function metaIssueOf({ iid, webUrl: url, description, state }: Issue): MetaIssue {
  const { done, total, next } = readTasks(description)
  return { iid, url, done, total, ...(next === undefined ? {} : { next }), closed: state === 'closed' }
}
