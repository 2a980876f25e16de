/** The part of the security tickets under the heading Compliance Report Requests. */
import type { Decision } from '../engine/flow.ts'
import type { GuardRule } from '../engine/guard-rule.ts'
import * as drafts from './ticket-texts.ts'
import { noteOnTicket, replyAndSolve, replyOnTicket } from './vocabulary.ts'

const reports = ['SOC 2 Type 1', 'pen test', 'SOC 2 Type 1 and pen test']

const employee = 'a GitLab employee'

/** "GitLab employees may also request reports …, but they must be on behalf of a customer for the SOC 2 report." */
const namesCustomer: readonly GuardRule[] = [
  {
    guard: 'is-given',
    field: 'company',
    unless: { field: 'asker', is: employee },
    because: 'Enter the customer’s company.',
  },
  {
    guard: 'is-given',
    field: 'company',
    unless: { field: 'report', is: 'pen test' },
    because: 'A GitLab employee can ask for the SOC 2 report only for a customer. Enter the customer.',
  },
]

/** "Once we verify their status the request is queued and we respond to confirm receipt." */
export const complianceReport: Decision<'queued'> = {
  button: 'Compliance Report',
  by: ['field-security'],
  refreshFirst: true,
  records: 'report-promised',
  when: [...namesCustomer, { guard: 'names-the-promised-day', field: 'confirmation' }],
  fields: [
    {
      kind: 'choice',
      name: 'report',
      label: 'Report',
      options: reports.map((report) => ({ value: report, text: report })),
    },
    {
      kind: 'choice',
      name: 'asker',
      label: 'Requested by',
      options: [
        { value: 'a customer', text: 'A customer' },
        { value: employee, text: 'A GitLab employee' },
      ],
    },
    {
      kind: 'text',
      name: 'company',
      label: 'Customer',
      optional: true,
      isShort: true,
      hint: 'Required, except when a GitLab employee asks for the pen test alone',
    },
    {
      kind: 'text',
      name: 'verified',
      label: 'How the customer’s status was verified',
      hint: 'Saved as an internal note on the ticket',
    },
    {
      kind: 'text',
      name: 'confirmation',
      label: 'Confirmation to the requester',
      isSent: true,
      draft: drafts.reportConfirmed,
    },
  ],
  do: [
    replyOnTicket('confirmation'),
    noteOnTicket(
      'Compliance report queued by {who}, {when}: {field:report}, asked for by {field:asker}.\nCustomer: {field:company}\nStatus verified: {field:verified}',
    ),
  ],
  goto: 'queued',
}

/** The decision of the distribution day: "Reports are distributed on Mondays & Thursdays". */
export const reportSent: Decision<'solved'> = {
  button: 'Report Sent',
  ends: 'report sent',
  batch: 'report',
  records: 'report-delivered',
  style: 'primary',
  by: ['field-security'],
  refreshFirst: true,
  when: [
    {
      guard: 'promised-day-has-come',
      because: 'Reports are distributed on Mondays & Thursdays, with adjustments for US holidays.',
    },
  ],
  fields: [
    {
      kind: 'text',
      name: 'notice',
      label: 'Message to the requester',
      isSent: true,
      draft: drafts.reportSentNotice,
    },
  ],
  do: [replyAndSolve('notice')],
  goto: 'solved',
}
