// WebAssembly's memory: back to its baseline after many loads, bounded for large batches, and when it is full that
// is an error like any other. Run with --expose-gc.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { importModule, wasmModule, weightsPath } from '../support.mjs';
import { changedAt, parts, smallModel, tensor, write } from '../weights.mjs';

const { DigitVaeError, loadModel } = await importModule();
const MIB = 1 << 20;

/** A module of its own, so that its memory can be watched: {load, size(), instances}. */
async function watched(t) {
  const instances = [];
  const real = WebAssembly.instantiate;
  t.mock.method(WebAssembly, 'instantiate', async (module) => {
    const instance = await real(module);
    instances.push(instance);
    return instance;
  });
  const wasm = wasmModule(), load = (bytes) => loadModel(bytes, { wasm });
  (await load(write(smallModel()))).free();
  assert.equal(instances.length, 1);
  const { memory } = instances[0].exports;
  return {
    load,
    instances,
    size: () => memory.buffer.byteLength,
  };
}

test('2 000 loads and frees leave memory as it was', async (t) => {
  const { load, size } = await watched(t);
  const files = [2, 3, 16].map((latent) => write(smallModel({ latent, hidden: latent })));
  const cycle = async (times) => {
    for (let i = 0; i < times; ++i) {
      const model = await load(files[i % 3]);
      model.sample(i, 3);
      model.encode(new Float32Array(784));
      model.free();
    }
  };
  await cycle(30);
  const before = size();
  await cycle(2000);
  assert.equal(size(), before);
});

test('20 000 bad loads leave memory as it was, and the model in use works on', async (t) => {
  const { load, size } = await watched(t);
  const good = write(smallModel());
  const bad = [good.slice(0, 900), changedAt(good, good.length - 1, 9), changedAt(good, 40, 34), new Uint8Array(100).fill(60),
    write({ ...smallModel(), tensors: smallModel().tensors.slice(1) }),
    write({ ...smallModel(), metadata: { ...smallModel().metadata, golden_x: 'AAAA' } })];
  const model = await load(good), expected = model.sample(1, 1);
  const cycle = async (times) => {
    for (let i = 0; i < times; ++i) await assert.rejects(load(bad[i % bad.length]), DigitVaeError);
  };
  await cycle(60);
  const before = size();
  await cycle(20000);
  assert.equal(size(), before);
  assert.deepEqual(model.sample(1, 1), expected);
});

test('a page\'s worth of models stays below 16 MiB, and so do large batches', async (t) => {
  const { load, size } = await watched(t);
  const model = await load(readFileSync(weightsPath));
  model.sample(1, 5000);
  const { mu } = model.encode(model.sample(1, 3000));
  assert.equal(mu.length, 3000 * model.latentSize);
  assert(size() <= 16 * MIB, `${size() / MIB} MiB`);
});

test('when memory is full, loading says `memory`, and the models there are keep working', async (t) => {
  const { load, size, instances } = await watched(t);
  const hidden = 7000, latent = 4, small = smallModel({ latent, hidden });
  small.tensors[0] = tensor('encoder.0.weight', [hidden, 784]);  // 22 MB
  const large = write(small), models = [];
  /** @type {any} */
  let full;
  while (!full && models.length < 60) {
    await load(large).then((model) => models.push(model), (error) => { full = error; });
  }
  assert.equal(full?.code, 'memory', String(full));
  assert(models.length >= 5 && size() <= 512 * MIB, `${models.length} models in ${size() / MIB} MiB`);
  for (const model of models) assert.equal(model.sample(1, 300).length, 300 * 784);
  await assert.rejects(load(large), { code: 'memory' });
  models.pop().free();
  models.push(await load(large));
  for (const model of models) model.free();
  assert.equal(instances.length, 1, 'no trap, so the module was never replaced');
});

test('every point at which memory can run out ends in `memory` or in success', async (t) => {
  const { load, instances } = await watched(t);
  const { vae_alloc, vae_dealloc } = instances[0].exports;
  const file = write(smallModel({ latent: 3, hidden: 3 }));
  const model = await load(file), expected = model.sample(1, 2), pixels = new Float32Array(784);
  let block = 64 * MIB;
  const held = [];
  for (; block >= 256; block >>= 1) for (let p; (p = vae_alloc(block)) !== 0;) held.push(p);  // all there is
  const outcomes = { memory: 0, ok: 0 };
  const attempt = async (use) => {
    try {
      const result = await use();
      outcomes.ok += 1;
      result?.free?.();
    } catch (error) {
      assert.equal(error.code, 'memory', String(error));
      outcomes.memory += 1;
    }
  };
  while (held.length > 0 && outcomes.ok < 40) {
    vae_dealloc(held.pop());  // the small ones first
    await attempt(() => load(file));
    await attempt(() => model.sample(1, 2));
    await attempt(() => model.encode(pixels));
    await attempt(() => model.fact('seed'));
  }
  assert(outcomes.memory > 20 && outcomes.ok >= 40, JSON.stringify(outcomes));
  held.forEach(vae_dealloc);
  assert.deepEqual(model.sample(1, 2), expected);
  assert.equal(instances.length, 1, 'no trap');
});

test('an encoder that finds no memory is not there, one that does is, and the model draws on', async (t) => {
  const { load, instances } = await watched(t);
  const { vae_alloc, vae_dealloc } = instances[0].exports;
  const { decoder, encoder } = parts(write(smallModel({ latent: 3 })), [0, 0, 0]);
  const model = await load(decoder), expected = model.sample(1, 2);
  const step = MIB >> 4, held = [], fill = (size) => { for (let p; (p = vae_alloc(size)) !== 0;) held.push(p); };
  fill(16 * MIB);
  vae_dealloc(held.pop());  // in small steps, so that it runs out at every place where it can
  for (let size = step; size >= 256; size >>= 1) fill(size);
  let refused = 0;
  for (; !model.hasEncoder; vae_dealloc(held.pop())) {
    try {
      model.addEncoder(encoder);
      assert.equal(model.hasEncoder, true);
    } catch (error) {
      assert.equal(error.code, 'memory', String(error));
      assert.equal(model.hasEncoder, false);
      refused += 1;
    }
  }
  assert(refused > 4, String(refused));
  held.forEach(vae_dealloc);
  assert.deepEqual(model.sample(1, 2), expected);
  assert.deepEqual(model.encode(new Float32Array(784)).mu, new Float32Array(3));
  assert.equal(instances.length, 1, 'no trap');
});

test('a trap is reported as `memory` and the next load starts afresh', async (t) => {
  const { load, instances } = await watched(t);
  const model = await load(write(smallModel()));
  new Uint32Array(instances[0].exports.memory.buffer).fill(0xfffffff0);  // someone scribbled over everything
  assert.throws(() => { for (let i = 0; i < 9; ++i) model.sample(1, 1); }, { code: 'memory' });
  assert.throws(() => model.sample(1, 1), { code: 'memory' });
  model.free();
  assert.equal((await load(write(smallModel()))).sample(1, 1).length, 784);
  assert.equal(instances.length, 2);
});

test('models that were dropped without free() are freed by the garbage collector', async (t) => {
  const { load, size } = await watched(t);
  const file = write(smallModel({ latent: 8, hidden: 300 }));  // 1 MiB
  for (let i = 0; i < 200; ++i) {
    await load(file);
    if (i % 5 === 4) {
      globalThis.gc();
      await sleep(1);
    }
  }
  assert(size() < 64 * MIB, `${size() / MIB} MiB`);
});
