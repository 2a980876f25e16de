/** What goes wrong between the bot and the services it asks, and how often. */
import type { History } from './history.ts'
import type { Service } from './network.ts'
import type { Prng } from './prng.ts'

export const faultKinds = [
  'refused-connection',
  'reset-before-sent',
  'dropped-after-applied',
  '429',
  '429-bare',
  '500',
  '500-after-applied',
  '502-html',
  'html-200-after-applied',
  'half-body',
  'stalled-body',
  'hang',
  'hang-after-applied',
  'applied-after-timeout',
  'slow',
  'dies-before-sent',
  'dies-after-applied',
] as const

export type FaultKind = (typeof faultKinds)[number]

/** Whether the request is carried out, whatever the answer is like. */
export function isApplied(kind: FaultKind): boolean {
  return ![
    'refused-connection',
    'reset-before-sent',
    '429',
    '429-bare',
    '500',
    '502-html',
    'hang',
    'dies-before-sent',
  ].includes(kind)
}

export interface Weather {
  readonly name: 'calm' | 'gusty' | 'storm' | `${Service}-down` | `${Service}-hangs`
  /** The share of the calls of this service that go wrong. */
  readonly slack: number
  readonly gitlab: number
  readonly zendesk: number
  /** The share of the deliveries to the bot that get lost. */
  readonly deliveries: number
  readonly deaths: number
}

const calm: Weather = { name: 'calm', slack: 0, gitlab: 0, zendesk: 0, deliveries: 0, deaths: 0 }

const weathers: readonly Weather[] = [
  calm,
  { name: 'gusty', slack: 0.04, gitlab: 0.06, zendesk: 0.06, deliveries: 0.05, deaths: 0.001 },
  { name: 'storm', slack: 0.2, gitlab: 0.3, zendesk: 0.3, deliveries: 0.3, deaths: 0.01 },
  { name: 'slack-down', slack: 0.9, gitlab: 0.03, zendesk: 0.03, deliveries: 0.1, deaths: 0.002 },
  { name: 'gitlab-down', slack: 0.03, gitlab: 0.9, zendesk: 0.03, deliveries: 0.5, deaths: 0.002 },
  { name: 'zendesk-down', slack: 0.03, gitlab: 0.03, zendesk: 0.9, deliveries: 0.5, deaths: 0.002 },
  { ...calm, name: 'slack-hangs', slack: 1 },
  { ...calm, name: 'gitlab-hangs', gitlab: 1 },
  { ...calm, name: 'zendesk-hangs', zendesk: 1 },
]

/** So much of each, in their order. */
const shares = [4, 4, 2, 0.5, 0.7, 0.7, 0.3, 0.6, 0.6] as const

/** Counted when a call met it. */
export const hung = 'a service hung while the others worked'
export const forEver = 'one address answered 500 for ever'

/** One address of a service, to which what is written is answered 500 until somebody mends it. */
export interface Broken {
  readonly service: Service
  readonly method: 'POST' | 'PUT'
  readonly path: RegExp
}

const answersLost = [
  'dropped-after-applied',
  '500-after-applied',
  'html-200-after-applied',
  'half-body',
  'hang-after-applied',
  'applied-after-timeout',
] as const satisfies readonly FaultKind[]

/** New notes, issues and links in GitLab, and what is written on a ticket. */
function isDelicate(method: string, path: string): boolean {
  if (method === 'PUT') return /\/tickets\/\d+(?:\.json)?$/.test(path)
  return method === 'POST' && /\/(?:notes|issues|links)$/.test(path)
}

export class Faults {
  weather: Weather = calm
  /** Each weather with the time from which it was, in milliseconds since the run began; oldest first. */
  readonly weathers: { readonly at: number; readonly name: Weather['name'] }[] = []
  #broken: Broken | undefined
  #isOver = false
  readonly #prng: Prng
  readonly #history: History
  readonly #elapsed: () => number

  constructor(prng: Prng, history: History, elapsed: () => number) {
    this.#prng = prng
    this.#history = history
    this.#elapsed = elapsed
  }

  turn(): void {
    this.weather = this.#prng.weighted(weathers.map((one, index) => [shares[index] ?? 1, one] as const))
    this.weathers.push({ at: this.#elapsed(), name: this.weather.name })
    this.#history.add(`weather ${this.weather.name}`)
  }

  end(): void {
    this.#isOver = true
    this.weather = calm
    this.#broken = undefined
    this.weathers.push({ at: this.#elapsed(), name: 'calm' })
    this.#history.add('weather calm for good')
  }

  /** From now on, until the faults end. */
  breakForEver(broken: Broken): void {
    this.#broken = broken
    this.#history.add(`${broken.service} ${broken.method} ${broken.path.source} answers 500 from now on`)
  }

  /** What happens to this call; undefined where all goes well. */
  ofCall(service: Service, method: string, path: string): FaultKind | undefined {
    if (this.#isBroken(service, method, path)) {
      this.#history.count(forEver)
      return this.#met('500')
    }
    if (this.weather.name === `${service}-hangs`) {
      this.#history.count(hung)
      return this.#met('hang')
    }
    // Where a repetition would be seen, answers get lost in good weather, too.
    if (!this.#isOver && isDelicate(method, path) && this.#prng.chance(0.1))
      return this.#met(this.#prng.pick(answersLost))
    if (this.#prng.chance(this.weather.deaths))
      return this.#met(this.#prng.pick(['dies-before-sent', 'dies-after-applied']))
    if (!this.#prng.chance(this.weather[service])) return undefined
    const isDown = this.weather.name === `${service}-down`
    return this.#met(
      isDown
        ? this.#prng.pick(['refused-connection', '502-html', 'hang', '500', '429'])
        : this.#prng.pick(faultKinds.filter((kind) => !kind.startsWith('dies'))),
    )
  }

  #isBroken(service: Service, method: string, path: string): boolean {
    const broken = this.#broken
    return (
      broken !== undefined && broken.service === service && broken.method === method && broken.path.test(path)
    )
  }

  /** Whether a delivery to the bot gets lost: on the way, or only the answer to it. */
  ofDelivery(): 'lost' | 'answer-lost' | undefined {
    if (!this.#prng.chance(this.weather.deliveries)) return undefined
    const kind = this.#prng.pick(['lost', 'answer-lost'] as const)
    this.#history.fault(`delivery-${kind}`)
    return kind
  }

  #met(kind: FaultKind): FaultKind {
    this.#history.fault(kind)
    return kind
  }
}
