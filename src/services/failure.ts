/** The reasons that keep an effect from being done, as the worker and the card speak of them. */
import { CallFailed, type FailureKind, type Service } from './call-failed.ts'
import { SlackCallFailed } from './slack/failure.ts'

/** A failure of an effect, as the worker schedules by it and the card tells it. */
export interface Failure {
  readonly kind: FailureKind
  /** For the card: what happened and what to do, without personal data. */
  readonly sentence: string
  readonly retryAfterSeconds?: number
  /** Nobody has to mend anything first: it is tried again, where it can be after a look. */
  readonly isPassing?: boolean
}

/** It can't be done as things stand, and a person has to mend something first. The message is the sentence for them. */
export class CannotDo extends Error {
  override readonly name = 'CannotDo'
}

/** Adds to the reason that it can't be seen whether an earlier attempt had done it. */
export function unseen(why: CannotDo): CannotDo {
  return new CannotDo(`${why.message} It can’t be seen whether this had been sent before.`, {
    cause: why.cause,
  })
}

/** The effect was not tried, because what it needs is not there yet. */
export class NotYet extends Error {
  override readonly name = 'NotYet'
}

const databaseFailed = 'The bot’s database could not be read or written.'

const names: Readonly<Record<Service, string>> = { gitlab: 'GitLab', slack: 'Slack', zendesk: 'Zendesk' }

/** Sorts whatever was thrown. An error of our own is no outcome: Try Again looks first, so a person may decide. */
export function failureOf(error: unknown, opId: string): Failure {
  if (error instanceof CannotDo) return { kind: 'not-done', sentence: error.message }
  if (error instanceof NotYet) return { kind: 'later', sentence: error.message }
  if (error instanceof CallFailed) return failureOfCall(error)
  if (isDatabaseFailure(error)) return { kind: 'not-done', sentence: databaseFailed, isPassing: true }
  const name = error instanceof Error ? error.name : typeof error
  return { kind: 'not-done', sentence: `Something in the bot went wrong (${name}). Reference: ${opId}` }
}

/** Returns the sentence with the service's own reason for a refusal, after a space; empty where it gave none. */
export function saidBy({ service, explanation }: CallFailed): string {
  return explanation === undefined ? '' : ` ${names[service]} says: “${explanation.replace(/\.$/, '')}”.`
}

/**
 * A disk that is full or fails, a file that is locked, a server that is away or was stopped: nothing is wrong with what
 * was asked. https://www.sqlite.org/rescode.html, https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const passing =
  /^(?:SQLITE_(?:BUSY|LOCKED|FULL|IOERR|CANTOPEN|NOMEM|READONLY)|(?:08|40|53|57|58)...|25006|25P0[23]|55P03|ECONN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/
/** As pg and Kysely say that a connection is gone, without a code. */
const disconnected =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Postgres connection has been discarded|The database server has said nothing|The tables of )/

export function isDatabaseFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return 'code' in error ? passing.test(String(error.code)) : disconnected.test(error.message)
}

/**
 * Describes an error for the log. An error that is not ours may quote what it was given, so of it only the name and
 * the place are told.
 */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const cause = error.cause instanceof CallFailed ? `, since ${error.cause.message}` : ''
  if (error instanceof CannotDo || error instanceof NotYet || error instanceof CallFailed)
    return `${error.message}${cause}`
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return [error.name, ...frames.slice(0, 5)].join('\n')
}

/** What says where a service is. Slack's address is its own. */
const settingOf: Readonly<Partial<Record<Service, string>>> = { gitlab: 'GITLAB_URL', zendesk: 'ZENDESK_URL' }

/** Returns that a service sends everybody to another address, and what is to be set; undefined where it does not. */
export function movedTo({ service, kind, redirectedTo }: CallFailed): string | undefined {
  const setting = settingOf[service]
  if (kind !== 'later' || redirectedTo === undefined || !setting || !URL.canParse(redirectedTo))
    return undefined
  const { origin } = new URL(redirectedTo)
  return `${names[service]} sends the bot to another address, ${origin}: if it is there now, your admins set ${setting} to it and start the bot again.`
}

function failureOfCall(error: CallFailed): Failure {
  const { service, kind, status, retryAfterSeconds } = error
  const who = names[service]
  const told = error instanceof SlackCallFailed ? error.code : status
  const code = told === undefined ? '' : ` (${told})`
  if (kind === 'not-done') {
    const sentence =
      status === 401
        ? `${refusedToken(error)} Tell your admins: it has to be renewed.`
        : `${who} refused it${code}.${saidBy(error)}`
    return { kind, sentence }
  }
  if (kind === 'unknown')
    return { kind, sentence: `${who} gave no clear answer${code}: the bot checks before it tries again.` }
  const moved = movedTo(error)
  const sentence =
    status === 429 ? `${who} asks to wait (429).` : (moved ?? `${who} can't be reached${code}.`)
  return { kind, sentence, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) }
}

function refusedToken({ service, isAsAdmin }: CallFailed): string {
  return isAsAdmin
    ? "GitLab doesn't accept GITLAB_ADMIN_TOKEN (401)."
    : `${names[service]} doesn't accept the bot's token (401).`
}
