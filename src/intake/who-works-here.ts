/** Whoever holds a role at the desk; a member of the workspace alone does not. */
import type { Person } from '../engine/request.ts'
import type { Intake } from './intake.ts'
import type { AnswerTo } from './payloads.ts'

type Who = { readonly person: Person } | { readonly refused: string }

export async function whoWorksHere(
  intake: Pick<Intake, 'whoIs'>,
  { userId, teamId }: AnswerTo,
): Promise<Who> {
  const who = await intake.whoIs(userId, teamId)
  if ('refused' in who || who.person.roles.length > 0) return who
  return {
    refused: 'This is for people with a role at the desk: support engineers, support managers, privacy.',
  }
}
