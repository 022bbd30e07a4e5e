// The module in Node against build/parity.json: Eigen natively and LibTorch, the same weights.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { assertClose, importModule, readParity, root, wasmModule } from '../support.mjs';

const { loadModel } = await importModule();
const parities = readParity();

test('numbers to compare with', { skip: parities.length === 0 && 'build/parity.json is missing (the native tests make it)' },
  () => assert.deepEqual(parities.map(({ weights }) => weights), ['assets/weights.bin', 'assets/mlp.bin']));

for (const parity of parities) for (const build of ['digit-vae.wasm', 'digit-vae-scalar.wasm']) {
  test(`${parity.weights} in ${build} equals native code within 1e-5, and its latents bit for bit`, async () => {
    const model = await loadModel(readFileSync(new URL(parity.weights, root)), { wasm: wasmModule(build) });
    const images = model.decode(parity.z.flat());
    assert(parity.z.length > 0 && parity.samples.length > 0 && parity.encode.pixels.flat().length > 0);
    assertClose(images, parity.images_eigen.flat(), 1e-5, 'decode against Eigen');
    assertClose(images, parity.images_libtorch.flat(), 1e-5, 'decode against LibTorch');
    assertClose(model.sample(parity.seed, parity.samples.length), parity.samples.flat(), 1e-5, 'sample');
    assert.deepEqual([...model.prior(parity.seed, parity.prior.length)], parity.prior.flat().map(Math.fround), 'prior');
    assertClose(model.prior(parity.seed, parity.sevens.length, 7), parity.sevens.flat(), 1e-6, 'sevens');
    const { mu, logVar } = model.encode(parity.encode.pixels.flat());
    assertClose(mu, parity.encode.mu.flat(), 1e-5, 'mu');
    assertClose(logVar, parity.encode.log_var.flat(), 1e-5, 'log_var');
    assert.equal(model.spec, parity.model);
  });
}
