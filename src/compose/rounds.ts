/** What the bot does by itself, each one round: look at the clocks, keep house. Each service looks for what is new in it. */
import type { Config } from '../config/config.ts'
import type { Desk } from '../desks/desk.ts'
import { postBatchWhenDue } from '../requests/batches.ts'
import type { CardStateParts } from '../requests/card-states.ts'
import { digestWhenDue } from '../requests/digest.ts'
import { purgeWhenDue, remind } from '../requests/remind.ts'

export interface RoundParts {
  readonly config: Config
  readonly cards: CardStateParts
  readonly isOn: (desk: Desk) => boolean
}

export interface Rounds {
  lookAtClocks(): Promise<void>
  keepHouse(): Promise<void>
}

export function roundsOf({ config, cards, isOn }: RoundParts): Rounds {
  const { context } = cards
  const { digestAt } = config
  return {
    lookAtClocks: async () => {
      await remind(context)
      for (const desk of context.desks.all.filter(isOn)) {
        if (desk.command.also.includes('batch')) await postBatchWhenDue({ ...cards, digestAt })
        await digestWhenDue({ context, digestAt, desk })
      }
    },
    keepHouse: async () => {
      await context.store.checkpoint()
      await purgeWhenDue(context, config.retentionDays)
    },
  }
}
