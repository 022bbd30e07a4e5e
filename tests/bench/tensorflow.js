// TensorFlow.js on its wasm backend, one thread: what the browser benchmark measures against.
import * as tf from '@tensorflow/tfjs-core';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

setWasmPaths('/tfjs/');
setThreadsCount(1);
const ready = tf.setBackend('wasm');
const KINDS = ['linear', 'conv', 'conv_transpose', 'reshape', 'dropout', 'relu', 'leaky_relu', 'sigmoid', 'tanh'];

/** Half a model, as opponents.py writes it: a function (input, n) -> Float32Array, the first head's where there are. */
export async function tensorFlow(name, half) {
  const [{ layers, heads }, blob] = await Promise.all([
    fetch(`/models/${name}.${half}.json`).then((response) => response.json()),
    fetch(`/models/${name}.${half}.bin`).then((response) => response.arrayBuffer()), ready]);
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
      if (!KINDS.includes(kind)) throw new Error(`no ${kind} here`);
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
