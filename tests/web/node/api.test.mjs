// The headless module's functions: shapes, seeds, arguments, several models, use after free.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { assertClose, importModule, mlpPath, site, wasmModule, weightsPath } from '../support.mjs';
import { draw, factsOf, looksLike } from '../../../web/element/latents.js';
import { changedAt, smallModel, write } from '../weights.mjs';

const { DigitVaeError, loadModel } = await importModule();
const trained = readFileSync(mlpPath);
const sigmoid = (x) => 1 / (1 + Math.exp(-x));
const code = (expected) => (error) => error instanceof DigitVaeError && error.code === expected;

test('a trained model says what it is', async () => {
  const model = await loadModel(trained);
  assert.equal(model.latentSize, 20);
  assert.deepEqual([model.channels, model.height, model.width, model.pixels], [1, 28, 28, 784]);
  assert.match(model.spec, /^mlp image=1x28x28 latent=20 likelihood=bernoulli prior=normal encoder=\S+ decoder=\S+$/);
  assert.equal(model.fact('model'), model.spec);
  assert.match(model.fact('seed'), /^\d+$/);
  for (const key of ['no such key', '', 'séed', 'seed\0', 'x'.repeat(100000)]) {
    assert.equal(model.fact(key), undefined);
  }
  model.free();
  const ours = await loadModel(readFileSync(weightsPath));
  assert.equal(ours.latentSize, 24);
  assert.match(ours.spec, /^resnet .* prior=mixture:100 /);
  ours.free();
});

test('the golden sample, LibTorch\'s own image, is drawn within 1e-5', async () => {
  for (const path of [weightsPath, mlpPath]) {
    const model = await loadModel(readFileSync(path));
    const floats = (key) => new Float32Array(Uint8Array.from(Buffer.from(model.fact(key), 'base64')).buffer);
    assertClose(model.decode(floats('golden_z')), floats('golden_x'), 1e-5, path);
    model.free();
  }
});

test('known numbers: the first latents of seeds are the same bits everywhere', async () => {
  const model = await loadModel(trained);
  const bits = (floats) => Array.from(new Uint32Array(Float32Array.from(floats).buffer), (b) => b.toString(16));
  assert.deepEqual(bits(model.prior(1, 1).subarray(0, 4)), ['3f8f0da3', '3e49f8df', '3f185af7', 'c03a8ee5']);
  assert.deepEqual(bits(model.prior(2n ** 64n - 1n, 3).subarray(40, 44)),
    ['be2a420a', 'be1ebe07', 'bf2a41c4', 'be2dc21f']);
  model.free();
});

test('a model that needs no training draws sigmoid(z + bias)', async () => {
  const model = await loadModel(write(smallModel({ latent: 5, bias: (i) => i / 400 - 1 })));
  const z = [0.5, -1, 2, 0, 3.25, /* second */ 1, 1, 1, -4, 0];
  const expected = [z.slice(0, 5), z.slice(5)].flatMap((one) =>
    Array.from({ length: 784 }, (_, i) => sigmoid((one[i] ?? 0) + i / 400 - 1)));
  assertClose(model.decode(z), expected, 1e-6, 'decode');
  const { mu, logVar } = model.encode(new Float32Array(2 * 784).fill(0.5));
  assert.deepEqual([[...mu], [...logVar]], [Array(10).fill(0), Array(10).fill(0)]);
  assertClose(model.sample(9, 2).subarray(784), model.decode(model.prior(9, 2).subarray(5)), 1e-6, 'sample');
  model.free();
});

test('results are copies, any array is taken, and nothing is nothing', async () => {
  const model = await loadModel(trained);
  const z = model.prior(3, 2), kept = model.decode(z), before = kept.slice();
  model.decode(model.prior(4, 2));
  assert.deepEqual(kept, before);
  assert.deepEqual(model.decode([...z]), kept);
  assert.deepEqual(model.decode(Float64Array.from(z)), kept);
  assert.deepEqual(model.decode(model.prior(3, 3).subarray(0, 40)), kept);
  assert.equal(model.decode([]).length, 0);
  assert.equal(model.encode([]).mu.length, 0);
  assert.equal(model.sample(1, 0).length, 0);
  model.free();
});

test('batches: 600 at once equal one at a time, and samples do not depend on n', async () => {
  const model = await loadModel(trained);
  const sheet = model.sample(5, 600), z = model.prior(5, 600);
  for (const i of [0, 255, 256, 511, 512, 599]) {
    const one = model.decode(z.subarray(20 * i, 20 * i + 20));
    assertClose(sheet.subarray(784 * i, 784 * i + 784), one, 1e-6, `sample ${i}`);
  }
  assertClose(model.sample(5, 1), sheet.subarray(0, 784), 1e-6, 'first sample');
  assert.deepEqual(model.prior(5, 7), z.slice(0, 140));
  const { mu } = model.encode(sheet);
  assertClose(model.encode(sheet.subarray(784 * 300, 784 * 301)).mu, mu.subarray(6000, 6020), 1e-5, 'encode 300');
  model.free();
});

test('seeds: whole numbers below 2^53 or BigInts below 2^64, all 64 bits used', async () => {
  const model = await loadModel(write(smallModel()));
  assert.deepEqual(model.prior(7, 2), model.prior(7n, 2));
  assert.deepEqual(model.prior(Number.MAX_SAFE_INTEGER, 1), model.prior(2n ** 53n - 1n, 1));
  const seeds = [0n, 1n, 2n ** 32n, 2n ** 32n + 1n, 2n ** 63n, 2n ** 64n - 1n];
  assert.equal(new Set(seeds.map((seed) => model.prior(seed, 1).join())).size, seeds.length);
  for (const seed of [-1, 1.5, NaN, Infinity, 2 ** 53, -1n, 2n ** 64n, '7', null, undefined, {}]) {
    assert.throws(() => model.prior(seed, 1), RangeError, String(seed));
    assert.throws(() => model.sample(seed, 1), RangeError, String(seed));
  }
  for (const n of [-1, 0.5, NaN, '3', undefined, 2 ** 31]) {
    assert.throws(() => model.sample(1, n), RangeError, String(n));
  }
  assert.throws(() => model.sample(1, 2 ** 31 - 1), code('memory'));
  model.free();
});

test('wrong lengths are `shape`, NaN and infinity `nonfinite`, other things a TypeError', async () => {
  const model = await loadModel(write(smallModel()));
  for (const length of [1, 3, 5, 783]) {
    assert.throws(() => model.decode(new Float32Array(length)), code('shape'));
    assert.throws(() => model.encode(new Float32Array(length)), code('shape'));
  }
  for (const bad of [NaN, Infinity, -Infinity, 1e39, undefined, 'x']) {
    assert.throws(() => model.decode([0, 0, bad, 0]), code('nonfinite'), String(bad));
    assert.throws(() => model.encode(changedAt(Array(784).fill(0), 783, bad)), code('nonfinite'), String(bad));
  }
  for (const bad of [undefined, null, 3, 'four', {}, () => 0]) assert.throws(() => model.decode(bad), TypeError);
  // A bad number in a late batch is found as well, and the model works on.
  assert.throws(() => model.decode(new Float32Array(4 * 1000).fill(NaN, 3999)), code('nonfinite'));
  const huge = model.decode([3e38, -3e38, 0, 1e4]);
  assert(huge.every((p) => p >= 0 && p <= 1));
  assert.deepEqual([huge[0], huge[1]], [1, 0]);
  model.free();
});

test('many models, loaded at the same time, live in one module, and each is itself', async (t) => {
  const instantiate = t.mock.method(WebAssembly, 'instantiate');
  const wasm = wasmModule();
  const models = await Promise.all(Array.from({ length: 30 }, (_, k) =>
    loadModel(write(smallModel({ latent: k + 1, bias: () => k / 10 })), { wasm })));
  assert.equal(instantiate.mock.callCount(), 1);
  const expected = (k) => Math.fround(sigmoid(k / 10));
  models.filter((_, k) => k % 3 === 0).forEach((model) => model.free());
  models.forEach((model, k) => {
    if (k % 3 === 0) return assert.throws(() => model.decode([]), code('freed'));
    assert.equal(model.latentSize, k + 1);
    assertClose(model.sample(1, 1).subarray(100), Array(684).fill(expected(k)), 1e-6, `model ${k}`);
    model.free();
  });
});

test('one instance serves every model of one `wasm`; another source gets its own', async (t) => {
  const instantiate = t.mock.method(WebAssembly, 'instantiate');
  const file = write(smallModel()), module = wasmModule();
  const bytes = readFileSync(new URL('digit-vae.wasm', site));
  const url = new URL('digit-vae.wasm', site);
  for (const wasm of [module, module, bytes, bytes, url, new URL(url), url.href, undefined, undefined]) {
    (await loadModel(file, { wasm })).free();
  }
  const count = instantiate.mock.callCount();  // the default one may run already
  assert(count === 2 || count === 3, `${count} instances`);
  assert.equal((await loadModel(file, { wasm: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) }))
    .latentSize, 4);
});

test('what is no module is refused, and trying again works', async () => {
  const file = write(smallModel());
  await assert.rejects(loadModel(file, { wasm: new Uint8Array(8) }), code('wasm'));
  await assert.rejects(loadModel(file, { wasm: new URL('nothing-here.wasm', site) }), code('network'));
  for (const wasm of [5, {}, true]) await assert.rejects(loadModel(file, { wasm }), TypeError);
  for (const bytes of [undefined, null, 'weights.bin', [1, 2], new Blob()]) {
    await assert.rejects(loadModel(bytes), TypeError);
  }
  (await loadModel(file)).free();
});

test('bytes may be any view, and are not needed afterwards', async () => {
  const file = write(smallModel()), padded = new Uint8Array(file.length + 13);
  padded.set(file, 13);
  const model = await loadModel(new DataView(padded.buffer, 13));
  padded.fill(0);
  assert.equal(model.sample(1, 1).length, 784);
  model.free();
});

test('a decoder alone draws as the whole does, and encodes once its encoder came', async () => {
  const part = (name) => readFileSync(new URL(`weights.${name}.bin`, site));
  const whole = await loadModel(readFileSync(weightsPath)), model = await loadModel(part('decoder'));
  assert.equal(whole.hasEncoder, true);
  assert.equal(model.hasEncoder, false);
  const images = whole.sample(5, 3);
  assertClose(model.sample(5, 3), images, 1e-6, 'samples');
  assert.throws(() => model.encode(images), code('names'));
  const damaged = part('encoder').map((byte, i) => i === 5000 ? byte ^ 1 : byte);
  for (const wrong of [part('decoder'), readFileSync(weightsPath), damaged]) {
    assert.throws(() => model.addEncoder(wrong), DigitVaeError);
  }
  assert.throws(() => model.addEncoder('weights.encoder.bin'), TypeError);
  assert.equal(model.hasEncoder, false);
  model.addEncoder(part('encoder'));
  assert.equal(model.hasEncoder, true);
  assertClose(model.encode(images).mu, whole.encode(images).mu, 1e-5, 'mu');
  await assert.rejects(loadModel(part('encoder')), code('names'));
  model.free();
  assert.throws(() => model.addEncoder(part('encoder')), code('freed'));
  whole.free();
});

test('free() is idempotent, and everything else then throws `freed`', async () => {
  const model = await loadModel(write(smallModel()));
  model.free();
  model.free();
  for (const use of [() => model.decode([]), () => model.encode([]), () => model.sample(1, 1), () => model.prior(1, 1),
    () => model.fact('seed')]) assert.throws(use, code('freed'));
  assert.equal(model.latentSize, 4);  // plain facts stay readable
});

test('the element\'s sevens: of a learned prior draws from their components, that cannot be taken for another digit', async () => {
  const model = await loadModel(readFileSync(weightsPath)), facts = factsOf(model), size = model.latentSize;
  const texts = (prior) => Array.from({ length: prior.length / size }, (_, i) => String(prior.subarray(i * size, (i + 1) * size)));
  for (const digit of [0, 7, 9]) {
    const sheet = draw({ model, facts }, digit, 3, 12), own = new Set(texts(model.prior(3, 48, digit)));
    assert.equal(sheet.length, 12);
    for (const z of sheet) assert(own.has(String(z)) && String(looksLike(facts.classes, z, 0.99)) === String(digit));
  }
  assert.deepEqual(draw({ model, facts }, null, 3, 12).map(String), texts(model.prior(3, 12)));
  model.free();
});
