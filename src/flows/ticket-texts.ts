/**
 * Drafts of what is written to people who mailed security@. The handbook says what each has to hold and gives no
 * words; each is shown to whoever sends it, who may change it.
 */

/** "the requestor is notified that additional research on our part is required" */
export const moreResearch = `Hello,

Thank you for contacting GitLab Security. To answer you fully, we need some more research by one of our expert teams. We have passed your question on to them and will get back to you on this ticket as soon as we have their answer.

Kind regards,
GitLab Field Security`

/** "Periodic updates are given to the requestor as appropriate." */
export const stillWorking = `Hello,

A short update: our expert team is still working on your question. You do not need to do anything; we will write to you here as soon as we know more.

Kind regards,
GitLab Field Security`

/** "We reply to the ticket with information on the program and a link should they decide to try for the bounty." */
export const vulnerability = `Hello,

Thank you for your report. GitLab tracks and manages vulnerabilities through its bug bounty program on HackerOne, where reports are triaged, and bounties are paid when applicable:

https://hackerone.com/gitlab

Vulnerability reports are subject to our Responsible Disclosure Policy:

https://about.gitlab.com/security/disclosure/

If you prefer not to go through HackerOne, you can always report directly by e-mail to security@gitlab.com.

Kind regards,
GitLab Field Security`

/** "we refer the requestor to `dmca@gitlab.com`" */
export const copyright = `Hello,

Thank you for contacting us. Notices of copyright infringement under the Digital Millennium Copyright Act (DMCA) are handled by another team. Please send yours to dmca@gitlab.com.

Our DMCA policy tells what a notice has to contain:

https://about.gitlab.com/handbook/dmca/

Kind regards,
GitLab Field Security`

/** "Once we verify their status the request is queued and we respond to confirm receipt." */
export const reportConfirmed = `Hello,

Thank you for your request for our compliance reports. We have received it and put it in our queue. Reports are distributed on Mondays and Thursdays, with adjustments for US holidays; yours is planned for {distribution day}.

Kind regards,
GitLab Field Security`

/** "Reports are distributed on Mondays & Thursdays" */
export const reportSentNotice = `Hello,

The report that you asked for has been sent to you. Should you need anything else, just reply to this ticket.

Kind regards,
GitLab Field Security`

/** "These tickets can be forwarded within ZenDesk where they are promptly handled by a member of that team." */
export const forwardedToSupport =
  'Forwarded from the security queue: this is a support request (account access, authentication).'
