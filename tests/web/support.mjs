// What the tests in Node and in Chromium share: where things are, and the reference numbers that native code wrote.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = new URL('../../', import.meta.url);
const sitePath = process.env.DIGIT_VAE_SITE ?? fileURLToPath(new URL('build/web', root));
export const site = pathToFileURL(`${resolve(sitePath)}/`);
/** The page's default model, and the multilayer perceptron beside it. */
export const weightsPath = fileURLToPath(new URL('assets/weights.bin', root));
export const mlpPath = fileURLToPath(new URL('assets/mlp.bin', root));

/** The headless module as it stands in the site. */
export const importModule = () => import(new URL('digit-vae.js', site).href);

export const wasmModule = (name = 'digit-vae.wasm') => new WebAssembly.Module(readFileSync(new URL(name, site)));

/**
 * build/parity.json, made by the native tests, a list: {weights, model, seed, z, images_eigen, images_libtorch,
 * samples, prior, sevens, encode: {pixels, mu, log_var}} each. Empty if it is missing, unless that is an error here.
 */
export function readParity() {
  const path = process.env.PARITY ?? fileURLToPath(new URL('build/parity.json', root));
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8'));
  assert(!process.env.CI && process.env.REQUIRE_PARITY !== '1',
    'build/parity.json is missing: run the native tests first (ctest --preset native)');
  return [];
}

/** The largest absolute difference; NaN or infinity where lengths or kinds of numbers differ. */
export function largestDifference(actual, expected) {
  if (actual.length !== expected.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < expected.length; ++i) {
    const difference = Math.abs(actual[i] - expected[i]);
    if (!(difference <= largest)) largest = difference;
    if (Number.isNaN(difference)) return NaN;
  }
  return largest;
}

export function assertClose(actual, expected, tolerance, what) {
  const difference = largestDifference(actual, expected);
  assert(difference <= tolerance, `${what}: differs by ${difference}, allowed ${tolerance}`);
}
