// The module 'inline:files' of a bundle that has everything inside: each file with gzip, in base64.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

export function inlineFiles(folder, names) {
  const entries = names.map((name) =>
    `${JSON.stringify(name)}:"${gzipSync(readFileSync(join(folder, name)), { level: 9 }).toString('base64')}"`);
  return `export default {${entries}};`;
}
