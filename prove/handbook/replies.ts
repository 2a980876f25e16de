/**
 * The replies to requesters as the handbook page gives them, to the letter, under the headings that it gives them. Source:
 * "Account Deletion & Data Access Requests - Workflows", last modified on 20 December 2024. Two of them bear the same
 * heading there; the second, of the sole-owner exception, is told apart by what stands in brackets.
 *
 * The wording is GitLab's, published under CC BY-SA 4.0, © GitLab B.V.
 */
export const replies = {
  'Request Closed - Request Submitted Directly': `Greetings,

It looks like you've emailed this request in to us directly. In order for us to best assist you please re-submit this request via our [Personal Data Request form](https://support.gitlab.io/personal-data-request/). Doing so will allow us to process your request more quickly and efficiently. This request will now be closed. We eagerly await your resubmission. Thank you!

Regards,`,

  'Request Closed - Duplicate': `Greetings,

It looks like you have submitted multiple requests for the same purpose.

I'm closing this issue in favor of #123, and we will continue processing your request on the other issue.

Regards,`,

  'Request Closed - No Response': `Greetings,

We have not heard back from you with responses to our verification challenge questions, which are required in order to verify your identity before we process your request. We will now close this request. If you still wish to proceed please feel free to submit a new request via our [Personal Data Request Form](https://support.gitlab.io/personal-data-request/).

Regards,`,

  'Account Blocked - User initiated account deletion': `Greetings,

As an account deletion has been initiated, the account stays in a blocked state for 7 days until it is permanently deleted. New accounts with the same email address or username cannot be created during that time.

You will need to wait 7 days, starting the day of the deletion request, to create a new account with the same email address or username.

Regards,`,

  'Request Closed - Verification Failed': `Greetings,

Unfortunately, the answers to our verification challenges have failed. As a result, we are unable to process your account deletion request. This issue will be closed.

Regards,`,

  'Request Closed - Verification Failed (recent activity)': `Greetings,

Unfortunately, the answers to our verification challenges have failed, and your account appears to have had recent activity within the last year. As a result, we are unable to process your account deletion request at this time. This issue will be closed, however you may try your request again at a later date.

Regards,`,

  'Account Blocked - For Security review': `Greetings,

The account which you have submitted a request for is blocked. We have submitted a request for our Security team to review. Once they have reviewed, we will provide you with an update.

Regards,`,

  'Account Unblocked by Security': `Greetings,

Our security team has unblocked the account. We are proceeding with the request.

Regards,`,

  'Request Closed - Account Blocked by Security': `Greetings,

At this time, we cannot delete your account because your data must be retained in order for us to comply with our legal obligations, such as protecting against illegal or fraudulent activities; infringement of IP rights; distribution of harmful or offensive content; violations of the security or integrity of a computer or network.

Regards,`,

  'Verification Succeeded - Deletion Process Started': `Greetings,

Thank you for stepping through the process with us and verifying your account ownership. We have now started the process to fulfill your TYPE_OF_REQUEST request. Please note that it takes up to 30 days for the request to be processed as it's handled by different teams.

I will let you know once the deletion process is complete.

Regards,`,

  'Request Closed - No Response (Account Deletion - Deceased User)': `Greetings,

We have not heard back from you with responses to our verification questions or the required documentation, which are needed in order to process your request. We will now close this request. If you still wish to proceed please feel free to submit a new request via our Personal Data Request Form.

Regards,`,

  'Request Closed - Failed Verification': `Greetings,

Unfortunately, the answers to our verification challenges have failed. We are required to obtain satisfactory documentation evidencing your authority to act on behalf of a deceased account owner and to obtain some minimum information to locate the account in our system. As a result, we are unable to process your account deletion request. This issue will be closed.

Regards,`,

  'Request Closed - Verification Pass': `Greetings,

Thank you for stepping through the process with us and verifying your authority to act on behalf of the deceased account owner. We have now started the process to fulfill your deletion request. Please note that it takes up to 30 days for the request to be processed. I will let you know once the deletion process is complete.

Regards,`,

  'Request Closed - Deletion Complete': `Greetings,

Your request to delete your data has been completed.

Regards,`,

  'Request Closed - No Response to Verify Email': `Greetings,

We have not heard back from you, which is required in order to validate your email address before we process your request. We will now close this request. If you still wish to proceed please feel free to submit a new request via our [Personal Data Request Form](https://support.gitlab.io/personal-data-request/).

Regards,`,

  'Request Closed - Out of Scope': `Greetings,

You've opened a Data Access Request which is used specifically to obtain a copy of any personal data GitLab holds on you. In the course of filing this request, you've asked for data beyond the scope of what can be provided.

Usage and other out-of-scope account data can be obtained by logging into your GitLab.com account and cannot be provided through a Data Access Request. If you have specific questions about this kind of data, please review your options for support at https://about.gitlab.com/support.

Regarding this request, we can:

  • continue the process and provide a report of all in-scope personal data.
  • close this request with no further action.

Please let us know how you would like to proceed.

Regards,`,
} as const

/** The heading of a reply. */
export type ReplyName = keyof typeof replies
