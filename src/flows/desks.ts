/**
 * The desks as their flows know them: each says how it counts days, how people name its requests, and who works
 * there.
 */
import type { DeskRules } from '../engine/flow.ts'

/** The desk of requests of people about their own data: issues of the Service Desk project. */
export const privacyRules: DeskRules = {
  name: 'privacy',
  source: 'gitlab',
  service: 'GitLab',
  requestName: '#{number}',
  roles: {
    'support-engineer': 'a support engineer',
    'support-manager': 'a support manager',
    privacy: 'Privacy',
  },
  /** Overview: all 30-day requests. */
  deadline: {
    name: 'Fulfilment',
    days: 30,
    since: 'created',
    because: 'All requests must be fulfilled within 30 calendar days',
    isDeadline: true,
  },
  takesCommands: true,
}

/**
 * The same people, for requests that arrived as tickets: they are sent to the form, and no request is kept for them.
 */
export const misdirectedRules: DeskRules = {
  name: 'misdirected',
  source: 'zendesk',
  service: 'Zendesk',
  requestName: 'ticket {number}',
  roles: privacyRules.roles,
  loggedAs: 'ticket',
}

/** The desk of mails to security@: tickets in Zendesk, each with the clock of its step. */
export const securityRules: DeskRules = {
  name: 'security',
  source: 'zendesk',
  service: 'Zendesk',
  requestName: 'ticket {number}',
  roles: { 'field-security': 'Field Security' },
  loggedAs: 'ticket',
}
