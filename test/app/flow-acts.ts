/** What the tests of the flows do besides clicking: the menu of a card, the meta issue, a requester who answers. */
import type { Issue } from '../../sandbox/gitlab/world.ts'
import type { View } from '../../sandbox/slack/workspace.ts'
import { inSlack, modalAfter, people, startWorld, type World, type WorldOptions } from './desk-world.ts'

export interface InWorld {
  readonly world: World
  readonly iid: number
}

/** A request of this type, in a world of its own. */
export async function aRequest(
  type: string,
  options: WorldOptions & { readonly description?: string } = {},
): Promise<InWorld> {
  const { description, ...rest } = options
  const world = await startWorld(rest)
  const iid = await world.request({ type, ...(description === undefined ? {} : { description }) })
  return { world, iid }
}

export async function requesterWrites({ world, iid }: InWorld, text = 'Here is my answer.'): Promise<void> {
  world.gitlab.requesterReplies(iid, text)
  await world.drain()
}

/** Chooses in the card's menu and waits for the modal; undefined when the person was told something instead. */
export async function chooseInMenu({ world, iid }: InWorld, choice: string, by: string = people.engineer.id) {
  return modalAfter(world, by, () =>
    world.slack.click(by, world.cardOffering(iid, choice), { button: choice }),
  )
}

/** Chooses in the card's menu, fills in the modal and submits it. */
export async function decideInMenu(
  given: InWorld,
  choice: string,
  entries: Record<string, string>,
  by: string = people.engineer.id,
) {
  const view = await chooseInMenu(given, choice, by)
  if (!view) throw new Error(`“${choice}” opened no modal; ${by} was told: ${given.world.told(by).at(-1)}`)
  const answer = await given.world.slack.submit(by, view.id, entries)
  await given.world.drain()
  return answer
}

/** What the menu of a card offers. */
export function menuOf({ world, iid }: InWorld): string[] {
  const options: string[] = []
  JSON.stringify(world.card(iid).blocks, (key, value: unknown) => {
    if (key === 'options')
      for (const one of value as { text: { text: string } }[]) options.push(one.text.text)
    return value
  })
  return options
}

/** What a modal offers under a label. */
export function optionsOf(view: View | undefined, label: string): string[] {
  const field = view?.blocks.find((block) => block.label?.text === label)
  return (field?.element?.options ?? []).map(({ text }) => text.text)
}

/** The issue of the Service Desk that was made last. */
export function lastIssue({ world }: Pick<InWorld, 'world'>): number {
  const isHere = ({ project }: Issue) => project.serviceDesk
  return Math.max(...world.gitlab.world.issues.filter(isHere).map(({ iid }) => iid))
}

/** Every step of the meta issue is ticked. */
export async function tickAll({ world }: Pick<InWorld, 'world'>, meta: number): Promise<void> {
  while (world.gitlab.tickNext(meta)) await world.settle()
  await world.settle()
}

/** What is told to somebody who clicks a decision that is not theirs, at once or before its modal. */
export async function toldAfter({ world, iid }: InWorld, button: string, by: string): Promise<string> {
  const before = world.told(by).length
  await world.slack.click(by, world.cardOffering(iid, button), { button }, { confirm: true })
  await world.drain()
  return inSlack(world, () => world.told(by).slice(before).at(-1))
}
