// Which Chromium the tests drive, never one that Playwright would download: CHROMIUM, an installed one, or the headless one
// that .ci/install fetches where there is none.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const fetched = fileURLToPath(new URL('../../build/third_party/chromium/chromium', import.meta.url));

// A snap sees neither this folder nor /tmp.
const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith('/snap'));
const installed = ['chromium', 'google-chrome'].flatMap((name) => folders.map((folder) => join(folder, name)));

/** Its path; undefined where there is none. */
export const chromiumPath = process.env.CHROMIUM || [...installed, fetched].find((path) => existsSync(path));

/** It cannot open a window. */
export const headlessOnly = chromiumPath === fetched;
