/** Answers are parsed at the edge: only the fields used, unknown ones ignored. */

import { z } from 'zod'
import { type Instant, toInstant } from '../engine/time.ts'
import { CallFailed, kindWhenUnsure, type Service } from './call-failed.ts'

/** Takes both forms that GitLab uses: ISO 8601 and `2017-09-15 16:50:55 UTC`. */
export const AnyInstant = z.string().transform((text, context): Instant => {
  const at = new Date(text)
  if (!Number.isNaN(at.getTime())) return toInstant(at)
  context.addIssue({ code: 'custom', message: 'is no time' })
  return z.NEVER
})

/** An id or iid from outside that goes into a path: refused before anything is sent. */
export function wholeNumber(value: number, what: string): number {
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new RangeError(`${what} must be a whole number above zero`)
}

/** The answer in our form, or a failure that names the fields (never their values). */
export function parse<T>(
  schema: z.ZodType<T>,
  answer: unknown,
  from: { service: Service; method: string; what: string },
): T {
  const result = schema.safeParse(answer)
  if (result.success) return result.data
  const fields = [...new Set(result.error.issues.map((issue) => issue.path.join('.') || 'the whole'))]
  throw new CallFailed({
    service: from.service,
    kind: kindWhenUnsure(from.method),
    message: `${from.service} ${from.method} ${from.what}: the answer has not the expected form (${fields.slice(0, 5).join(', ')})`,
  })
}
