// The two builds: what they need, their size, and that they agree.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { assertClose, importModule, site, wasmModule, weightsPath } from '../support.mjs';

const { loadModel } = await importModule();
const contents = (name) => readFileSync(new URL(name, site));

test('neither build imports anything', () => {
  for (const name of ['digit-vae.wasm', 'digit-vae-scalar.wasm']) {
    assert.deepEqual(WebAssembly.Module.imports(wasmModule(name)), [], name);
  }
});

// Bytes with gzip -9, all files together. What is meant to weigh more gets a new limit here.
const PAGE = ['index.html', 'index.css', 'index.js', 'mirror.js', 'strings.js', 'files.js', 'download.js'];
/** @type {[string, string[], number][]} */
const LIMITS = [
  ['the headless module', ['digit-vae.js', 'digit-vae.wasm'], 40960],
  ['the headless module without SIMD', ['digit-vae.js', 'digit-vae-scalar.wasm'], 40960],
  ['the lab before its weights', [...PAGE, 'lab.js', 'lab.wasm'], 178_000],
  ['the lab before its weights, without SIMD', [...PAGE, 'lab-scalar.js', 'lab-scalar.wasm'], 178_000],
  ['its Chinese texts', ['zh.txt'], 5_000],
  ['exports', ['export.js'], 1_500],
  ['digits without WebGL', ['element.js', 'digit-vae.wasm'], 45_000],
];
for (const [what, names, most] of LIMITS) {
  test(`what is downloaded for ${what} is at most ${most} bytes`, () => {
    const sizes = names.map((name) => gzipSync(contents(name), { level: 9 }).length);
    const sum = sizes.reduce((a, b) => a + b);
    assert(sum <= most, `${sum}: ${names.map((name, i) => `${name} ${sizes[i]}`).join(', ')}`);
  });
}

test('the page says which version it is, the one of the programs and packages', () => {
  const [, version] = readFileSync(new URL('../../../CMakeLists.txt', import.meta.url), 'utf8').match(/project\(digit-vae VERSION (\S+)/);
  assert(contents('index.html').includes(`digit-vae ${version}`));
});

test('the script has no eval, no static import and no comment left', () => {
  const text = contents('digit-vae.js').toString();
  assert.doesNotMatch(text, /\beval\b|new Function|^import /m);
  assert.doesNotMatch(text, /^\s*(\/\/|\/\*|\*)/m);
});

test('the build without SIMD agrees within 1e-6', async () => {
  const weights = readFileSync(weightsPath);
  const simd = await loadModel(weights, { wasm: wasmModule('digit-vae.wasm') });
  const scalar = await loadModel(weights, { wasm: wasmModule('digit-vae-scalar.wasm') });
  assert.deepEqual(scalar.prior(11, 500), simd.prior(11, 500));
  const images = simd.sample(11, 500);
  assertClose(scalar.sample(11, 500), images, 1e-6, 'samples');
  for (let i = 0; i < 20; ++i) {
    const z = simd.prior(i, 1);
    assertClose(scalar.decode(z), simd.decode(z), 1e-6, `one digit, seed ${i}`);
  }
  const a = scalar.encode(images), b = simd.encode(images);
  assertClose(a.mu, b.mu, 1e-5, 'mu');
  assertClose(a.logVar, b.logVar, 1e-5, 'logVar');
});

test('without SIMD the scalar build is the one that is fetched', async (t) => {
  t.mock.method(WebAssembly, 'validate', () => false);
  const compiled = t.mock.method(WebAssembly, 'compile');
  const { loadModel: load } = await import(new URL('digit-vae.js?scalar', site).href);
  (await load(readFileSync(weightsPath))).free();
  const [bytes] = compiled.mock.calls[0].arguments;
  assert.deepEqual(new Uint8Array(/** @type {ArrayBuffer} */ (bytes)), new Uint8Array(contents('digit-vae-scalar.wasm')));
});
