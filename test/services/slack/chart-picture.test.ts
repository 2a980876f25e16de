/** The picture of a chart, and its way into Slack. */
import { describe, expect, test } from 'vitest'
import { callerOf } from '../../../src/services/slack/caller.ts'
import { chartPicture } from '../../../src/services/slack/chart-picture.ts'
import { SlackCallFailed } from '../../../src/services/slack/failure.ts'
import { uploadPicture } from '../../../src/services/slack/upload.ts'

const png = Buffer.from([0x89, 0x50, 0x4e, 0x47])
const chart = (name: string, values: readonly number[]) => ({
  title: name,
  categories: values.map((_value, index) => `${name} ${index}`),
  series: [
    { name: 'Came in', values },
    { name: 'Closed', values },
  ],
  unit: 'requests',
})

describe('a chart as a picture', () => {
  test.each([
    ['plain', [1, 2, 3]],
    ['nothing but zeros', [0, 0]],
    ['<script>&"\u0000\u202E\uD800', [1]],
    ['x'.repeat(10_000), [1_000_000]],
    ['nothing', []],
  ])('is a PNG: %s', (name, values) => {
    expect(chartPicture(chart(name, values)).subarray(0, 4)).toEqual(png)
  })

  test('has room for each category: more of them make it higher', () => {
    const heightOf = (picture: Buffer) => picture.readUInt32BE(20)

    expect(heightOf(chartPicture(chart('a', [1, 2, 3, 4])))).toBeGreaterThan(
      heightOf(chartPicture(chart('a', [1]))),
    )
  })
})

describe('an upload', () => {
  const picture = { name: 'chart.png', title: 'A chart', altText: 'one 1', bytes: Buffer.from('png') }

  function slackWith(url: string, status = 200) {
    const calls: string[] = []
    const sent: string[] = []
    const web = {
      apiCall: async (method: string) => {
        calls.push(method)
        return { ok: true, upload_url: url, file_id: 'F1' }
      },
    }
    const fetchTo: typeof fetch = async (input) => {
      sent.push(String(input))
      return new Response('OK', { status })
    }
    const caller = callerOf(web as unknown as Parameters<typeof callerOf>[0])
    return { calls, sent, upload: () => uploadPicture(caller, { fetch: fetchTo }, picture) }
  }

  test('takes three steps: an address, the bytes, and that they are there', async () => {
    const { calls, sent, upload } = slackWith('https://files.slack.com/upload/v1/abc')

    expect(await upload()).toBe('F1')
    expect(sent).toEqual(['https://files.slack.com/upload/v1/abc'])
    expect(calls).toEqual(['files.getUploadURLExternal', 'files.completeUploadExternal'])
  })

  test.each([
    'https://files.slack.com.evil.example/upload',
    'http://files.slack.com/upload',
    'https://user:word@files.slack.com/upload',
    'file:///etc/passwd',
    'nothing',
  ])('sends the bytes nowhere but to Slack: %s', async (url) => {
    const { sent, upload } = slackWith(url)

    await expect(upload()).rejects.toThrow('is not an address of Slack')
    expect(sent).toEqual([])
  })

  test('whose bytes Slack does not take is not completed', async () => {
    const { calls, upload } = slackWith('https://files.slack.com/upload/v1/abc', 500)

    await expect(upload()).rejects.toThrow('slack upload: 500')
    await expect(upload()).rejects.not.toBeInstanceOf(SlackCallFailed)
    expect(calls).not.toContain('files.completeUploadExternal')
  })
})
