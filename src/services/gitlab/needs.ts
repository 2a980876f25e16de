/** What effects in GitLab need: a project that takes issues, its template, the feature request. */

import type { Lack } from '../../engine/need.ts'
import { CallFailed } from '../call-failed.ts'
import type { LooksOf } from '../needs.ts'
import type { SeenProject } from './answers.ts'
import type { GitLab, Project } from './client.ts'
import type { EffectContext, ExpertTeam } from './effect-context.ts'

type Context = Pick<EffectContext, 'project' | 'templateNames' | 'expertTeams' | 'featureRequest'> & {
  readonly gitlab: Pick<GitLab, 'issue' | 'issueTemplate' | 'project'>
  readonly trustSafetyProject: Project | undefined
}

type Names = 'issue-template' | 'expert-team' | 'feature-request'

/** Makes the looks for what effects in GitLab need. */
export function gitlabLooks(context: Context): LooksOf<Names> {
  const { gitlab, project: own, trustSafetyProject, templateNames, expertTeams } = context
  return {
    'issue-template': async ({ purpose, template }) => {
      const project = purpose === 'reinstatement' ? trustSafetyProject : own
      // Without a project a person opens it; the card asks for the link.
      if (project === undefined) return undefined
      return (
        projectLack(project, await gitlab.project(project)) ??
        (await templateLack(gitlab, project, templateNames[template] ?? template))
      )
    },

    'expert-team': async ({ team: name }) => {
      const team = expertTeams.find((one) => one.name === name)
      if (team) return teamLack(gitlab, team)
      return {
        text: `config/desk.yaml no longer names the expert team “${name}”`,
        mend: 'Ask your admins to put it back and restart the bot',
      }
    },

    'feature-request': async () => {
      const feature = featureRequestOf(context.featureRequest)
      return feature && featureRequestLack(gitlab, feature)
    },
  }
}

async function teamLack(
  gitlab: Context['gitlab'],
  { project, template }: ExpertTeam,
): Promise<Lack | undefined> {
  const lack = projectLack(project, await gitlab.project(project))
  return lack ?? (template === undefined ? undefined : templateLack(gitlab, project, template))
}

/** Returns what keeps the account from opening issues in a project, as far as GitLab says it. */
export function projectLack(project: Project, seen: SeenProject | undefined): Lack | undefined {
  if (!seen)
    return {
      text: `The project ${project} isn’t there, or the bot’s account can’t see it`,
      mend: 'Ask its owners to make the bot’s account a member (Reporter), or your admins to correct its name in the configuration',
    }
  if (seen.isArchived)
    return {
      text: `The project ${seen.path} is archived, so no issue can be opened there`,
      mend: 'Ask its owners to unarchive it, or your admins to name another project in the configuration',
    }
  if (seen.hasIssues) return undefined
  return {
    text: `The project ${seen.path} has issues switched off, or the bot’s account can’t use them`,
    mend: 'Ask its owners to switch issues on or make the bot’s account a member (Reporter), or your admins to name another project in the configuration',
  }
}

/** Returns what is to be done about an issue template that is not to be seen; undefined where it can be read. */
export async function templateLack(
  gitlab: Pick<GitLab, 'issueTemplate'>,
  project: Project,
  name: string,
): Promise<Lack | undefined> {
  if ((await gitlab.issueTemplate(project, name)) !== undefined) return undefined
  return {
    text: `The project ${project} has no issue template “${name}” that the bot’s account can read`,
    mend: `Ask somebody with write access there to add .gitlab/issue_templates/${name}.md, or your admins to correct the name in config/desk.yaml`,
  }
}

/** Returns what is to be done about a feature request that is not to be seen. */
export async function featureRequestLack(
  gitlab: Pick<GitLab, 'issue'>,
  { reference, project, iid }: FeatureRequest,
): Promise<Lack | undefined> {
  if (await isShown(() => gitlab.issue(iid, project))) return undefined
  return {
    text: `The bot’s account can’t see the feature request ${reference}`,
    mend: 'Ask its owners to let the bot’s account comment there, or your admins to set feature-request: false in config/desk.yaml and restart the bot',
  }
}

/** The issue that asks GitLab for what is done by hand until then. */
export interface FeatureRequest {
  /** `group/project#123` */
  readonly reference: string
  readonly project: string
  readonly iid: number
}

/** Reads the reference of the feature request; undefined where notes on it are switched off. */
export function featureRequestOf(reference: string | undefined): FeatureRequest | undefined {
  const [, project, iid] = /^(.+)#(\d+)$/.exec(reference ?? '') ?? []
  if (reference === undefined || project === undefined || iid === undefined) return undefined
  return { reference, project, iid: Number(iid) }
}

async function isShown(read: () => Promise<unknown>): Promise<boolean> {
  try {
    await read()
    return true
  } catch (error) {
    if (error instanceof CallFailed && (error.status === 403 || error.status === 404)) return false
    throw error
  }
}
