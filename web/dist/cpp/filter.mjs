// filter.mjs FILE: a header as Doxygen wants its comments: those at the head are the file's, those behind a line are that
// line's. Lines keep their numbers.
import { readFileSync } from 'node:fs';

const text = readFileSync(process.argv[2], 'utf8');
const end = text.indexOf('#pragma once');
if (end < 0) {
  process.stdout.write(text);  // the main page
} else {
  const head = text.slice(0, end).replace(/^\/\//gm, '///');
  const body = text.slice(end).replace('#pragma once', '/// @file')
    .replace(/ +\/\/ NOLINT.*/g, '')
    .replace(/^( *(?:struct|class|enum) [^\n]*\{) +\/\/ (.*)/gm, '/** $2 */ $1')
    .replace(/^([^\n/]*[;,{(]) +\/\/ /gm, '$1  ///< ');
  process.stdout.write(head + body);
}
