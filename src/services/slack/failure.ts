/** The meaning of a failed Slack call, read from what @slack/web-api 8 throws. */
import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api'
import {
  CallFailed,
  describeError,
  type FailureKind,
  kindOfError,
  kindOfStatus,
  kindWhenUnsure,
} from '../call-failed.ts'

/**
 * Slack's refusals: after one of these nothing was carried out. Source: the error tables of the methods that are
 * called, https://docs.slack.dev/reference/methods. A code that is not here tells nothing (a proxy's HTML page comes
 * as one, too), and Slack says of `internal_error` and `fatal_error` that "some aspect of the operation" may have
 * succeeded: both are left out on purpose.
 */
const refusals = new Set([
  ...['access_denied', 'account_inactive', 'as_user_not_supported', 'block_mismatch', 'bot_not_found'],
  ...[
    'cannot_find_channel',
    'cannot_find_message',
    'cannot_find_service',
    'cannot_prompt',
    'cannot_unfurl_message',
  ],
  ...[
    'cannot_unfurl_url',
    'cannot_auth_user',
    'entity_metadata_does_not_match_trigger',
    'feature_not_enabled',
  ],
  ...['file_not_found', 'invalid_metadata', 'invalid_unfurl_id', 'invalid_unfurls_format', 'missing_unfurls'],
  ...['cannot_reply_to_message', 'cant_update_message', 'channel_is_limited_access', 'channel_not_found'],
  ...['deprecated_endpoint', 'duplicate_external_id', 'edit_window_closed', 'ekm_access_denied'],
  ...['enterprise_is_restricted', 'exchanged_trigger_id', 'expired_trigger_id', 'external_channel_migrating'],
  ...['fetch_members_failed', 'invalid_arg_name', 'invalid_arguments', 'invalid_array_arg', 'invalid_auth'],
  ...['invalid_blocks', 'invalid_blocks_format', 'invalid_charset', 'invalid_cursor', 'invalid_form_data'],
  ...['invalid_limit', 'invalid_metadata_format', 'invalid_metadata_schema', 'invalid_post_type'],
  ...['invalid_trigger', 'invalid_trigger_id', 'is_archived', 'is_inactive', 'message_limit_exceeded'],
  ...['message_not_found', 'messages_tab_disabled', 'metadata_must_be_sent_from_app', 'metadata_too_large'],
  ...[
    'hash_conflict',
    'method_deprecated',
    'method_not_supported_for_channel_type',
    'missing_args',
    'missing_post_type',
  ],
  ...[
    'missing_scope',
    'msg_blocks_too_long',
    'msg_too_long',
    'no_permission',
    'no_such_subteam',
    'no_text',
    'not_allowed_token_type',
  ],
  ...['not_authed', 'not_found', 'not_in_channel', 'org_login_required', 'permission_denied'],
  ...[
    'paid_teams_only',
    'plan_upgrade_required',
    'restricted_action',
    'restricted_action_non_threadable_channel',
    'push_limit_reached',
  ],
  ...['restricted_action_read_only_channel', 'restricted_action_thread_locked'],
  ...[
    'restricted_action_thread_only_channel',
    'subteam_not_found',
    'team_access_not_granted',
    'team_not_found',
  ],
  ...['thread_not_found', 'token_expired', 'token_revoked', 'too_many_attachments', 'too_many_contact_cards'],
  ...['two_factor_setup_required', 'unknown_method', 'user_not_found', 'user_not_in_channel'],
  ...['user_not_visible', 'users_list_not_supplied', 'users_not_found', 'view_too_large'],
])

/** Turned away before it was looked at: the same call may be made again. */
const turnedAway = new Set(['accesslimited', 'rate_limited', 'ratelimited', 'team_added_to_org'])

/** A failed Slack call, with Slack's own code where it gave a known one. */
export class SlackCallFailed extends CallFailed {
  readonly code: string | undefined

  constructor(facts: ConstructorParameters<typeof CallFailed>[0], code?: string) {
    super(facts)
    this.code = code
  }
}

/** Turns a thrown error into `SlackCallFailed`. A call that `reads` changes nothing, so it may always be made again. */
export function slackCallFailed(method: string, reads: boolean, error: unknown): SlackCallFailed {
  const verb = reads ? 'GET' : 'POST'
  const failed = (
    what: string,
    kind: FailureKind,
    more: { status?: number; after?: number; code?: string } = {},
  ) =>
    new SlackCallFailed(
      {
        service: 'slack',
        kind,
        message: `slack ${method}: ${what}`,
        status: more.status,
        retryAfterSeconds: more.after,
      },
      more.code,
    )

  if (error instanceof WebAPIRateLimitedError)
    return failed('429', 'later', { status: 429, after: error.retryAfter })
  if (error instanceof WebAPIHTTPError)
    return failed(String(error.statusCode), kindOfStatus(verb, error.statusCode), {
      status: error.statusCode,
    })
  if (error instanceof WebAPIPlatformError) {
    const code = error.data.error
    if (turnedAway.has(code)) return failed(code, 'later', { code })
    if (refusals.has(code)) return failed(code, 'not-done', { code })
    return failed('an answer that is none of Slack’s known ones', kindWhenUnsure(verb))
  }
  if (error instanceof WebAPIRequestError)
    return failed(describeError(error.original), kindOfError(verb, error.original))
  // The one error that web-api throws bare: a 429 whose Retry-After it can't read (WebClient#makeRequest).
  if (error instanceof Error && error.message.startsWith('Retry header did not contain a valid timeout'))
    return failed('429', 'later', { status: 429 })
  return failed(describeError(error), kindOfError(verb, error))
}
