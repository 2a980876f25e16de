/** What a decision needs is looked for in the services before anything of it is done. The doctor looks the same way. */
import type { Lack, Need, NeedAnswer } from '../engine/need.ts'
import type { RequestRow } from '../store/store.ts'
import { CallFailed } from './call-failed.ts'

/** A need by its name. */
export type NeedOf<Name extends Need['name']> = Extract<Need, { readonly name: Name }>

/** Looks for one kind of need. Returns what is missing, undefined where it is there. Throws `CallFailed`. */
type Look<Name extends Need['name']> = (
  need: NeedOf<Name>,
  request: Pick<RequestRow, 'number'>,
) => Promise<Lack | undefined>

/** The looks of one service, by the name of the need. */
export type LooksOf<Names extends Need['name']> = { readonly [Name in Names]: Look<Name> }

/** All looks: what the form says, the engine knows by itself. */
export type Looks = LooksOf<Exclude<Need['name'], 'requester-email'>>

/** Looks for what a decision on this request needs, and says of each whether it is there. */
export type LookForNeeds = (
  needs: readonly Need[],
  request: Pick<RequestRow, 'number'>,
) => Promise<readonly NeedAnswer[]>

/**
 * Looks for each need until one is missing. A service that does not answer at that moment gives a refusal, too: nobody
 * is told that something has begun whose next step may not be possible, and to choose it once more costs little.
 */
export async function lookForNeeds(
  looks: Looks,
  needs: readonly Need[],
  request: Pick<RequestRow, 'number'>,
): Promise<readonly NeedAnswer[]> {
  const answers: NeedAnswer[] = []
  for (const need of needs) {
    const lack = await lackOf(looks, need, request)
    answers.push({ need, ...(lack && { lack }) })
    if (lack) break
  }
  return answers
}

async function lackOf(
  looks: Looks,
  need: Need,
  request: Pick<RequestRow, 'number'>,
): Promise<Lack | undefined> {
  if (need.name === 'requester-email') return undefined
  // The compiler knows of each name which need it takes, but not of all of them at once.
  const look = looks[need.name] as Look<Need['name']>
  try {
    return await look(need, request)
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error
    const service = error.service === 'zendesk' ? 'Zendesk' : 'GitLab'
    return error.kind === 'not-done'
      ? {
          text: `${service} doesn’t let the bot check whether this can be done (${error.status})`,
          mend: 'Ask your admins to run npm run doctor, which names the access that is missing',
          isUnread: true,
        }
      : {
          text: `${service} can’t be read right now, so I can’t check whether this can be done`,
          mend: 'Wait a few minutes',
          isUnread: true,
        }
  }
}
