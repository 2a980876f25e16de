/** Who may ask of the security desk: whoever holds the role at this moment. */
import type { AnswerTo, Desk, WhoAnswer } from './desk.ts'

/** Of anybody else, nothing is asked and nothing is read; `because` is what they are told. */
export async function fieldSecurityPerson(
  desk: Pick<Desk, 'whoIs'>,
  { userId, teamId }: AnswerTo,
  because: string,
): Promise<WhoAnswer> {
  const who = await desk.whoIs(userId, teamId)
  return 'refused' in who || who.person.roles.includes('field-security') ? who : { refused: because }
}
