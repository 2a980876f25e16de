/** A message that holds every kind of block the page draws, and one that tries to smuggle markup in. */

const plain = (text: string) => ({ type: 'plain_text' as const, text, emoji: true })
const mrkdwn = (text: string) => ({ type: 'mrkdwn' as const, text })
const option = (text: string, value: string) => ({ text: plain(text), value })

export const everyBlock = [
  { type: 'header', text: plain('Request #123 · GitLab.com Account Deletion') },
  {
    type: 'section',
    text: mrkdwn(
      '*Step 1: Await Challenges* — since _yesterday_, ~not~ asked of <@U01MANAGER>, <!subteam^S01PRIVACY>\nDue <!date^1772928000^{date_short} at {time}|8 March>, see <https://gitlab.example/-/issues/123|the issue> `code` :hourglass_flowing_sand:',
    ),
    accessory: { type: 'button', action_id: 'open', text: plain('Show Details'), value: '123' },
  },
  {
    type: 'section',
    fields: [mrkdwn('*Fulfilment*\n1 April 2026, 30 days left'), mrkdwn('*Assignee*\nnobody')],
  },
  { type: 'divider' },
  {
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_section',
        elements: [
          { type: 'text', text: 'What was done ', style: { bold: true } },
          { type: 'user', user_id: 'U01ENGINEER' },
          { type: 'emoji', name: 'white_check_mark' },
        ],
      },
      {
        type: 'rich_text_list',
        style: 'bullet',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'Labels set' }] }],
      },
      { type: 'rich_text_quote', elements: [{ type: 'text', text: 'Please delete my account' }] },
      { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'Awaiting::Challenge Answers' }] },
    ],
  },
  { type: 'markdown', text: '**Bold** in Markdown and [a link](https://gitlab.example/help)' },
  { type: 'image', image_url: 'https://gitlab.example/chart.png', alt_text: 'A chart of requests' },
  {
    type: 'data_visualization',
    title: 'The desk at a glance',
    chart: {
      type: 'bar',
      series: [
        {
          name: 'Open',
          data: [
            { label: 'Overdue', value: 2 },
            { label: 'Due this week', value: 5 },
          ],
        },
      ],
      axis_config: { categories: ['Overdue', 'Due this week'] },
    },
  },
  {
    type: 'context',
    elements: [mrkdwn('A reply within *7 days* keeps it open'), plain('Read from GitLab at 10:00')],
  },
  {
    type: 'actions',
    elements: [
      { type: 'button', action_id: 'start', style: 'primary', text: plain('Start'), value: '123' },
      {
        type: 'button',
        action_id: 'fail',
        style: 'danger',
        text: plain('Fail Verification'),
        confirm: {
          title: plain('Fail verification?'),
          text: mrkdwn('The reply *Request Closed* is sent and the issue closed.'),
          confirm: plain('Fail and close'),
          deny: plain('Not now'),
          style: 'danger',
        },
      },
      {
        type: 'static_select',
        action_id: 'type',
        placeholder: plain('Set the type'),
        options: [option('Account deletion', 'account'), option('Full deletion', 'full')],
      },
      {
        type: 'overflow',
        action_id: 'more',
        options: [option('Mark Spam', 'spam'), option('Close Duplicate', 'duplicate')],
      },
      {
        type: 'radio_buttons',
        action_id: 'kind',
        options: [option('Free', 'free'), option('Corporate', 'corporate')],
      },
      { type: 'checkboxes', action_id: 'seen', options: [option('I read it', 'yes')] },
    ],
  },
]

const attack = '<script>window.hacked = true</script><img src=x onerror="window.hacked = true">'

/** The same attack in every text a message has, escaped by nobody. */
export const smuggling = [
  { type: 'header', text: plain('Header <script>window.hacked = true</script>') },
  { type: 'section', text: mrkdwn(`Attack ${attack} <javascript:window.hacked=true|click>`) },
  {
    type: 'section',
    fields: [mrkdwn(`*${attack}*`), mrkdwn(`<https://x.example/"onmouseover="window.hacked=true|l>`)],
  },
  { type: 'context', elements: [mrkdwn(`<@${'"><img src=x onerror=window.hacked=1'}>`)] },
  { type: 'markdown', text: `[x](javascript:alert) ${attack}` },
  {
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_section',
        elements: [
          { type: 'text', text: attack },
          { type: 'link', url: 'javascript:window.hacked=true', text: 'bad link' },
        ],
      },
    ],
  },
  { type: 'actions', elements: [{ type: 'button', action_id: 'a', text: plain(attack.slice(0, 60)) }] },
]
