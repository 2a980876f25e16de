/** Nothing of what requesters are or wrote is in Slack or in any file that the bot left. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { detailsCallback } from '../../../src/views/details-modal.ts'
import type { Evidence } from '../check.ts'
import { decoded } from './payloads.ts'

/** As a view of Show Details is sent, and no other. */
const detailsView = `"callback_id":"${detailsCallback}"`

export function checkPersonalData({ world, findings }: Evidence): void {
  const secrets = new Set([...world.secrets, ...[...world.requesters.values()].flatMap((one) => one.secrets)])
  const calls = world.network.calls
    .filter(({ service }) => service === 'slack')
    .map((call) => ({ ...call, text: decoded(call.text) }))
  const files = readdirSync(world.folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => ({ name: one.name, bytes: readFileSync(join(one.parentPath, one.name)) }))
  // Whoever may decide on a ticket reads it in the modal, and whoever asks for the details of a request in theirs.
  const outside = calls.filter(({ path }) => !/\/views\.(?:open|update|push)$/.test(path))
  const beside = calls.filter((call) => outside.includes(call) || !call.text.includes(detailsView))
  for (const secret of [...secrets, ...world.ticketSecrets]) {
    const call = (secrets.has(secret) ? beside : outside).find(({ text }) => text.includes(secret))
    if (call) findings.broken.push(`“${secret}” went to Slack with ${call.path} at ${call.at}`)
    const file = files.find(({ bytes }) => bytes.includes(secret))
    if (file) findings.broken.push(`“${secret}” lies in ${file.name}`)
    if (world.errors.some((line) => line.includes(secret))) findings.broken.push(`“${secret}” is in the log`)
  }
}
