// The least page that draws the mlp's digit with TensorFlow.js: what "navigation to first digit" is compared with.
import { tensorFlow } from './tensorflow.js';

const decode = await tensorFlow('mlp', 'decoder');
const image = decode(Float32Array.from(window.z), 1);
const picture = new ImageData(28, 28);
image.forEach((ink, i) => picture.data.set([255 * (1 - ink), 255 * (1 - ink), 255 * (1 - ink), 255], 4 * i));
document.querySelector('canvas').getContext('2d').putImageData(picture, 0, 0);
window.drawn();
