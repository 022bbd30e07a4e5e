// web/page/files.js for the page with everything inside.
import { bytes, has, response } from './inline_bytes.js';

export async function open(url) {
  if (!has(url)) throw new Error('it is not inside this file');
  return response(url);
}

export const alone = true;

export const options = async (simd) => ({ wasmBinary: new Uint8Array(await bytes(simd ? 'lab.wasm' : 'lab-scalar.wasm')) });
