/** What code beside the flows asks of them: traits, never the name of a flow, a step or a decision. */
import { type Decision, type Entrance, type Flows, own, type Step } from './flow.ts'
import type { Request } from './request.ts'

type Place = Pick<Request, 'flow' | 'step'>

/** The step at which a request stands. */
export function stepAt(flows: Flows, { flow, step }: Place): Step | undefined {
  return own(own(flows, flow)?.steps ?? {}, step)
}

/** Where a request begins whose type no form tells. A desk that takes such requests in has a step for them. */
export function entranceOf(flows: Flows, entrance: Entrance): Place {
  for (const [flow, { steps }] of Object.entries(flows))
    for (const [step, one] of Object.entries(steps)) if (one.entrance === entrance) return { flow, step }
  throw new Error(`no step of any flow is the entrance for ${entrance}`)
}

/** The one decision that is open where such requests come in. */
export function decisionAtEntrance(flows: Flows, entrance: Entrance): NamedDecision {
  const place = entranceOf(flows, entrance)
  const [found] = Object.entries(stepAt(flows, place)?.decisions ?? {})
  if (!found) throw new Error(`nothing is decided at ${place.flow}/${place.step}`)
  const [name, decision] = found
  return { name, decision }
}

/** Where a request begins that bears the type of a flow. */
export function beginningOf(flows: Flows, flow: string): Place | undefined {
  const first = own(flows, flow)?.first
  return first === undefined ? undefined : { flow, step: first }
}

export interface NamedDecision {
  readonly name: string
  readonly decision: Decision
}

/** The decision that is taken for all requests of a batch at once. */
export function batchDecision(
  flows: Flows,
  batch: NonNullable<Decision['batch']>,
): NamedDecision | undefined {
  return Object.values(flows)
    .flatMap(({ steps }) => Object.values(steps))
    .flatMap(({ decisions }) => Object.entries(decisions))
    .map(([name, decision]) => ({ name, decision }))
    .find(({ decision }) => decision.batch === batch)
}

/** Its reply is one to silence: nothing is sent once the requester has written. */
export function answersSilence({ do: rules }: Decision): boolean {
  return rules.some((rule) => rule.kind === 'reply' && rule.onlyIfSilent === true)
}
