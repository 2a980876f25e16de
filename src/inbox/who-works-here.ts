/** Whoever holds a role at the desk in question; a member of the workspace alone does not. */
import type { Person, Role, Source } from '../engine/request.ts'
import type { Intake } from './handler.ts'
import type { AnswerTo } from './payloads.ts'

type Who = { readonly person: Person } | { readonly refused: string }

const desks: Readonly<Record<Source, { readonly roles: readonly Role[]; readonly words: string }>> = {
  gitlab: {
    roles: ['support-engineer', 'support-manager', 'privacy'],
    words: 'support engineers, support managers, privacy',
  },
  zendesk: { roles: ['field-security'], words: 'Field Security' },
}

export async function whoWorksHere(
  intake: Pick<Intake, 'whoIs'>,
  { userId, teamId }: AnswerTo,
  source: Source,
): Promise<Who> {
  const who = await intake.whoIs(userId, teamId)
  if ('refused' in who || who.person.roles.some((role) => desks[source].roles.includes(role))) return who
  return { refused: `This is for people with a role at the desk: ${desks[source].words}.` }
}
