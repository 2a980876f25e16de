import type { Config } from '../../config/config.ts'
import type { EffectRule } from '../../engine/effect.ts'
import { type Flow, type On, type Step, transitionsOf } from '../../engine/flow.ts'
import type { IssuePurpose, Lack } from '../../engine/need.ts'
import { flows } from '../../flows/index.ts'
import { labels } from '../../flows/labels.ts'
import type { Fetch } from '../../services/ask.ts'
import type { SeenProject } from '../../services/gitlab/answers.ts'
import { connectGitLab, type GitLab } from '../../services/gitlab/client.ts'
import { handbookName, labelName } from '../../services/gitlab/label-names.ts'
import {
  featureRequestLack,
  featureRequestOf,
  projectLack,
  templateLack,
} from '../../services/gitlab/needs.ts'
import { readToken, type SeenToken, tokenEnd } from '../../services/gitlab/token-end.ts'
import { isRenamed, renamedMend, renamedText } from '../../services/gitlab/watch-project.ts'
import { checkHook, checkServiceDesk } from './check-incoming.ts'
import { type Finding, look, ok, problem, warn } from './finding.ts'
import { type GitLabReads, gitlabReads, planner } from './gitlab-reads.ts'
import { labelsIn, misspeltFindings, presenceText } from './labels-found.ts'

/**
 * Checks the account, the project, the webhook, Service Desk, the templates, the labels and the expert teams in
 * GitLab. Without a readable account and project the rest is not looked at.
 */
export async function checkGitLab(
  config: Config,
  fetch: Fetch,
  now: () => Date,
): Promise<readonly Finding[]> {
  const { url, token, adminToken, project } = config.gitlab
  const client = connectGitLab({ url, token, project, fetch })
  const own = await look('GitLab', 'check GITLAB_URL and GITLAB_TOKEN', async () =>
    checkAccount(client, await readToken({ url, token, fetch }), now()),
  )
  if (own.some(({ verdict }) => verdict === 'problem')) return own
  const account = [
    ...own,
    ...(adminToken === undefined
      ? []
      : await look('GITLAB_ADMIN_TOKEN', newToken('GITLAB_ADMIN_TOKEN'), async () =>
          checkAdminToken(await readToken({ url, token: adminToken, fetch }), now()),
        )),
  ]
  const seen = await look('GitLab project', 'check GITLAB_PROJECT', () => checkProject(config, client))
  if (seen.some(({ verdict }) => verdict === 'problem')) return [...account, ...seen]
  const mend = 'see that GitLab answers, then try again'
  // By its id: a project that was renamed is found by its old path no more.
  const id = (await client.project())?.id ?? project
  const reads = gitlabReads({ ...config.gitlab, project: id }, fetch)
  return [
    ...account,
    ...seen,
    ...(await look('GitLab webhook', mend, () => checkHook(config.gitlab, reads))),
    ...(await look('GitLab Service Desk', mend, () => checkServiceDesk(config, reads, now))),
    ...(await look('GitLab templates', mend, () => checkTemplates(config, client))),
    ...(await look('GitLab feature request', mend, () => checkFeatureRequest(config, client))),
    ...(await look('GitLab labels', mend, () => checkLabels(config, reads))),
    ...(await look('Expert teams', mend, () => checkExpertTeams(config, client, reads))),
  ]
}

async function checkAccount(
  client: GitLab,
  token: SeenToken | undefined,
  now: Date,
): Promise<readonly Finding[]> {
  const { username } = await client.me()
  if (token !== undefined && !token.scopes.includes('api')) {
    return [problem(`GitLab token of ${username}: it lacks the scope api`, 'make a token with the scope api')]
  }
  const expiry = token?.endsOn ? `; the token expires on ${token.endsOn}` : ''
  return [ok(`GitLab: signed in as ${username}${expiry}`), ...endFindings('GITLAB_TOKEN', token, now)]
}

function checkAdminToken(token: SeenToken | undefined, now: Date): readonly Finding[] {
  const expiry = token?.endsOn ? `; it expires on ${token.endsOn}` : ''
  return [
    ok(`GITLAB_ADMIN_TOKEN: GitLab accepts it${expiry}`),
    ...endFindings('GITLAB_ADMIN_TOKEN', token, now),
  ]
}

function endFindings(setting: string, token: SeenToken | undefined, now: Date): readonly Finding[] {
  const end = token && tokenEnd(setting, token, now)
  return end ? [(end.isOver ? problem : warn)(`GitLab: ${end.text}`, newToken(setting))] : []
}

function newToken(setting: string): string {
  return `make a new token, set ${setting} and start the bot again`
}

async function checkProject({ gitlab }: Config, client: GitLab): Promise<readonly Finding[]> {
  const project = await client.project()
  if (project === undefined) {
    const mend = 'check GITLAB_PROJECT, and make the bot’s account a member (Reporter)'
    return [problem(`GitLab project ${gitlab.project}: not there, or the token may not see it`, mend)]
  }
  const name = `GitLab project ${project.path}`
  const renamed = isRenamed(gitlab.project, project)
    ? [warn(`GitLab project: ${renamedText(gitlab.project, project)}`, renamedMend(project))]
    : []
  const { level } = project
  if (level === undefined) return [ok(`${name}: readable`), ...renamed]
  if (level >= planner)
    return [ok(`${name}: readable, and the bot’s account may work on its issues`), ...renamed]
  // An administrator, or a member by an invited group, stands in neither of the two.
  return [
    warn(`${name}: the bot’s account is no member that may label and close issues`, 'make it a Reporter'),
    ...renamed,
  ]
}

async function checkTemplates({ gitlab, desk }: Config, client: GitLab): Promise<readonly Finding[]> {
  const ofTeam: Readonly<Record<string, string | undefined>> = desk.templates
  const absentFrom = async (project: number | string, ...purposes: readonly IssuePurpose[]) => {
    const absent: string[] = []
    for (const template of templatesOf(Object.values(flows), purposes)) {
      const name = ofTeam[template] ?? template
      if (await templateLack(client, project, name)) absent.push(name)
    }
    return templateFinding(project, absent)
  }
  const meta = await absentFrom(gitlab.project, 'meta', 'escalation')
  if (gitlab.trustSafetyProject !== undefined) {
    return [meta, await absentFrom(gitlab.trustSafetyProject, 'reinstatement')]
  }
  const text = 'GITLAB_TRUST_SAFETY_PROJECT is not set: a person must open reinstatement issues'
  return [meta, warn(text, 'set it, if the bot is to open them')]
}

function templateFinding(project: number | string, absent: readonly string[]): Finding {
  const what = `GitLab templates of ${project}`
  if (absent.length === 0) return ok(`${what}: all that are needed are there`)
  const mend = 'add them as .gitlab/issue_templates/NAME.md, or give the names they have in desk.yaml'
  return warn(`${what}: not to be seen are ${absent.join(', ')}`, mend)
}

async function checkLabels({ desk }: Config, reads: GitLabReads): Promise<readonly Finding[]> {
  const wanted = labels.map((label) => labelName(label, desk.labels))
  const found = await labelsIn(wanted, reads)
  const mend = (label: string, alike: string) => {
    const handbooks = handbookName(label, desk.labels)
    return `if they mean the same, write "${handbooks}": "${alike}" under labels in desk.yaml; else nothing`
  }
  return [
    ok(`GitLab labels: ${presenceText(found, wanted)}`),
    ...misspeltFindings('GitLab labels', found, mend),
  ]
}

/** The issue templates that the flows' effects of these purposes open issues from. */
function templatesOf(flows: readonly Flow[], purposes: readonly IssuePurpose[]): readonly string[] {
  const names = flows
    .flatMap(rulesOf)
    .flatMap((rule) => (rule.kind === 'open-issue' && purposes.includes(rule.purpose) ? [rule.template] : []))
  return [...new Set(names)]
}

function rulesOf({ anytime, on, steps }: Flow): readonly EffectRule[] {
  return [
    ...Object.values(anytime).flatMap((decision) => decision.do),
    ...rulesOn(on),
    ...Object.values(steps).flatMap(rulesOfStep),
  ]
}

function rulesOfStep({ onEntry = [], on, decisions }: Step): readonly EffectRule[] {
  return [...onEntry, ...rulesOn(on), ...Object.values(decisions).flatMap((decision) => decision.do)]
}

function rulesOn(on: On = {}): readonly EffectRule[] {
  return Object.values(on).flatMap((declared) => transitionsOf(declared).flatMap((one) => one.do ?? []))
}

// Can the bot open an issue with each expert team? Told from what it may read: nothing is written.

type ExpertTeam = Config['desk']['expertTeams'][number]

/** Checks that the account may open issues in each expert team's project, with its template and labels. */
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
  const seen = await client.project(team.project)
  const lack = projectLack(team.project, seen)
  if (lack) return [lacking(what, lack)]
  const template =
    team.template === undefined ? undefined : await templateLack(client, team.project, team.template)
  const labels = await labelsIn(team.labels, reads, team.project)
  const found = [
    ...levelFinding(what, seen),
    ...(template ? [lacking(what, template)] : []),
    ...misspeltFindings(
      what,
      labels,
      (_label, alike) => `if they mean the same, name the team’s label "${alike}" in desk.yaml; else nothing`,
    ),
  ]
  return found.length > 0 ? found : [ok(`${what}: issues can be opened in ${seen?.path}`)]
}

/** What keeps a decision from being taken is said in the same words as to whoever takes it. */
function lacking(what: string, { text, mend }: Lack): Finding {
  return warn(`${what}: ${small(text)}`, small(mend))
}

function small(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

function levelFinding(what: string, { level, path }: Partial<SeenProject> = {}): readonly Finding[] {
  if (level === undefined || level >= planner) return []
  const text =
    level === 0
      ? `${what}: the bot’s account is no member of ${path}, so that perhaps it may open no issues there`
      : `${what}: the bot’s account may set no labels in ${path}`
  return [warn(text, 'make it a Reporter')]
}

/** Checks that the feature request can be seen on which deceased users are noted; no finding where that is off. */
async function checkFeatureRequest({ desk }: Config, client: GitLab): Promise<readonly Finding[]> {
  const feature = featureRequestOf(desk.featureRequest)
  if (!feature) return []
  const what = 'GitLab feature request'
  const lack = await featureRequestLack(client, feature)
  return [lack ? lacking(what, lack) : ok(`${what}: ${feature.reference} can be seen`)]
}
