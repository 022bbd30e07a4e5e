// The site's files: what the lab weighs, and the notices of everything inside.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { site } from '../support.mjs';

const contents = (name) => readFileSync(new URL(name, site));

test('the page links to the notices of all it carries, each with its copyright and its terms', () => {
  assert.match(contents('index.html').toString(), /<a href="licenses.txt"/);
  const sections = new TextDecoder().decode(contents('licenses.txt')).split(/^={80}\n(.*)\n={80}\n/m);
  const of = (name) => sections[sections.findIndex((title, i) => i % 2 === 1 && title.includes(name)) + 1];
  /** @type {[string, RegExp, RegExp][]} */
  const notices = [
    ['digit-vae', /Copyright/, /Permission is hereby granted/],
    ['Eigen', /Gael Guennebaud/, /Mozilla Public License Version 2.0[^]*3\. Responsibilities/],
    ['Emscripten', /Emscripten authors/, /Permission is hereby granted/],
    ['musl', /Rich Felker/, /Permission is hereby granted/],
    ['libc++', /contributors listed in CREDITS.TXT/, /Grant of Patent License[^]*LLVM Exceptions/],
    ['compiler-rt', /contributors listed in CREDITS.TXT/, /Grant of Patent License[^]*LLVM Exceptions/],
    ['Dear ImGui', /Omar Cornut/, /Permission is hereby granted/],
  ];
  for (const [name, holder, terms] of notices) {
    assert.match(of(name), holder, name);
    assert.match(of(name), terms, name);
  }
});

test('a web server of another user may read the site, whatever the umask of who built it', () => {
  for (const name of readdirSync(site)) assert.equal(statSync(new URL(name, site)).mode & 0o444, 0o444, name);
});
