/** The title of each request type, to the letter of the form. */
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

/** The key of a request type. */
export type RequestType = keyof typeof requestTypes

/** Every name that the form has for a type, or had; a team adds its own in config/desk.yaml. */
export const typeNames: Readonly<Record<RequestType, readonly string[]>> = {
  'account-deletion': ['GitLab.com Account Deletion', 'Account Deletion'],
  'full-deletion': ['Full Deletion', 'Account Deletion (full)'],
  'deceased-user': ['GitLab.com Account Deletion - Deceased User', 'Deceased User'],
  'portal-deletion': ['Portal Account Deletion'],
  'marketing-deletion': ['Marketing or Sales Account Deletion'],
  'data-access': ['Data Access Request', 'Data Access'],
  'data-export': ['Data Export Request', 'Data Export', 'Data Export (Right to Portability)'],
  'general-question': ['General Questions', 'General Question'],
}
