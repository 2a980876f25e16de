/** What the local Slack remembers: messages, private answers, open modals, triggers and response urls. */
import { randomBytes } from 'node:crypto'
import type { Block } from './blocks.ts'
import type { StateValues } from './json.ts'
import { CHANNELS, type Channel, GROUPS, PEOPLE, type Person, type UserGroup } from './people.ts'
import { defaultTerms } from './terms.ts'
import type { Pane, Unfurl } from './work-objects.ts'

export interface Message {
  readonly channel: string
  readonly ts: string
  readonly user: string
  readonly text: string
  readonly blocks: readonly Block[]
  readonly threadTs?: string
  /** A reply that the channel shows, too. */
  readonly isBroadcast?: true
  readonly metadata?: unknown
  readonly editedTs?: string
  readonly deleted: boolean
  /** What the app shows for its links. */
  readonly unfurl?: Unfurl
  /** Set where only this person sees the message. */
  readonly visibleTo?: string
}

export interface View {
  readonly id: string
  readonly userId: string
  readonly type: 'modal' | 'home'
  readonly hash: string
  readonly rootViewId: string
  readonly previousViewId?: string
  readonly callbackId: string
  readonly privateMetadata: string
  readonly externalId: string
  readonly title: string
  readonly submit?: string
  readonly close?: string
  readonly notifyOnClose: boolean
  readonly clearOnClose: boolean
  readonly blocks: readonly Block[]
  /** What the app answered to the last submit, by block. */
  readonly errors: Readonly<Record<string, string>>
  /** What the person has entered and submitted, while the modal stays open. */
  readonly typed: StateValues
}

export interface Trigger {
  readonly userId: string
  readonly issuedAt: number
  used: boolean
}

/** A file on its way into Slack. */
export interface UploadedFile {
  readonly name: string
  readonly length: number
  readonly altText: string
  state: 'asked-for' | 'sent' | 'done'
}

/** Where an answer to a `response_url` goes. */
export interface ResponseUrl {
  readonly userId: string
  readonly channel: string
  readonly issuedAt: number
  readonly message?: Message
  uses: number
}

export interface Cast {
  readonly people: readonly Person[]
  readonly groups: readonly UserGroup[]
  readonly channels: readonly Channel[]
}

export const DEFAULT_CAST: Cast = {
  people: Object.values(PEOPLE),
  groups: Object.values(GROUPS),
  channels: Object.values(CHANNELS),
}

export type Workspace = ReturnType<typeof workspace>

export function workspace(
  now: () => Date,
  cast: Cast = DEFAULT_CAST,
  randomHex = (bytes: number): string => randomBytes(bytes).toString('hex'),
) {
  const state = {
    people: [...cast.people],
    groups: [...cast.groups],
    channels: [...cast.channels],
    messages: [] as Message[],
    /** The modals each person has open, the topmost last. */
    views: new Map<string, View[]>(),
    homes: new Map<string, View>(),
    /** What modals without a question told one person, as messages only they saw; oldest first. */
    notices: [] as Message[],
    /** Uploaded pictures by file id: asked for, sent and done, in this order. */
    files: new Map<string, UploadedFile>(),
    /** Links that the app showed, and panes that it filled, oldest first. */
    unfurls: [] as Unfurl[],
    panes: [] as { readonly userId: string; readonly entity?: unknown; readonly error?: unknown }[],
    /** The pane that each person has open. */
    openPanes: new Map<string, Pane>(),
    triggers: new Map<string, Trigger>(),
    responseUrls: new Map<string, ResponseUrl>(),
    /** What the workspace's plan and the app's installation allow. */
    terms: defaultTerms(),
    /** For Slack's limits: by method or channel, in milliseconds since 1970. */
    asked: new Map<string, readonly number[]>(),
  }
  let counter = 0
  const listeners = new Set<() => void>()
  const changed = () => {
    for (const listener of listeners) listener()
  }

  return {
    ...state,
    now,
    changed,
    onChange(listener: () => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    /** Where this Slack is, for addresses that it gives out; set once it is known. */
    origin: (): string => 'https://files.slack.com',

    /** A timestamp as Slack gives them: unique and rising within the workspace even while the clock stands. */
    newTs(): string {
      counter += 1
      return `${Math.floor(now().getTime() / 1000)}.${String(counter).padStart(6, '0')}`
    },
    newId: (prefix: string): string => `${prefix}${randomHex(5).toUpperCase()}`,

    person: (id: string) => state.people.find((someone) => someone.id === id),
    group: (id: string) => state.groups.find((group) => group.id === id),
    /** By id, by name, or by name with `#`. */
    channel: (nameOrId: string) => {
      const wanted = nameOrId.replace(/^#/, '')
      return state.channels.find((channel) => channel.id === wanted || channel.name === wanted)
    },
    /** Lets a person into a channel; someone of another organisation makes it a shared one. */
    join(nameOrId: string, userId: string): void {
      const index = state.channels.findIndex((channel) => [channel.id, channel.name].includes(nameOrId))
      const channel = state.channels[index]
      const someone = state.people.find((one) => one.id === userId)
      if (!channel || !someone) throw new Error(`No channel ${nameOrId} or no person ${userId}`)
      const isShared = channel.isShared || someone.kind === 'stranger'
      state.channels[index] = { ...channel, isShared, members: [...channel.members, userId] }
    },
    /** Nothing can be posted or changed there any more, unless it is opened again. */
    archive(nameOrId: string, isArchived = true): void {
      const index = state.channels.findIndex((channel) => [channel.id, channel.name].includes(nameOrId))
      const channel = state.channels[index]
      if (!channel) throw new Error(`No channel ${nameOrId}`)
      state.channels[index] = { ...channel, isArchived }
    },
    /** Changes who is in a user group, as an administrator would. */
    setGroupMembers(handle: string, members: readonly string[]): void {
      const index = state.groups.findIndex((group) => group.handle === handle)
      const group = state.groups[index]
      if (!group) throw new Error(`No user group ${handle}`)
      state.groups[index] = { ...group, members }
    },

    add(message: Message): Message {
      state.messages.push(message)
      changed()
      return message
    },
    find: (channel: string, ts: string) =>
      state.messages.find((one) => one.channel === channel && one.ts === ts && !one.deleted),
    replace(message: Message, change: Partial<Message>): Message {
      const replaced = { ...message, ...change }
      state.messages[state.messages.findIndex((one) => one.ts === message.ts)] = replaced
      changed()
      return replaced
    },

    newTrigger(userId: string): string {
      const id = `${Math.floor(now().getTime() / 1000)}.${state.triggers.size}.${randomHex(16)}`
      state.triggers.set(id, { userId, issuedAt: now().getTime(), used: false })
      return id
    },
    newResponseUrlPath(target: Omit<ResponseUrl, 'issuedAt' | 'uses'>): string {
      const path = `/response/${randomHex(12)}`
      state.responseUrls.set(path, { ...target, issuedAt: now().getTime(), uses: 0 })
      return path
    },

    openViews: (userId: string): readonly View[] => state.views.get(userId) ?? [],
    setViews(userId: string, views: readonly View[]): void {
      state.views.set(userId, [...views])
      changed()
    },
    /** Without a pane it is closed. */
    setPane(userId: string, pane: Pane | undefined): void {
      if (pane) state.openPanes.set(userId, pane)
      else state.openPanes.delete(userId)
      changed()
    },
    setHome(view: View): void {
      state.homes.set(view.userId, view)
      changed()
    },
    viewById: (id: string) =>
      [...state.views.values(), [...state.homes.values()]].flat().find((view) => view.id === id),
  }
}
