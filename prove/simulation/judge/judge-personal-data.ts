/** Nothing of what requesters are or wrote is in Slack or in any file that the bot left, but before the eyes of one person who asked for it and may. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Evidence } from '../check.ts'
import type { OutgoingCall } from '../network.ts'
import { type Act, decoded } from './acts.ts'
import { anyRole, holds } from './case-file.ts'

export function judgePersonalData({ world, findings }: Evidence, acts: readonly Act[]): void {
  const secrets = new Set([...world.secrets, ...[...world.requesters.values()].flatMap((one) => one.secrets)])
  const calls = world.network.calls
    .filter(({ service }) => service === 'slack')
    .map((call) => ({ ...call, text: decoded(call.text) }))
  const files = readdirSync(world.folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => ({ name: one.name, bytes: readFileSync(join(one.parentPath, one.name)) }))
  // Whoever may decide on a ticket reads it in the modal, and whoever asks for the details of a request in theirs.
  const outside = calls.filter(({ path }) => !/\/views\.(?:open|update|push)$/.test(path))
  const beside = calls.filter((call) => outside.includes(call) || !isDetails(call, acts))
  for (const secret of [...secrets, ...world.ticketSecrets]) {
    const call = (secrets.has(secret) ? beside : outside).find(({ text }) => text.includes(secret))
    if (call) findings.broken.push(`“${secret}” went to Slack with ${call.path} at ${call.at}`)
    const file = files.find(({ bytes }) => bytes.includes(secret))
    if (file) findings.broken.push(`“${secret}” lies in ${file.name}`)
    if (world.errors.some((line) => line.includes(secret))) findings.broken.push(`“${secret}” is in the log`)
  }
}

/** The view of Show Details, opened for somebody who asked for it and holds a role at the desk. */
function isDetails({ path, text }: Pick<OutgoingCall, 'path' | 'text'>, acts: readonly Act[]): boolean {
  if (!text.includes('"callback_id":"details"')) return false
  if (!path.endsWith('views.open')) return true
  const by = acts.find(({ triggerId }) => triggerId !== '' && text.includes(triggerId))
  return by !== undefined && holds(by.userId, anyRole)
}
