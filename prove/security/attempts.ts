/** Signed requests sent to the whole bot, changed in every way; what was forged must be refused and stored nowhere. */
import type { Findings } from './findings.ts'
import { asHeader, mutations } from './mutations.ts'
import { post, type SecuredDesk } from './secured-desk.ts'

const stored = (desk: SecuredDesk) => Number(desk.rows('SELECT count(*) AS n FROM inbox')[0]?.n)

/** Without the webhooks that the services send of what a decision has done. */
const storedAsSuch = (desk: SecuredDesk) =>
  Number(desk.rows("SELECT count(*) AS n FROM inbox WHERE kind = 'decision' OR key LIKE '%:proof-%'")[0]?.n)

export interface Attempt {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Everything must be refused with 401, and nothing of it stored. */
export async function allRefused(
  { tried, letIn }: Findings,
  desk: SecuredDesk,
  where: string,
  path: string,
  attempts: Iterable<Attempt>,
): Promise<void> {
  const before = stored(desk)
  for (const { headers, body } of attempts) {
    tried()
    const status = await post(`${desk.url}${path}`, headers, Buffer.from(body, 'latin1'))
    if (status !== 401) letIn(`${where}: answered ${status}, not 401`, JSON.stringify(headers) + body)
  }
  await desk.settle()
  if (stored(desk) !== before) letIn(`${where}: something forged was stored`)
}

/** The right one is taken, and the same again does nothing. */
export async function takenOnce(
  { tried, reach, duplicated }: Findings & { readonly duplicated: (what: string) => void },
  desk: SecuredDesk,
  where: string,
  path: string,
  { headers, body }: Attempt,
): Promise<void> {
  const before = storedAsSuch(desk)
  for (const _again of [1, 2, 3]) {
    tried()
    const status = await post(`${desk.url}${path}`, headers, body)
    if (status === 200) reach(`${where}: the true one was taken`)
  }
  await desk.settle()
  const status = await post(`${desk.url}${path}`, headers, body)
  await desk.settle()
  if (status !== 200 || storedAsSuch(desk) !== before + 1)
    duplicated(`${where}: replayed, it was stored ${storedAsSuch(desk) - before} times`)
}

export function* changedHeader(
  headers: Readonly<Record<string, string>>,
  name: string,
  body: string,
  bits: number,
): Generator<Attempt> {
  const value = headers[name] ?? ''
  for (const changed of mutations(value, bits)) {
    const sendable = asHeader(changed)
    if (sendable !== undefined && sendable !== value)
      yield { headers: { ...headers, [name]: sendable }, body }
  }
  const { [name]: _left, ...without } = headers
  yield { headers: without, body }
}

export function* changedBody(
  headers: Readonly<Record<string, string>>,
  body: string,
  bits: number,
): Generator<Attempt> {
  const step = bits === 8 ? 1 : Math.ceil(body.length / 200)
  for (const changed of mutations(body, bits, step)) if (changed !== body) yield { headers, body: changed }
}
