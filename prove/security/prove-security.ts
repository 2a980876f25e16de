/** The proof of the desk's security: forged, hostile, foreign, too much, and nothing that leaks. */
import type { Proof, Prove } from '../proof.ts'
import { proveBodies } from './bodies.ts'
import { proveElsewhere } from './elsewhere.ts'
import { type Collected, type Findings, findings } from './findings.ts'
import { proveFloods } from './floods.ts'
import { proveInjection } from './injection.ts'
import { proveNoLeak } from './leaks.ts'
import { provePeople } from './people.ts'
import { provePeopleOfTickets } from './people-of-tickets.ts'
import { proveSignatures } from './signatures.ts'

export interface Sizes {
  /** Hostile strings through each path. */
  readonly strings: number
  /** Bits flipped of each byte over HTTP. */
  readonly bits: number
  /** Waits for the end of senders that are too slow, about 45 seconds, beside all else. */
  readonly isPatient: boolean
}

const sizes: Readonly<Record<'ci' | 'full', Sizes>> = {
  ci: { strings: 3_000, bits: 1, isPatient: true },
  full: { strings: 100_000, bits: 8, isPatient: true },
}

export const proveSecurity: Prove = ({ size, log }) => proveSecurityBy(sizes[size], log)

export async function proveSecurityBy(
  { strings, bits, isPatient }: Sizes,
  log: (line: string) => void,
): Promise<Proof> {
  const found = findings()
  const bodies = part(found, log, 'bodies', () => proveBodies(found, isPatient))
  const parts: Readonly<Record<string, (found: Findings) => Promise<void>>> = {
    signatures: (found) => proveSignatures(found, bits),
    floods: proveFloods,
    people: provePeople,
    'people of tickets': provePeopleOfTickets,
    elsewhere: proveElsewhere,
    leaks: proveNoLeak,
  }
  for (const [name, prove] of Object.entries(parts)) await part(found, log, name, () => prove(found))
  // What comes last gives nobody a turn for minutes, in which neither the slow sender nor the bot would look at the clock.
  await bodies
  await part(found, log, 'injection', () => proveInjection(found, strings))
  return { name: 'security', runs: 1, missing: [], duplicated: [], ...found.tally() }
}

async function part(
  found: Collected,
  log: (line: string) => void,
  name: string,
  prove: () => Promise<void>,
): Promise<void> {
  try {
    await prove()
    const { letIn, broken, badInputs } = found.tally()
    log(`security, ${name}: ${badInputs} bad inputs so far, ${letIn.length + broken.length} findings`)
  } catch (error) {
    found.broken(`${name} could not be proved`, error instanceof Error ? (error.stack ?? error.message) : '')
  }
}
