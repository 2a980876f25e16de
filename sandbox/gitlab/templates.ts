/** Issue templates under the names that the handbook gives them. What stands in them is invented. */

const steps = (...lines: readonly string[]) => lines.map((line) => `- [ ] ${line}`).join('\n')

const inOrder = (...lines: readonly string[]) =>
  `Work through the steps from top to bottom and tick each one when it is done.

${steps(...lines)}
`

const link = 'Support Engineer: Link this issue to the request'

const full = inOrder(
  link,
  'Support Engineer: Check that the account holds no paid subscription',
  'Support Engineer: Delete the GitLab.com account',
  'Marketing Operations: Remove the person from the mailing tools',
  'Support Engineer: Delete the customers portal account',
  'Support Engineer: Confirm that every step above is ticked',
)

const gitlabCom = inOrder(
  link,
  'Support Engineer: Check that the account holds no paid subscription',
  'Support Engineer: Delete the GitLab.com account',
)

const deceased = inOrder(
  link,
  'Support Engineer: Check who else owns the groups of the account',
  'Support Engineer: Delete the GitLab.com account',
)

const portal = inOrder(
  link,
  'Support Engineer: Check that no subscription is running',
  'Support Engineer: Delete the customers portal account',
)

const marketing = inOrder(
  link,
  'Marketing Operations: Remove the person from the mailing tools',
  'Support Engineer: Confirm that every step above is ticked',
)

const report = inOrder(
  link,
  'Support Engineer: Gather what is held about the person',
  'Privacy: Review the report',
  'Support Engineer: Send the report to the requester',
)

const escalation = `Support asks Privacy about a request. The request is linked below, and the question stands there.

${steps('Privacy: Answer the question', 'Support Engineer: Act on the answer')}
`

export const reinstatement = `An account that asked for its deletion is blocked. Please say whether it may be unblocked.

${steps('Trust and Safety: Review why the account was blocked', 'Trust and Safety: Unblock it or say why not')}
`

export const deskTemplates: Readonly<Record<string, string>> = {
  'Deletion Meta Issue - Full': full,
  'Deletion Meta Issue - GitLab-com': gitlabCom,
  'Deletion Meta Issue - Deceased': deceased,
  'Deletion Meta Issue - Customers Portal': portal,
  'Deletion Meta Issue - Marketing': marketing,
  personal_data_access_request: report,
  'Privacy Escalation Meta Issue': escalation,
}
