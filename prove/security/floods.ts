/** Webhooks that hang, many at once: the slowest are cut off, so that webhooks and clicks get through all the same. */
import { connect, type Socket } from 'node:net'
import { PEOPLE } from '../../sandbox/slack/people.ts'
import type { Findings } from './findings.ts'
import { formCopy, type SecuredDesk, startSecuredDesk } from './secured-desk.ts'

const routes = ['/webhooks/gitlab', '/webhooks/zendesk'] as const
const atOnce = 200
/** As many as a route works on at once. */
const places = 100
const patienceMs = 10_000
/** Of requests one after the other, in which the bot has long seen that others have gone away. */
const mostRounds = 1_000

export async function proveFloods(findings: Findings): Promise<void> {
  const desk = await startSecuredDesk()
  try {
    const iid = await desk.request(formCopy())
    const ticket = await desk.ticket('Is my data encrypted at rest?')
    for (const path of routes) await flood(findings, desk, path, { iid, ticket })
  } finally {
    await desk.close()
  }
}

async function flood(
  findings: Findings,
  desk: SecuredDesk,
  path: string,
  { iid, ticket }: { readonly iid: number; readonly ticket: number },
): Promise<void> {
  const { tried, reach, broken } = findings
  const hanging = Array.from({ length: atOnce }, () => hang(desk, path))
  // The slowest of them, for each that came later.
  const shed = () => hanging.filter(({ answer }) => answer().startsWith('HTTP/1.1 408'))
  tried(atOnce)
  if (!(await answered(hanging, atOnce - places)))
    broken(`${path}: of ${atOnce} that hang, ${shed().length} are shed`)
  else reach('a flood of webhooks was shed', shed().length)
  await served(findings, desk, path, 'a webhook', async () => {
    const status = (await fetch(`${desk.url}${path}`, { method: 'POST', body: '{}' })).status
    // It is read, and refused for its signature alone.
    return { status: status === 401 ? 200 : status }
  })
  await served(findings, desk, path, 'a click', () =>
    desk.slack.click(PEOPLE.engineer.id, desk.card(iid), { button: 'Fail Verification' }, { confirm: true }),
  )
  await served(findings, desk, path, 'a click on a ticket’s card', () =>
    desk.slack.click(PEOPLE.fieldSecurity.id, desk.ticketCard(ticket), { button: 'Reply' }),
  )
  if ((await fetch(`${desk.url}/healthz`)).status !== 200)
    broken(`${path}: the bot does not answer meanwhile`)
  for (const { socket } of hanging) socket.destroy()
  await placesAreFree(findings, desk, path)
}

async function served(
  { tried, reach, broken }: Findings,
  desk: SecuredDesk,
  path: string,
  what: string,
  act: () => Promise<{ readonly status: number }>,
): Promise<void> {
  tried()
  const { status } = await act()
  if (status === 200) reach('a click was acknowledged under a flood of webhooks')
  else broken(`${what} is answered ${status} while ${path} is flooded`)
  await desk.settle()
}

/** Those who went away hold nothing up: a webhook is read again, and refused for its signature alone. */
async function placesAreFree({ broken, reach }: Findings, desk: SecuredDesk, path: string): Promise<void> {
  const status = async () => (await fetch(`${desk.url}${path}`, { method: 'POST', body: '{}' })).status
  let last = 0
  for (let round = 0; round < mostRounds && last !== 401; round += 1) last = await status()
  if (last === 401) reach('the places of a flood were free again')
  else broken(`${path}: answered ${last} after the flood`)
}

interface Hanging {
  readonly socket: Socket
  readonly answer: () => string
}

/** A request whose body never ends. */
function hang({ port }: SecuredDesk, path: string): Hanging {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.on('error', () => {})
  socket.write(`POST ${path} HTTP/1.1\r\nHost: desk\r\nContent-Length: 1000\r\n\r\n{`)
  return { socket, answer: () => answer }
}

/** Whether so many of them have an answer before the patience ends. */
function answered(hanging: readonly Hanging[], most: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const count = () => {
    if (hanging.filter(({ answer }) => answer() !== '').length >= most) resolve(true)
  }
  for (const { socket } of hanging) socket.on('data', count)
  const late = setTimeout(() => resolve(false), patienceMs)
  count()
  return promise.finally(() => clearTimeout(late))
}
