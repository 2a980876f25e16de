/** Requesters and colleagues in GitLab: they ask, answer, and change by hand what the bot believes to know. */
import { autoResponse, usernames } from '../../sandbox/gitlab/gitlab.ts'
import type { Issue } from '../../sandbox/gitlab/world.ts'
import { labels, requestTypes } from '../../src/flows/labels.ts'
import { loadSnippets } from '../../src/flows/snippets.ts'
import { aRequester, hostileTexts, plainTexts, type Requester } from './texts.ts'
import type { World } from './world.ts'

const colleagues = [usernames.engineer, usernames.otherEngineer, usernames.manager, usernames.privacy]
const snippets = Object.values(loadSnippets())

/** As forms spell them. */
const embargoedCountries = ['Cuba', 'Iran', 'Syria', 'North Korea', 'Russia', 'Belarus', 'Crimea (Ukraine)']

/** More than this many are not needed to get in each other's way. */
const mostRequests = 6

export function actInGitLab(world: World): void {
  const { prng } = world
  const requests = deskIssues(world).filter((issue) => world.requesters.has(issue.iid))
  const isEmpty = requests.length === 0
  const act = prng.weighted<(world: World) => void>([
    [requests.length < mostRequests ? 4 : 0, submit],
    [9, reply],
    [2, changeLabels],
    [1.2, close],
    [1.6, reopen],
    [2, comment],
    [1, assign],
    [4, tick],
    [0.4, hide],
    [0.6, unhide],
    [0.1, remove],
  ])
  if (isEmpty) submit(world)
  else act(world)
}

export function deskIssues({ gitlab }: World): Issue[] {
  return gitlab.world.issues.filter(({ project }) => project.serviceDesk)
}

function submit(world: World): void {
  const { prng, gitlab, requesters, submissions, secrets, history } = world
  const known = [...requesters.values()]
  const requester =
    known.length > 0 && prng.chance(0.15) ? prng.pick(known) : aRequester(prng, requesters.size + 1)
  const type = prng.weighted([
    [4, requestTypes['account-deletion']],
    [1.5, requestTypes['deceased-user']],
    [1, requestTypes['data-export']],
    ...Object.values(requestTypes).map((one) => [1, one] as const),
    [1, 'Something else'],
  ])
  const comment = `Aunt Ottoline's ${prng.hex(4)} said so. ${prng.chance(0.2) ? 'I lost my phone with the authenticator.' : ''}`
  secrets.add(comment.slice(0, 24))
  const isDirect = prng.chance(0.08)
  const isEmbargoed = prng.chance(type === requestTypes['data-export'] ? 0.4 : 0.15)
  const country = isEmbargoed ? prng.pick(embargoedCountries) : 'Netherlands'
  const description = isDirect
    ? `Hello, delete all of ${requester.name}. ${comment}`
    : formOf({ ...requester, country }, type, comment, prng.chance(0.1))
  const isInvalid = prng.chance(0.04)
  const title = isInvalid
    ? 'Invalid Request Received'
    : prng.chance(0.2)
      ? prng.pick(hostileTexts).slice(0, 200)
      : `Request of ${requester.name}`
  const issue = gitlab.submitRequest({
    title,
    description,
    email: requester.email,
    ...(prng.chance(0.1) ? { autoResponse: undefined } : { autoResponse }),
  })
  requesters.set(issue.iid, requester)
  const { email } = requester
  submissions.set(issue.iid, { title, ...(!isDirect && { form: { type, email, country } }) })
  world.conditions.submitted()
  history.add(`#${issue.iid} comes in: ${type}`)
}

function formOf(
  { username, email, name, country }: Requester & { readonly country: string },
  type: string,
  comment: string,
  isOdd: boolean,
): string {
  const entries = {
    'Request Type': type,
    Username: username,
    'Email Address': email,
    'Country/Region': country,
    Comments: `${comment} Yours, ${name}`,
  }
  const lines = Object.entries(entries).map(([label, value]) => `**${label}:** ${value}`)
  return `${(isOdd ? lines.toReversed().slice(1) : lines).join('\n\n')}\n\nI confirm that I want to delete my account.\n`
}

function someRequest(world: World): Issue {
  const requests = deskIssues(world).filter((issue) => world.requesters.has(issue.iid))
  return world.prng.pick(requests)
}

function reply(world: World): void {
  const { prng, history, secrets } = world
  const { iid } = someRequest(world)
  const secret = `rainy-${prng.hex(5)}`
  secrets.add(secret)
  history.add(`the requester of #${iid} writes`)
  requesterWrites(
    world,
    iid,
    `I made it on a ${secret} day.\n${prng.chance(0.3) ? prng.pick(hostileTexts) : ''}`,
  )
}

export function requesterWrites(
  { gitlab, replies, time, conditions }: World,
  iid: number,
  text: string,
): void {
  conditions.replied(gitlab.issue(iid).state === 'closed')
  gitlab.requesterReplies(iid, text)
  replies.push({ iid, at: time.elapsed, ms: time.ms })
}

function changeLabels(world: World): void {
  const { prng, gitlab, history } = world
  const { iid } = someRequest(world)
  const label = prng.pick([...labels, 'team::other'])
  const isOn = prng.chance(0.7)
  history.add(`#${iid}: ${label} ${isOn ? 'set' : 'taken off'} by hand`)
  world.conditions.committing(iid)
  gitlab.someoneLabels(iid, prng.pick(colleagues), isOn ? [label] : [], isOn ? [] : [label])
}

function close(world: World): void {
  const { prng, gitlab, history } = world
  const { iid } = prng.pick(deskIssues(world))
  history.add(`#${iid} is closed by hand`)
  world.conditions.committing(iid)
  gitlab.someoneCloses(iid, prng.pick(colleagues))
}

function reopen(world: World): void {
  const closed = deskIssues(world).filter(({ state }) => state === 'closed')
  if (closed.length === 0) return
  const { iid } = world.prng.pick(closed)
  world.history.add(`#${iid} is reopened by hand`)
  world.conditions.committing(iid)
  world.gitlab.someoneReopens(iid, world.prng.pick(colleagues))
}

function comment(world: World): void {
  const { prng, gitlab, history } = world
  const { iid } = someRequest(world)
  const text = prng.weighted([
    [3, () => prng.pick(plainTexts)],
    [2, () => pasted(world)],
  ])()
  history.add(`a colleague comments on #${iid}`)
  gitlab.someoneComments(iid, prng.pick(colleagues), text, { internal: prng.chance(0.5) })
}

/** A reply of the handbook; of a duplicate at times with another issue than the one that is decided for, or as it stands. */
function pasted({ prng, requesters }: World): string {
  const text = prng.pick(snippets)
  return prng.chance(0.7) ? text.replace('#123', `#${prng.pick([...requesters.keys()])}`) : text
}

function assign(world: World): void {
  const { prng, gitlab, history } = world
  const { iid } = someRequest(world)
  history.add(`#${iid} is assigned`)
  gitlab.someoneAssigns(iid, prng.pick(colleagues), [prng.pick(colleagues)])
}

function tick(world: World): void {
  const { prng, gitlab, history, requesters } = world
  const metas = deskIssues(world).filter(({ iid }) => !requesters.has(iid))
  if (metas.length === 0) return
  const { iid } = prng.pick(metas)
  history.add(`a box of #${iid} is ticked`)
  gitlab.tickNext(iid, prng.pick(colleagues))
}

function hide(world: World): void {
  const { iid } = someRequest(world)
  world.history.add(`#${iid} is hidden from the bot`)
  world.gitlab.hide(iid)
}

/** A right that is given back leaves no trace in the issue. */
export function unhide(world: World): void {
  for (const { iid, hidden } of deskIssues(world)) if (hidden) world.gitlab.unhide(iid)
}

function remove(world: World): void {
  const { iid } = someRequest(world)
  world.history.add(`#${iid} is deleted`)
  world.gitlab.remove(iid)
}
