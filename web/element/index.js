// The package: the models, and the element without its registration (that is define.js).
export { DigitVaeError, loadModel } from '../headless/digit-vae.js';
export { DigitVaeElement } from './element.js';
