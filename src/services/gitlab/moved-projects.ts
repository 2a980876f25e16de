/**
 * A project that was renamed or moved answers its old path with 301 to its id, and everything but a GET with 405
 * (`Non GET methods are not allowed for moved projects`, lib/api/helpers.rb). By its id it is the same as ever.
 */
import { CallFailed } from '../call-failed.ts'

/** The ids of projects that answer to another path by now, or may, by the path that is asked for. */
export interface MovedProjects {
  /** The id of the project, where that path is an old one or the id is known otherwise. */
  idOf(path: number | string): number | undefined
  remember(path: string, id: number): void
}

/** Makes the memory of moved projects: one for all clients, and empty, since GitLab says it again at each start. */
export function movedProjects(): MovedProjects {
  const ids = new Map<string, number>()
  return {
    idOf: (path) => ids.get(String(path).toLowerCase()),
    remember: (path, id) => void ids.set(path.toLowerCase(), id),
  }
}

/** `projects/group%2Fproject/issues` -> the project's path and what follows it. */
const ofProject = /^(projects\/)([^/?]+)(.*)$/

/**
 * Makes a call, by the id of a project that has moved. An old path is found out by the call itself: it is made again,
 * since a redirect and a 405 say for certain that nothing was done. `call` is given the endpoint.
 */
export async function followMoved<T>(
  moved: MovedProjects,
  base: URL,
  endpoint: string,
  call: (endpoint: string, method?: 'GET') => Promise<T>,
): Promise<T> {
  const [, before, name, after] = ofProject.exec(endpoint) ?? []
  if (before === undefined || name === undefined || after === undefined) return call(endpoint)
  const path = decodeURIComponent(name)
  const byId = (id: number) => call(`${before}${id}${after}`)
  const known = moved.idOf(path)
  if (known !== undefined) return byId(known)
  try {
    return await call(endpoint)
  } catch (error) {
    const id = await idAfter(error, base, { path, before, after }, call)
    if (id === undefined) throw error
    moved.remember(path, id)
    return byId(id)
  }
}

interface Asked {
  readonly path: string
  readonly before: string
  readonly after: string
}

async function idAfter(
  error: unknown,
  base: URL,
  { path, before, after }: Asked,
  call: (endpoint: string, method: 'GET') => Promise<unknown>,
): Promise<number | undefined> {
  if (!(error instanceof CallFailed) || !path.includes('/')) return undefined
  if (error.redirectedTo !== undefined) return idIn(error.redirectedTo, base, before, after)
  if (error.status !== 405) return undefined
  try {
    await call(`${before}${encodeURIComponent(path)}`, 'GET')
  } catch (refused) {
    if (!(refused instanceof CallFailed)) throw refused
    return refused.redirectedTo === undefined ? undefined : idIn(refused.redirectedTo, base, before, '')
  }
  return undefined
}

/** Only where it leads to the same thing of the same GitLab, and names the project by number. */
function idIn(location: string, base: URL, before: string, after: string): number | undefined {
  if (!URL.canParse(location, base)) return undefined
  const to = new URL(location, base)
  const root = `${base.pathname}${before}`
  if (to.origin !== base.origin || !to.pathname.startsWith(root)) return undefined
  const [id = '', ...rest] = to.pathname.slice(root.length).split('/')
  const same = rest.map((part) => `/${part}`).join('') === after.replace(/\?.*$/, '')
  return /^\d{1,15}$/.test(id) && same ? Number(id) : undefined
}
