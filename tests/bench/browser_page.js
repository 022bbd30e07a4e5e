// The browser benchmark's page: this project's module, TensorFlow.js (wasm, SIMD) and ONNX Runtime (wasm), one thread each.
import * as tf from '@tensorflow/tfjs-core';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as ort from 'onnxruntime-web/wasm';

const bytes = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());

// ---- Three ways to run one half of a model: each gives f(input, n) -> Float32Array, or a promise of one

async function ours(name, half, wasm) {
  const { loadModel } = await import(new URL('/site/digit-vae.js', location));
  const model = await loadModel(await bytes(`/assets/${name}.bin`), { wasm: await bytes(`/site/${wasm}.wasm`) });
  return half === 'decoder' ? (input) => model.decode(input) : (input) => model.encode(input).mu;
}

async function tensorFlow(name, half) {
  const { layers, heads } = await (await fetch(`/models/${name}.${half}.json`)).json();
  const blob = (await bytes(`/models/${name}.${half}.bin`)).buffer;
  const tensor = ({ at, shape }) => tf.tensor(new Float32Array(blob, at, shape.reduce((a, b) => a * b)), shape);
  let flattened = null;  // [c, h, w] of a map that was made a vector: here it is in H,W,C order, in the weights in C,H,W
  const load = (layer) => {
    if (!layer.weight) return;
    layer.w = tensor(layer.weight);
    layer.b = tensor(layer.bias);
    if (layer.kind !== 'linear' || !flattened) return;
    const [c, h, w] = flattened, out = layer.weight.shape[1];
    layer.w = tf.reshape(tf.transpose(tf.reshape(layer.w, [c, h, w, out]), [1, 2, 0, 3]), [c * h * w, out]);
  };
  let map = [1, 28, 28];
  for (const layer of layers) {
    load(layer);
    if (layer.kind === 'linear') flattened = null;
    if (layer.kind === 'reshape') {
      const to = layer.numbers[0].split('x').map(Number);
      flattened = to[1] * to[2] === 1 ? map : null;
      map = to;
    }
    const stride = Number(layer.numbers[3]);
    if (layer.kind === 'conv') map = [Number(layer.numbers[1]), ...map.slice(1).map((s) => Math.ceil(s / stride))];
    if (layer.kind === 'conv_transpose') map = [Number(layer.numbers[1]), ...map.slice(1).map((s) => s * stride)];
  }
  heads.forEach(load);
  const dense = (x, { w, b }, activation = 'linear') => tf.fused.matMul({ a: x, b: w, bias: b, activation });
  const run = (x) => {
    let size = 28;
    for (let i = 0; i < layers.length; ++i) {
      const layer = layers[i], { kind, numbers } = layer, stride = Number(numbers[3]);
      const relu = layers[i + 1]?.kind === 'relu';  // what can be fused is
      if (kind === 'linear') x = dense(x, layer, relu ? 'relu' : 'linear');
      if (kind === 'reshape') {
        const [c, h, w] = numbers[0].split('x').map(Number);
        x = tf.reshape(x, h * w === 1 ? [-1, c] : [-1, h, w, c]);  // one channel, or made of one
        size = h;
      }
      if (kind === 'conv') {
        const activation = relu ? 'relu' : 'linear';
        x = tf.fused.conv2d({ x, filter: layer.w, strides: stride, pad: 'same', bias: layer.b, activation });
        size = x.shape[1];
      }
      if (kind === 'conv_transpose') {
        size *= stride;
        x = tf.add(tf.conv2dTranspose(x, layer.w, [x.shape[0], size, size, Number(numbers[1])], stride, 'same'), layer.b);
        if (relu) x = tf.relu(x);
      }
      if (kind === 'leaky_relu') x = tf.leakyRelu(x, Number(numbers[0]));
      if (kind === 'sigmoid') x = tf.sigmoid(x);
      if (kind === 'tanh') x = tf.tanh(x);
    }
    return heads.length ? heads.map((head) => dense(x, head)) : [x];
  };
  return (input, n) => {
    const shape = layers[0].kind === 'conv' ? [n, 28, 28, 1] : [n, input.length / n];
    const outputs = tf.tidy(() => run(tf.tensor(input, shape)));
    const values = outputs.map((output) => output.dataSync());
    tf.dispose(outputs);
    return values[0];
  };
}

async function onnx(name, half) {
  const session = await ort.InferenceSession.create(await bytes(`/models/${name}.${half}.onnx`), { executionProviders: ['wasm'] });
  const convolutional = half === 'encoder' && name === 'tf-conv';
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

/** One case: {times in ms, difference: of the outputs, at most}. */
window.measure = async ({ name, half, n, inputs, rounds, leastMs, scalar }) => {
  const ways = { ours: await ours(name, half, 'digit-vae') };
  if (scalar) ways.scalar = await ours(name, half, 'digit-vae-scalar');
  else Object.assign(ways, { tensorflow: await tensorFlow(name, half), onnx: await onnx(name, half) });
  const input = Float32Array.from(inputs);
  const expected = Array.from(await ways.ours(input, n));
  let difference = 0;
  for (const way of Object.values(ways)) difference = Math.max(difference, largest(expected, await way(input, n)));
  return { times: await race(ways, input, n, rounds, leastMs), difference };
};

/** Multiply-adds a second in registers only, the best of many. */
window.measurePeak = async () => {
  const { instance } = await WebAssembly.instantiate(await bytes('/peak.wasm'));
  let best = 0;
  for (let i = 0; i < 200; ++i) {
    const start = performance.now();
    instance.exports.peak(250_000, 0.5);
    best = Math.max(best, 250_000 * 40 / (performance.now() - start) * 1000);
  }
  return best;
};

setWasmPaths('/tfjs/');
setThreadsCount(1);
ort.env.wasm.wasmPaths = '/ort/';
ort.env.wasm.numThreads = 1;
window.ready = tf.setBackend('wasm');
