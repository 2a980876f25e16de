/**
 * Traits are what code beside the flows may ask of them. It never asks for the name of a flow, a step or a decision.
 */
import { type Decision, type Entrance, type Flows, own, type Step, transitionsOf } from './flow.ts'
import type { Request } from './request.ts'

type Position = Pick<Request, 'flow' | 'step'>

/** Returns the step at which a request stands, or undefined where no flow has it. */
export function stepAt(flows: Flows, { flow, step }: Position): Step | undefined {
  return own(own(flows, flow)?.steps ?? {}, step)
}

/** Returns the names of the steps, of whichever flow, at which this is asked for again and again. */
export function stepsThatTrack(flows: Flows, what: NonNullable<Step['tracks']>): readonly string[] {
  const names = Object.values(flows).flatMap(({ steps }) =>
    Object.entries(steps).flatMap(([name, { tracks }]) => (tracks === what ? [name] : [])),
  )
  return [...new Set(names)]
}

/** Returns where a request begins whose type no form tells. Throws where no flow has a step for that entrance. */
export function entranceOf(flows: Flows, entrance: Entrance): Position {
  for (const [flow, { steps }] of Object.entries(flows))
    for (const [step, one] of Object.entries(steps)) if (one.entrance === entrance) return { flow, step }
  throw new Error(`no step of any flow is the entrance for ${entrance}`)
}

/** Returns the one decision that is open where such requests come in. Throws where there is none. */
export function decisionAtEntrance(flows: Flows, entrance: Entrance): NamedDecision {
  const place = entranceOf(flows, entrance)
  const [found] = Object.entries(stepAt(flows, place)?.decisions ?? {})
  if (!found) throw new Error(`nothing is decided at ${place.flow}/${place.step}`)
  const [name, decision] = found
  return { name, decision }
}

/** Returns where a request begins that bears the type of a flow, or undefined where no flow has that name. */
export function beginningOf(flows: Flows, flow: string): Position | undefined {
  const first = own(flows, flow)?.first
  return first === undefined ? undefined : { flow, step: first }
}

/** A decision with its name. */
export interface NamedDecision {
  readonly name: string
  readonly decision: Decision
}

/** Returns the decision that is taken for all requests of a batch at once, or undefined where no flow has one. */
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

/** Returns the labels that stand for an approval in any of the flows. */
export function approvalLabels(flows: Flows): ReadonlySet<string> {
  const all = Object.values(flows).flatMap(({ on, steps }) => [
    on,
    ...Object.values(steps).map((step) => step.on),
  ])
  return new Set(
    all
      .flatMap((on) => transitionsOf(on?.['label-added']))
      .flatMap(({ approves, where }) => (approves === undefined ? [] : String(where?.label))),
  )
}
