/** The ways in which a request can be closed from a step, and whether a close by hand was one of them. */
import type { Decision, Flow } from './flow.ts'
import type { Request } from './request.ts'

/** The step's own and those open at any step, by name. */
function closingsFrom(flow: Flow, stepName: string): Readonly<Record<string, Decision>> {
  const step = Object.hasOwn(flow.steps, stepName) ? flow.steps[stepName] : undefined
  const all = Object.entries({ ...flow.anytime, ...step?.decisions })
  return Object.fromEntries(all.filter(([, { goto }]) => goto === flow.closed))
}

/** What completes a request that was closed by hand: the ways to close it from where it stood. */
export function completionsOf(
  flow: Flow,
  { facts }: Pick<Request, 'facts'>,
): Readonly<Record<string, Decision>> {
  return facts.isIncomplete && facts.closedFrom !== undefined ? closingsFrom(flow, facts.closedFrom) : {}
}

/** True when the reply and the labels of one way to close it are there. */
export function isClosedByTheBook(flow: Flow, request: Request, labels: readonly string[]): boolean {
  return Object.values(closingsFrom(flow, request.step)).some((decision) =>
    decision.do.every((rule) => {
      if (rule.kind === 'reply') return request.facts.sentSnippets?.[rule.snippet] !== undefined
      return rule.kind !== 'labels' || rule.add.every((label) => labels.includes(label))
    }),
  )
}
