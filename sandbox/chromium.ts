/** The browser of the pictures and of the tests of the page: Debian's, which this project does not install. */
import { existsSync } from 'node:fs'

/** The first takes two thirds of the other's processor time, since it has no windows. */
const places = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'] as const

/** The file of the browser; undefined where there is none. */
export const chromiumFile: string | undefined = places.find((file) => existsSync(file))

/** What to say where there is none. */
export const noChromium = `no ${places.join(' and no ')} (apt-get install chromium-headless-shell)`
