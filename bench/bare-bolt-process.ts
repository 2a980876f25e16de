/** The bare Bolt app as a process of its own, to time its start. */
import { startBareBolt } from './bare-bolt.ts'

const { PORT, SLACK_BOT_TOKEN = '', SLACK_SIGNING_SECRET = '', SLACK_API_URL = '' } = process.env

await startBareBolt({
  port: Number(PORT),
  botToken: SLACK_BOT_TOKEN,
  signingSecret: SLACK_SIGNING_SECRET,
  apiUrl: SLACK_API_URL,
})
