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

test('what a page downloads is at most 40 KiB', () => {
  const size = (name) => gzipSync(contents(name), { level: 9 }).length;
  const sizes = ['digit-vae.js', 'digit-vae.wasm', 'digit-vae-scalar.wasm'].map(size);
  const [js, simd, scalar] = sizes;
  assert(js + simd <= 40960 && js + scalar <= 40960, `gzip: js ${js}, wasm ${simd}, scalar wasm ${scalar}`);
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
  assert.deepEqual(new Uint8Array(bytes), new Uint8Array(contents('digit-vae-scalar.wasm')));
});
