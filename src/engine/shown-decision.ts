/** What a button stands for. */
import type { Decision, Flow } from './flow.ts'
import { own } from './own.ts'

/**
 * The decision behind a button of this name on a card that stands at this step: the step's own, one that is open at
 * any step, or, for a core button, the one that lies ahead.
 */
export function shownDecision(flow: Flow, stepName: string, name: string): Decision | undefined {
  const step = own(flow.steps, stepName)
  if (step === undefined || step.isClosed === true) return undefined
  const here = own(step.decisions, name) ?? own(flow.anytime, name)
  if (here !== undefined || !flow.core.includes(name) || step.pastCore === true) return here
  const afterReply = step.happenings?.['requester-replied']?.goto
  const next = afterReply === undefined ? undefined : own(flow.steps, afterReply)
  const ahead = [...(next === undefined ? [] : [next]), ...Object.values(flow.steps)]
  return ahead.map((one) => own(one.decisions, name)).find((one) => one !== undefined)
}
