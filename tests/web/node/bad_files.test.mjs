// Files that must not load: every code of shared/base/result.hpp, with a message, and the next good file loads.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { importModule, weightsPath } from '../support.mjs';
import { changedAt, read, seal, smallModel, tensor, write } from '../weights.mjs';

const { DigitVaeError, loadModel } = await importModule();
const trained = new Uint8Array(readFileSync(weightsPath));
const small = write(smallModel());

/** The small model, changed by `edit(file)` before it is written and sealed. */
function changed(edit) {
  const file = smallModel();
  edit(file);
  return write(file);
}
const withMetadata = (key, value) => changed((file) => { file.metadata[key] = value; });
const withHeader = (edit) => write(smallModel(), (entries) => { edit(entries); return entries; });
const flipped = (bytes, at) => changedAt(bytes, at, bytes[at] ^ 4);
const text = (string) => new TextEncoder().encode(string);

const cases = {
  'not-weights': { html: text('<!doctype html><title>404</title>'), png: text('\x89PNG\r\n\x1a\n0000IHDR'),
    'another format': withMetadata('format', 'somebody-else'), 'no metadata': write({ metadata: {}, tensors: [] }) },
  truncated: { empty: new Uint8Array(0), '5 bytes': small.slice(0, 5), 'in the header': small.slice(0, 300),
    'last byte': small.slice(0, -1), 'trained, half': trained.slice(0, trained.length >> 1) },
  trailing: { 'one byte': Uint8Array.of(...small, 0) },
  'too-large': { '64 MiB and a byte': new Uint8Array((64 << 20) + 1),
    '257 tensors': changed(({ tensors }) => { for (let i = 0; i < 260; ++i) tensors.push(tensor(`x${i}`, [1])); }) },
  header: { 'length 0': changedAt(small, 0, small[0] ^ 1), huge: changedAt(small, 6, 255) },
  json: { 'not an object': write(smallModel(), () => '{"a":[[[[1]]]]}'),
    'a name twice': write(smallModel(), (e) => JSON.stringify(e).replace('log_var.bias', 'mu.bias')),
    'an escape': withMetadata('seed', '\\u0041') },
  version: { newer: withMetadata('version', '2'), 'no version': withMetadata('version', '') },
  dtype: { F64: withHeader((e) => { e['mu.bias'].dtype = 'F64'; }) },
  shape: { 'zero dim': withHeader((e) => { e['mu.bias'].shape = [0]; }),
    overflow: withHeader((e) => { e['mu.bias'].shape = [2 ** 31 - 1, 2 ** 31 - 1, 2, 2]; }),
    '5 dims': withHeader((e) => { e['mu.bias'].shape = [1, 1, 1, 1, 4]; }) },
  offsets: { lying: withHeader((e) => { e['mu.bias'].data_offsets[1] += 4; }),
    hole: withHeader((e) => { e['mu.bias'].data_offsets = e['mu.bias'].data_offsets.map((o) => o + 4); }) },
  crc: { 'a bit of a weight': flipped(small, small.length - 100), 'a bit of the trained file': flipped(trained, 99999),
    'no checksum': changed(({ metadata }) => { delete metadata.crc32; }) },
  model: { nonsense: withMetadata('model', 'hello'), missing: withMetadata('model', ''),
    'layers that do not fit': changed(({ metadata }) => {
      metadata.model = metadata.model.replace('linear:784', 'linear:783');
    }) },
  names: { renamed: changed(({ tensors }) => { tensors[0].name = 'encoder.1.weight'; }),
    'one more': changed(({ tensors }) => { tensors.push(tensor('spare', [3])); }),
    transposed: changed(({ tensors }) => { tensors[0].shape.reverse(); }) },
  nonfinite: { NaN: changed(({ tensors }) => { tensors[2] = tensor('mu.weight', [4, 2], () => NaN); }),
    infinite: changed(({ tensors }) => {
      tensors[7] = tensor('decoder.0.bias', [784], (i) => (i === 700 ? Infinity : 0));
    }) },
  golden: { 'other weights': changed(({ tensors }) => { tensors[7] = tensor('decoder.0.bias', [784], () => 0.1); }),
    'no sample': withMetadata('golden_x', ''), 'not base64': withMetadata('golden_z', '****') },
};

for (const [code, files] of Object.entries(cases)) {
  test(`${code}: ${Object.keys(files).join(', ')}`, async () => {
    for (const [name, bytes] of Object.entries(files)) {
      await assert.rejects(loadModel(bytes), (/** @type {any} */ error) => {
        assert(error instanceof DigitVaeError, `${name}: ${error}`);
        assert.equal(error.code, code, `${name}: ${error.message}`);
        assert.match(error.message, /^[ -~]{12,400}$/, name);
        return true;
      });
    }
  });
}

test('the tests\' own writer is right: its small model and a rewritten trained model load', async () => {
  (await loadModel(small)).free();
  (await loadModel(write(read(trained)))).free();
  (await loadModel(seal(trained.slice()))).free();
});

test('every flipped bit of a header and a sample of those behind it is refused', async () => {
  const length = 8 + Number(new DataView(small.buffer).getBigUint64(0, true));
  let loaded = 0;
  for (let at = 0; at < small.length; at += at < length ? 1 : 97) {
    for (const bit of [1, 2, 4, 8, 16, 32, 64, 128]) {
      await loadModel(changedAt(small, at, small[at] ^ bit)).then(() => { loaded += 1; },
        (error) => assert(error instanceof DigitVaeError, String(error)));
    }
  }
  assert.equal(loaded, 0);
});

test('every truncation is refused', async () => {
  for (let size = 0; size < small.length; size += size < 2000 ? 1 : 131) {
    await assert.rejects(loadModel(small.subarray(0, size)), DigitVaeError, String(size));
  }
});

after(async () => (await loadModel(trained)).free());
