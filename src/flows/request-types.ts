/** The request types by their names on the form. */
export const requestTypes = {
  'account-deletion': 'GitLab.com Account Deletion',
  'full-deletion': 'Full Deletion',
  'deceased-user': 'GitLab.com Account Deletion - Deceased User',
  'portal-deletion': 'Portal Account Deletion',
  'marketing-deletion': 'Marketing or Sales Account Deletion',
  'data-access': 'Data Access Request',
  'data-export': 'Data Export Request',
  'general-question': 'General Questions',
} as const

export type RequestType = keyof typeof requestTypes
