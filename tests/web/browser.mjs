// Which Chromium the tests drive, never one that Playwright would download: CHROMIUM, an installed one, or the headless one
// that .ci/install fetches where the system has no package of it.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const fetched = fileURLToPath(new URL('../../build/third_party/chromium/chromium', import.meta.url));

export const chromiumPath = process.env.CHROMIUM
  ?? ['/usr/bin/chromium', '/usr/bin/google-chrome', fetched].find(existsSync) ?? 'chromium';

/** It cannot open a window. */
export const headlessOnly = chromiumPath === fetched;
