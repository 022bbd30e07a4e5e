// The browser benchmark's page: this project's module, TensorFlow.js (wasm, SIMD) and ONNX Runtime (wasm), one thread each.
import * as ort from 'onnxruntime-web/wasm';
import { tensorFlow } from './tensorflow.js';

const bytes = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());

// ---- Three ways to run one half of a model: each gives f(input, n) -> Float32Array, or a promise of one

async function ours(name, half, wasm) {
  const { loadModel } = await import(new URL('/site/digit-vae.js', location.href).href);
  const model = await loadModel(await bytes(`/assets/${name}.bin`), { wasm: await bytes(`/site/${wasm}.wasm`) });
  return half === 'decoder' ? (input) => model.decode(input) : (input) => model.encode(input).mu;
}

async function onnx(name, half) {
  const session = await ort.InferenceSession.create(await bytes(`/models/${name}.${half}.onnx`), { executionProviders: ['wasm'] });
  const convolutional = half === 'encoder' && name !== 'mlp';
  return async (input, n) => {
    const shape = convolutional ? [n, 1, 28, 28] : [n, input.length / n];
    const results = await session.run({ input: new ort.Tensor('float32', input, shape) });
    return results[session.outputNames[0]].data;
  };
}

// ---- Timing: in turn, so that what else the machine does hits all alike; what is told is the median of the rounds

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

/** Milliseconds of one call of each of `ways`, (input, n) -> numbers: {name: ms}. */
async function race(ways, input, n, rounds, leastMs) {
  const calls = {}, times = {};
  for (const [name, run] of Object.entries(ways)) {  // warmed up, so that the engine has compiled what it runs
    const start = performance.now();
    let count = 0;
    for (; performance.now() - start < 5 * leastMs; ++count) await run(input, n);
    calls[name] = Math.max(1, Math.round(count / 5));
    times[name] = [];
  }
  for (let round = 0; round < rounds; ++round) {
    for (const [name, run] of Object.entries(ways)) {
      const start = performance.now();
      for (let i = 0; i < calls[name]; ++i) await run(input, n);
      times[name].push((performance.now() - start) / calls[name]);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]));
}

const largest = (a, b) => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);

/** The loop of peak.cpp: so many multiply-adds a call, in registers only. */
const PEAK_ROUNDS = 250_000, PEAK_MACS = 56 * PEAK_ROUNDS;
async function peakLoop() {
  const { instance } = await WebAssembly.instantiate(await bytes('/peak.wasm'));
  const { peak } = /** @type {{ peak?: Function }} */ (instance.exports);
  return () => peak(PEAK_ROUNDS, 0.5);
}

/** One case: {times in ms, difference: of the outputs, at most, peak: multiply-adds a ms}. */
window.measure = async ({ name, half, n, inputs, rounds, leastMs, scalar }) => {
  /** @type {Record<string, Function>} */
  const ways = { ours: await ours(name, half, 'digit-vae') };
  if (scalar) ways.scalar = await ours(name, half, 'digit-vae-scalar');
  else ways.onnx = await onnx(name, half);
  if (!scalar && name !== 'weights') ways.tensorflow = await tensorFlow(name, half);  // which has no residual blocks here
  const input = Float32Array.from(inputs);
  const expected = Array.from(await ways.ours(input, n));
  let difference = 0;
  for (const way of Object.values(ways)) difference = Math.max(difference, largest(expected, await way(input, n)));
  ways.peak = await peakLoop();
  const { peak, ...times } = await race(ways, input, n, rounds, leastMs);
  return { times, difference, peak: PEAK_MACS / peak };
};

ort.env.wasm.wasmPaths = '/ort/';
ort.env.wasm.numThreads = 1;
