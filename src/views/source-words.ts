/** How views speak of requests of the two services. */
import type { Request, Source } from '../engine/request.ts'

interface SourceWords {
  readonly service: string
  readonly command: '/privacy' | '/security'
  /** The page of the handbook that its flows perform. */
  readonly handbookPage: string
  /** The words of the link to it: `Issue #123 in GitLab`. */
  readonly linkText: (iid: number) => string
}

export const sourceWords: Readonly<Record<Source, SourceWords>> = {
  gitlab: {
    service: 'GitLab',
    command: '/privacy',
    handbookPage:
      'https://handbook.gitlab.com/handbook/support/workflows/account_deletion_access_request_workflows/',
    linkText: (iid) => `Issue #${iid} in GitLab`,
  },
  zendesk: {
    service: 'Zendesk',
    command: '/security',
    // The folder of the team whose process it is.
    handbookPage:
      'https://handbook.gitlab.com/handbook/security/security-assurance/field-security/security-zendesk-process/',
    linkText: (iid) => `Ticket ${iid} in Zendesk`,
  },
}

/** How somebody asks for one: `/security show 456` */
export function showCommand({ source, iid }: Pick<Request, 'source' | 'iid'>): string {
  return `${sourceWords[source].command} show ${iid}`
}
