/** Can the bot open an issue with each expert team? Told from what it may read: nothing is written. */

import type { Config } from '../../config/config.ts'
import type { GitLab } from '../../services/gitlab/client.ts'
import { type Finding, ok, warn } from './finding.ts'
import { type GitLabReads, levelOf, type ProjectSeen, planner } from './gitlab-reads.ts'

type ExpertTeam = Config['desk']['expertTeams'][number]

export async function checkExpertTeams(
  { zendesk, desk }: Config,
  client: GitLab,
  reads: GitLabReads,
): Promise<readonly Finding[]> {
  if (zendesk === undefined) return []
  if (desk.expertTeams.length === 0)
    return [warn('Expert teams: none, so Engage Expert is not offered', 'name them in desk.yaml')]
  const found: Finding[] = []
  for (const team of desk.expertTeams) found.push(...(await checkTeam(team, client, reads)))
  return found
}

async function checkTeam(team: ExpertTeam, client: GitLab, reads: GitLabReads): Promise<readonly Finding[]> {
  const what = `Expert team ${team.name}`
  const project = await reads.project(team.project)
  if (project === undefined) {
    const mend = 'correct the project in desk.yaml, or make the bot’s account a member (Reporter)'
    return [warn(`${what}: its project ${team.project} is not there, or the token may not see it`, mend)]
  }
  const lacking = [
    ...issuesFinding(what, project),
    ...(await templateFinding(what, team, client)),
    ...(await labelsFinding(what, team, reads)),
  ]
  return lacking.length > 0
    ? lacking
    : [ok(`${what}: issues can be opened in ${project.path_with_namespace}`)]
}

function issuesFinding(what: string, project: ProjectSeen): readonly Finding[] {
  const name = project.path_with_namespace
  if (project.archived) return [warn(`${what}: ${name} is archived`, 'name another project in desk.yaml')]
  if (project.issues_access_level === 'disabled')
    return [warn(`${what}: ${name} has no issues`, 'switch them on, or name another project in desk.yaml')]
  const level = levelOf(project)
  if (level === undefined || level >= planner) return []
  const text =
    level === 0
      ? `${what}: the bot’s account is no member of ${name}, so that perhaps it may open no issues there`
      : `${what}: the bot’s account may set no labels in ${name}`
  return [warn(text, 'make it a Reporter')]
}

async function templateFinding(
  what: string,
  { template, project }: ExpertTeam,
  client: GitLab,
): Promise<readonly Finding[]> {
  if (template === undefined || (await client.issueTemplate(project, template)) !== undefined) return []
  const mend = `add .gitlab/issue_templates/${template}.md, or correct the name in desk.yaml`
  return [warn(`${what}: ${project} has no issue template ${template} to be seen`, mend)]
}

async function labelsFinding(
  what: string,
  { labels, project }: ExpertTeam,
  reads: GitLabReads,
): Promise<readonly Finding[]> {
  const absent: string[] = []
  for (const label of labels) if (!(await reads.hasLabel(label, project))) absent.push(label)
  if (absent.length === 0) return []
  const mend = 'nothing, if they are new: GitLab makes a label when it is first set'
  return [warn(`${what}: labels that are not there yet: ${absent.join(', ')}`, mend)]
}
