// web/page/files.js for the page with everything inside.
import { bytes, has, response } from './inline_bytes.js';

export const open = async (url, signal) => has(url) ? response(url) : fetch(url, { signal });

export const options = async (simd) => ({ wasmBinary: new Uint8Array(await bytes(simd ? 'lab.wasm' : 'lab-scalar.wasm')) });
