// The site's files: what the lab weighs, and the notices of everything inside.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { site } from '../support.mjs';

const contents = (name) => readFileSync(new URL(name, site));

test('the page links to the notices of all it carries, each with its copyright and its terms', () => {
  assert.match(contents('index.html').toString(), /<a href="licenses.txt"/);
  const sections = new TextDecoder().decode(contents('licenses.txt')).split(/^={80}\n(.*)\n={80}\n/m);
  const of = (name) => sections[sections.findIndex((title, i) => i % 2 === 1 && title.includes(name)) + 1];
  for (const [name, holder, terms] of [
    ['digit-vae', /Copyright/, /Permission is hereby granted/],
    ['Eigen', /Gael Guennebaud/, /Mozilla Public License Version 2.0[^]*3\. Responsibilities/],
    ['Emscripten', /The Emscripten Authors/, /Permission is hereby granted/],
    ['musl', /Rich Felker/, /Permission is hereby granted/],
    ['libc++', /Howard Hinnant/, /LLVM [Ee]xception/],
    ['compiler-rt', /contributors listed in CREDITS.TXT|Howard Hinnant/, /LLVM [Ee]xception/],
    ['Dear ImGui', /Omar Cornut/, /Permission is hereby granted/],
    ['Apache-2.0', /Apache License/, /Grant of Patent License/],
  ]) {
    assert.match(of(name), holder, name);
    assert.match(of(name), terms, name);
  }
});
