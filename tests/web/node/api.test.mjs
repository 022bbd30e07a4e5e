// The headless module's functions: shapes, seeds, arguments, several models, use after free.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { assertClose, importModule, mlpPath, site, wasmModule, weightsPath } from '../support.mjs';
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

const rows = (model, z) => Array.from({ length: z.length / model.latentSize }, (_, i) =>
  [...z.subarray(i * model.latentSize, (i + 1) * model.latentSize)]);

test('digits of a class do not depend on how many there are, and look like it', async () => {
  const model = await loadModel(readFileSync(weightsPath));
  let right = 0;
  for (let digit = 0; digit < 10; ++digit) {
    const sheet = model.prior(3, 100, digit);
    assert.deepEqual(model.prior(3, 7, digit), sheet.subarray(0, 7 * model.latentSize));
    right += rows(model, sheet).filter((z) => String(model.looksLike(z)) === String(digit)).length;
  }
  assert.equal(right, 1000);
  assert.deepEqual(model.prior(3, 5, 10), model.prior(3, 5));  // no such class
  model.free();
});

test('without a learned prior a class is its mean and spread, with the noise of the same sheet', async () => {
  const model = await loadModel(trained), mean = model.classMean(7);
  assert.equal(mean.length, 20);
  assert.deepEqual(model.looksLike(mean), [7]);
  const [noise, sevens] = [rows(model, model.prior(4, 50)), rows(model, model.prior(4, 50, 7))];
  for (const d of [0, 7, 19]) {  // z = mean + std * noise, and std is the same for all
    const stds = sevens.map((z, i) => (z[d] - mean[d]) / noise[i][d]).sort((a, b) => a - b);
    assert(stds[25] > 0);
    assertClose(stds.slice(5, 45), Array(40).fill(stds[25]), 1e-3, `std ${d}`);
  }
  model.free();
});

test('latent arithmetic: slerp, plane, usage, the normal distribution', async () => {
  const model = await loadModel(trained), [a, b] = [model.classMean(3), model.classMean(8)];
  assertClose(model.slerp(a, b, 0), a, 1e-6, 'start');
  assertClose(model.slerp(a, b, 1), b, 1e-6, 'end');
  const length = (z) => Math.hypot(...z);
  assert(Math.abs(length(model.slerp(a, b, 0.25)) - (0.75 * length(a) + 0.25 * length(b))) < 1e-5);
  assertClose([model.quantile(0.975), model.quantile(0.5), model.cdf(1.959963984540054), model.cdf(-8)],
    [1.959963984540054, 0, 0.975, 6.2e-16], 1e-12, 'normal');
  const [middle, across, up] = rows(model, model.plane()), dot = (u, v) => u.reduce((sum, x, i) => sum + x * v[i], 0);
  assert.equal(middle.length, 20);
  assert(dot(across, across) >= dot(up, up) && dot(up, up) > 0);
  assert(Math.abs(dot(across, up)) < 1e-4 * dot(up, up));
  const usage = model.usage();
  assert(Math.abs(usage.reduce((x, y) => x + y) - Number(model.fact('test_kl'))) < 0.01 * Number(model.fact('test_kl')));
  for (const use of [() => model.looksLike([1]), () => model.slerp(a, [], 0.5), () => model.nats([], { mu: a, logVar: a })]) {
    assert.throws(use, code('shape'));
  }
  model.free();
});

test('a file that says nothing of its latents: no classes, no usage, the first two latents as the plane', async () => {
  const model = await loadModel(write(smallModel()));
  assert.deepEqual([model.classMean(3).length, model.looksLike([0, 0, 0, 0]), model.usage().length], [0, [], 0]);
  assert.deepEqual(rows(model, model.plane()), [[0, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0]]);
  assert.deepEqual(model.prior(1, 3, 3), model.prior(1, 3));
  model.free();
});

test('nats: the formulas, of logits', async () => {
  const model = await loadModel(trained), pixels = model.sample(2, 1), posterior = model.encode(pixels);
  const [reconstruction, kl] = model.nats(pixels, posterior), image = model.decode(posterior.mu);
  const log = (x) => Math.log(Math.max(x, 1e-38));
  const expected = -pixels.reduce((sum, x, i) => sum + x * log(image[i]) + (1 - x) * log(1 - image[i]), 0);
  assert(Math.abs(reconstruction - expected) < 1e-3 * expected, `${reconstruction}, ${expected}`);
  const terms = posterior.mu.reduce((sum, m, i) => sum + (m * m + Math.exp(posterior.logVar[i]) - 1 - posterior.logVar[i]) / 2, 0);
  assert(Math.abs(kl - terms) < 1e-4 * terms, `${kl}, ${terms}`);
  model.free();
  const mixture = await loadModel(readFileSync(weightsPath));
  assert.equal(mixture.nats(pixels, mixture.encode(pixels)).length, 1);  // no formula for its KL
  mixture.free();
});
