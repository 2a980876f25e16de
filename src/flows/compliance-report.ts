/** Compliance Report Requests */
import type { Decision, Guard } from '../engine/flow.ts'
import { promisedDay } from '../engine/move-by-decision.ts'
import type { ReportName } from '../engine/request.ts'
import { dayIn, weekdayText } from '../engine/time.ts'
import * as drafts from './ticket-texts.ts'
import { noteOnTicket, replyAndSolve, replyOnTicket } from './vocabulary.ts'

const reports: readonly ReportName[] = ['SOC 2 Type 1', 'pen test', 'SOC 2 Type 1 and pen test']

const employee = 'a GitLab employee'

/** "GitLab employees may also request reports …, but they must be on behalf of a customer for the SOC 2 report." */
const employeeNamesCustomer: Guard = ({ input }) => {
  if ((input.company ?? '').trim() !== '') return undefined
  if (input.asker !== employee)
    return { because: 'Say for which company the customer asks.', field: 'company' }
  return input.report === 'pen test'
    ? undefined
    : {
        because:
          'A GitLab employee may ask for the SOC 2 report only on behalf of a customer: name the customer.',
        field: 'company',
      }
}

/** A form that was opened yesterday names yesterday's day, and what is promised in writing has to be what is kept. */
const confirmationNamesTheDay: Guard = ({ input, circumstances }) => {
  const day = weekdayText(promisedDay(circumstances))
  return (input.confirmation ?? '').includes(day)
    ? undefined
    : { because: `Name the day for which it is planned: ${day}.`, field: 'confirmation' }
}

/** A distribution day: nothing is sent before. */
const distributionDayHasCome: Guard = ({ request, circumstances }) => {
  const { sendOn } = request.facts.promisedReport ?? {}
  if (sendOn === undefined || sendOn <= dayIn(circumstances.timeZone, circumstances.now)) return undefined
  return {
    because: `It is planned for ${weekdayText(sendOn)}: reports are distributed on Mondays & Thursdays, with adjustments for US holidays.`,
  }
}

/** "Once we verify their status the request is queued and we respond to confirm receipt." */
export const complianceReport: Decision<'queued'> = {
  button: 'Compliance Report',
  by: ['field-security'],
  refreshFirst: true,
  records: 'report-promised',
  when: [employeeNamesCustomer, confirmationNamesTheDay],
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
      label: 'Who asks',
      options: [
        { value: 'a customer', text: 'A customer' },
        { value: employee, text: 'A GitLab employee' },
      ],
    },
    {
      kind: 'text',
      name: 'company',
      label: 'Customer (company)',
      optional: true,
      isShort: true,
      hint: 'A GitLab employee has to name the customer for the SOC 2 report',
    },
    {
      kind: 'text',
      name: 'verified',
      label: 'How the customer’s status was verified',
      hint: 'Kept in an internal note on the ticket',
    },
    {
      kind: 'text',
      name: 'confirmation',
      label: 'Confirmation to the requester',
      sentOn: 'zendesk',
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

export const reportSent: Decision<'solved'> = {
  button: 'Report Sent',
  style: 'primary',
  by: ['field-security'],
  refreshFirst: true,
  when: [distributionDayHasCome],
  fields: [
    {
      kind: 'text',
      name: 'notice',
      label: 'What the requester is told',
      sentOn: 'zendesk',
      draft: drafts.reportSentNotice,
    },
  ],
  do: [replyAndSolve('notice')],
  goto: 'solved',
}
