// The least page that draws a digit with TensorFlow.js: what "navigation to first digit" is compared with.
import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

setWasmPaths('/tfjs/');
const [lists, blob] = await Promise.all([
  fetch('/models/weights.decoder.json').then((response) => response.json()),
  fetch('/models/weights.decoder.bin').then((response) => response.arrayBuffer()),
  tf.setBackend('wasm')]);
const tensor = ({ at, shape }) => tf.tensor(new Float32Array(blob, at, shape.reduce((a, b) => a * b)), shape);
const [first, , second] = lists.layers;
const z = tf.tensor(Float32Array.from(window.z), [1, 20]);
const hidden = tf.fused.matMul({ a: z, b: tensor(first.weight), bias: tensor(first.bias), activation: 'relu' });
const image = tf.sigmoid(tf.fused.matMul({ a: hidden, b: tensor(second.weight), bias: tensor(second.bias) })).dataSync();

const picture = new ImageData(28, 28);
image.forEach((ink, i) => picture.data.set([255 * (1 - ink), 255 * (1 - ink), 255 * (1 - ink), 255], 4 * i));
document.querySelector('canvas').getContext('2d').putImageData(picture, 0, 0);
window.drawn();
