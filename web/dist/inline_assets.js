// web/element/assets.js for builds with everything inside; other models still come from their `src`.
import { bytes, response } from './inline_bytes.js';

export const weights = { decoder: new URL('inline:weights.bin'), encoder: new URL('inline:weights.bin') };
export const lab = null;

let module;
export const wasm = () => module ??= bytes('digit-vae.wasm').then((simd) =>
  WebAssembly.validate(simd) ? simd : bytes('digit-vae-scalar.wasm'));

export const open = async (url, signal) => String(url).startsWith('inline:')
  ? response(String(url).slice('inline:'.length)) : fetch(url, { signal });
