// The headless module: a trained digit-vae in any page, worker or Node, without a canvas, WebGL or Dear ImGui.
// Written by hand rather than by Emscripten: digit-vae.wasm needs nothing from it, and bundlers, a strict
// Content-Security-Policy and Node all take a plain ES module. All models share one module and one memory.
// Types and units are repeated in digit-vae.d.ts.

/**
 * What every function here throws when data or the machine is to blame. A wrong type of argument is a
 * TypeError, a number out of range (n, seed) a RangeError.
 *
 * `code` is stable, `message` a whole sentence for a person. Codes of a weights file: not-weights truncated
 * trailing too-large header json version dtype shape offsets crc model names nonfinite golden memory; of
 * arguments: shape nonfinite freed; of fetching the module: http network; and wasm, where WebAssembly is
 * missing or forbidden by the page's Content-Security-Policy.
 */
export class DigitVaeError extends Error {
  /** @param {string} code @param {string} message @param {ErrorOptions} [options] */
  constructor(code, message, options) {
    super(message, options);
    this.name = 'DigitVaeError';
    this.code = code;
  }
}

// ---- The module: fetched and compiled once, whatever the number of models

// The smallest module with a SIMD instruction: i8x16.popcnt(i8x16.splat(0)).
const SIMD_PROBE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0,
  65, 0, 253, 15, 253, 98, 11);

const PATIENCE = 20000;  // milliseconds for the module's 31 KB

/** @returns {URL} of the build for this machine */
function defaultUrl() {
  return WebAssembly.validate(SIMD_PROBE)
    ? new URL('./digit-vae.wasm', import.meta.url)
    : new URL('./digit-vae-scalar.wasm', import.meta.url);
}

/** Compiles what `source` names or holds. */
async function compile(source) {
  if (source instanceof WebAssembly.Module) return source;
  if (!(source instanceof URL)) return WebAssembly.compile(source);
  if (source.protocol === 'file:' && globalThis.process?.versions?.node) {
    // No literal, so that bundlers for browsers let it be.
    const { readFile } = await import(/* @vite-ignore */ /* webpackIgnore: true */ 'node:'.concat('fs/promises'));
    return WebAssembly.compile(await readFile(source));
  }
  const stop = new AbortController(), timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const response = await fetch(source, { signal: stop.signal });
    if (!response.ok) throw new DigitVaeError('http', `${source.href} answered ${response.status}`);
    return await WebAssembly.compile(await response.arrayBuffer());  // so small that streaming gains nothing
  } catch (error) {
    throw stop.signal.aborted ? new DigitVaeError('timeout', `${source.href} does not arrive`) : error;
  } finally {
    clearTimeout(timer);
  }
}

/** One instance of the module and the traffic with its memory. */
class Runtime {
  /** @param {WebAssembly.Instance} instance */
  constructor(instance) {
    this.wasm = /** @type {any} */ (instance.exports);
    this.alive = true;
    this.wasm._initialize();
  }

  // Memory that grows gets a new buffer: never keep one.
  bytes(pointer, length) { return new Uint8Array(this.wasm.memory.buffer, pointer, length); }
  floats(pointer, length) { return new Float32Array(this.wasm.memory.buffer, pointer, length); }

  /** ASCII up to the 0 at its end. */
  text(pointer) {
    const bytes = new Uint8Array(this.wasm.memory.buffer);
    let text = '';
    for (let i = pointer; bytes[i] !== 0; ++i) text += String.fromCharCode(bytes[i]);
    return text;
  }

  lastError() {
    return new DigitVaeError(this.text(this.wasm.vae_error_code()), this.text(this.wasm.vae_error_message()));
  }

  /** Calls an export. A trap leaves the memory unusable, and with it every model of this runtime. */
  call(name, ...args) {
    if (!this.alive) throw new DigitVaeError('memory', 'WebAssembly stopped; load the model again');
    try {
      return this.wasm[name](...args);
    } catch (cause) {
      this.alive = false;
      throw new DigitVaeError('memory', `WebAssembly stopped: ${cause.message}; load the model again`, { cause });
    }
  }

  /** Runs `use(pointer)` with that many bytes, which are given back whatever happens. */
  withMemory(size, use) {
    const pointer = this.call('vae_alloc', size);
    if (pointer === 0) throw new DigitVaeError('memory', `not enough memory: ${size} bytes cannot be had`);
    try {
      return use(pointer);
    } finally {
      if (this.alive) this.call('vae_dealloc', pointer);
    }
  }
}

/** @type {Map<unknown, Promise<Runtime>>} by address */
const runtimesByUrl = new Map();
/** @type {WeakMap<object, Promise<Runtime>>} by what was passed as `wasm` */
const runtimesByObject = new WeakMap();

async function start(source) {
  try {
    return new Runtime(await WebAssembly.instantiate(await compile(source)));
  } catch (cause) {
    if (cause instanceof DigitVaeError) throw cause;
    const { CompileError, LinkError, RuntimeError } = WebAssembly;
    const bad = [CompileError, LinkError, RuntimeError].some((kind) => cause instanceof kind);
    throw bad || !(source instanceof URL)
      ? new DigitVaeError('wasm', `cannot start WebAssembly: ${cause.message}`, { cause })
      : new DigitVaeError('network', `cannot fetch ${source.href}: ${cause.message}`, { cause });
  }
}

/** The runtime for a source; a failed or a broken one is not kept, so trying again is worth while. */
async function runtimeFor(source) {
  if (typeof WebAssembly !== 'object') {
    throw new DigitVaeError('wasm', 'this browser has no WebAssembly, or it is switched off');
  }
  source ??= defaultUrl();
  if (typeof source === 'string') source = new URL(source, globalThis.document?.baseURI ?? import.meta.url);
  if (![URL, ArrayBuffer, WebAssembly.Module].some((kind) => source instanceof kind) && !ArrayBuffer.isView(source)) {
    throw new TypeError('wasm must be a URL, the bytes of digit-vae.wasm or a WebAssembly.Module');
  }
  const [runtimes, key] = source instanceof URL ? [runtimesByUrl, source.href] : [runtimesByObject, source];
  // Entered before anything is awaited, so that loads at the same time share one start too.
  const known = runtimes.get(key) ?? Promise.resolve(null);
  const next = known.catch(() => null).then((runtime) => runtime?.alive ? runtime : start(source));
  runtimes.set(key, next);
  return next;
}

// ---- Arguments

/** A count, an index or a size: a whole number from 0 to `max`. */
function count(name, value, max = 0x7fffffff) {
  if (!Number.isInteger(value) || value < 0 || value > max) {
    throw new RangeError(`${name} must be a whole number from 0 to ${max}, not ${String(value)}`);
  }
  return value;
}

/** A seed as two 32-bit halves. */
function seedHalves(seed) {
  const whole = typeof seed === 'bigint' || Number.isSafeInteger(seed) ? BigInt(seed) : -1n;
  if (whole < 0n || whole >= 1n << 64n) {
    throw new RangeError(`seed must be a whole number from 0 to 2^53 - 1, or a BigInt below 2^64, not ${String(seed)}`);
  }
  return [Number(whole & 0xffffffffn), Number(whole >> 32n)];
}

/** Anything array-like as floats. */
function floatsFrom(name, values) {
  if (values instanceof Float32Array) return values;
  if (values === null || typeof values !== 'object' || !Number.isInteger(values.length)) {
    throw new TypeError(`${name} must be a Float32Array or an array of numbers`);
  }
  return Float32Array.from(values);
}

/** A result of JavaScript's own memory. */
function newFloats(length) {
  try {
    return new Float32Array(length);
  } catch (cause) {
    throw new DigitVaeError('memory', `not enough memory for ${length} numbers`, { cause });
  }
}

// ---- Models

// Numbers that cross into WebAssembly at once: memory stays small whatever n is.
const BATCH_NUMBERS = 1 << 18;

// Gives memory back for models that were dropped without free().
const dropped = new FinalizationRegistry(({ runtime, pointer }) => runtime.alive && runtime.call('vae_free', pointer));

/** A trained VAE. Made by loadModel(). */
class Model {
  #runtime;
  #pointer;
  #latent;
  #shape;
  #spec;

  constructor(runtime, pointer) {
    this.#runtime = runtime;
    this.#pointer = pointer;
    this.#spec = this.fact('model');
    const [, ...sizes] = this.#spec.match(/ image=(\d+)x(\d+)x(\d+) latent=(\d+)/);
    this.#latent = Number(sizes.pop());
    this.#shape = sizes.map(Number);
    dropped.register(this, { runtime, pointer }, this);
  }

  /** Dimensions of the latent space, e.g. 20. */
  get latentSize() { return this.#latent; }
  /** Numbers in one image: channels * height * width, e.g. 784. */
  get pixels() { return this.#shape[0] * this.#shape[1] * this.#shape[2]; }
  get channels() { return this.#shape[0]; }
  get height() { return this.#shape[1]; }
  get width() { return this.#shape[2]; }
  /** The model line: name, sizes, likelihood and every layer, as in the weights file. */
  get spec() { return this.#spec; }

  /** Whether encode() works: not before addEncoder() where a decoder's file alone was loaded. */
  get hasEncoder() { return this.#live().call('vae_has_encoder', this.#pointer) === 1; }

  /**
   * Adds the encoder to a model whose decoder came alone (weights.decoder.bin, weights.encoder.bin). A file that is
   * refused changes nothing.
   * @param {ArrayBuffer | ArrayBufferView} bytes its file; not needed afterwards
   * @throws {DigitVaeError} a code of a weights file, memory, freed; names when it belongs to another model
   */
  addEncoder(bytes) {
    const runtime = this.#live();
    withFile(runtime, bytesOf(bytes), (pointer, size) => {
      if (!runtime.call('vae_add_encoder', this.#pointer, pointer, size)) throw runtime.lastError();
    });
  }

  /**
   * A training fact from the weights file: seed, epochs, test averages, ...
   * @param {string} key
   * @returns {string | undefined} undefined if the file does not say
   */
  fact(key) {
    const runtime = this.#live();
    if (!/^[ -~]+$/.test(key)) return undefined;
    return runtime.withMemory(key.length + 1, (pointer) => {
      runtime.bytes(pointer, key.length + 1).set([...key, '\0'].map((c) => c.charCodeAt(0)));
      const value = runtime.call('vae_fact', this.#pointer, pointer);
      return value === 0 ? undefined : runtime.text(value);
    });
  }

  /**
   * The approximate posterior q(z|x) = N(mu, exp(logVar)) of images.
   * @param {ArrayLike<number>} pixels (n, pixels) in [0, 1]: 0 background, 1 ink; C,H,W order
   * @returns {{mu: Float32Array, logVar: Float32Array}} both (n, latentSize)
   * @throws {DigitVaeError} shape, nonfinite, memory, freed; names without an encoder
   */
  encode(pixels) {
    const from = floatsFrom('pixels', pixels), n = this.#samples(from, this.pixels, 'pixels');
    const [mu, logVar] = this.#run('vae_encode', n, from, [this.pixels, this.#latent, this.#latent]);
    return { mu, logVar };
  }

  /**
   * Images of latents.
   * @param {ArrayLike<number>} z (n, latentSize); beyond +-1e4 a number counts as +-1e4
   * @returns {Float32Array} (n, pixels), always in [0, 1]; a copy, yours to keep
   * @throws {DigitVaeError} shape, nonfinite, memory, freed
   */
  decode(z) {
    const from = floatsFrom('z', z), n = this.#samples(from, this.#latent, 'latents');
    return this.#run('vae_decode', n, from, [this.#latent, this.pixels])[0];
  }

  /**
   * New digits: decode(prior(seed, n)). The same seed gives the same digits everywhere.
   * @param {number | bigint} seed whole number from 0 to 2^53 - 1, or a BigInt below 2^64
   * @param {number} n how many
   * @returns {Float32Array} (n, pixels) in [0, 1]
   * @throws {DigitVaeError} memory, freed
   */
  sample(seed, n) { return this.decode(this.prior(seed, n)); }

  /**
   * The first n latents of the endless sheet with this seed: of the model's prior, or of a digit. The same everywhere,
   * within 1e-6, and the same bits from N(0, I).
   * @param {number | bigint} seed as in sample()
   * @param {number} n how many
   * @param {number} [digit] 0 to 9: draws of its class; of the prior where the file has no classes
   * @returns {Float32Array} (n, latentSize)
   * @throws {DigitVaeError} memory, freed
   */
  prior(seed, n, digit = -1) {
    const halves = seedHalves(seed);
    return this.#run('vae_prior', count('n', n), null, [0, this.#latent], (first) => [...halves, digit, first])[0];
  }

  /** Where the class of a digit lies: (latentSize), or empty. */
  classMean(digit) { return this.#compute('vae_class_mean', [digit], this.#latent); }

  /** The digits that z, (latentSize), may be of, likeliest first. @returns {number[]} none, one or two */
  looksLike(z) { return [...this.#compute('vae_looks_like', this.#one(z), 2)]; }

  /** The latent at t of the way from a to b, (latentSize) each, along the great circle. */
  slerp(a, b, t) { return this.#compute('vae_slerp', [...this.#one(a), ...this.#one(b), t], this.#latent); }

  /** The plane in which most happens, (3, latentSize): its middle, and a standard deviation along both directions. */
  plane() { return this.#compute('vae_plane', [], 3 * this.#latent); }

  /** KL of each dimension in nats, average over the test images: (latentSize), or empty. */
  usage() { return this.#compute('vae_usage', [], this.#latent); }

  /** The terms of -ELBO of an image at z = mu in nats: reconstruction, KL, as far as there are formulas. */
  nats(pixels, { mu, logVar }) {
    return [...this.#compute('vae_nats', [...this.#one(pixels, this.pixels), ...this.#one(mu), ...this.#one(logVar)], 2)];
  }

  /** The number below which a standard normal one lies with probability p in (0, 1). */
  quantile(p) { return this.#live().call('vae_quantile', p); }
  /** The probability that a standard normal number is below x. */
  cdf(x) { return this.#live().call('vae_cdf', x); }

  /** Gives the model's memory back. Once is enough, more do no harm; anything else then throws `freed`. */
  free() {
    if (this.#pointer === 0) return;
    if (this.#runtime.alive) this.#runtime.call('vae_free', this.#pointer);
    this.#pointer = 0;
    dropped.unregister(this);
  }

  /** The runtime, if the model was not freed. */
  #live() {
    if (this.#pointer === 0) throw new DigitVaeError('freed', 'this model was freed; load it again');
    return this.#runtime;
  }

  #samples(values, each, what) {
    this.#live();
    if (values.length % each === 0) return values.length / each;
    throw new DigitVaeError('shape', `got ${values.length} numbers; expected a multiple of ${each} ${what}`);
  }

  /** One sample's numbers. */
  #one(values, size = this.#latent) {
    if (values.length !== size) throw new DigitVaeError('shape', `got ${values.length} numbers; expected ${size}`);
    return values;
  }

  /** What an export makes of these numbers: at most `most`. */
  #compute(name, numbers, most) {
    const runtime = this.#live(), n = numbers.length;
    return runtime.withMemory(4 * (n + most), (pointer) => {
      runtime.floats(pointer, n).set(numbers);
      const output = pointer + 4 * n;
      return runtime.floats(output, runtime.call(name, this.#pointer, pointer, output)).slice();
    });
  }

  /**
   * What an export makes of n samples, batch by batch: of sizes[0] numbers each from `from`, results of sizes[1], ...
   * numbers each. `more` gives its further arguments by the index of a batch's first sample.
   */
  #run(name, n, from, sizes, more = (/** @type {number} */ _first) => []) {
    const runtime = this.#live(), results = sizes.slice(1).map((size) => newFloats(n * size));
    const each = sizes.reduce((a, b) => a + b), most = Math.max(1, Math.min(48, Math.floor(BATCH_NUMBERS / each)));
    if (n > 0) runtime.withMemory(4 * each * Math.min(n, most), (pointer) => {
      for (let first = 0; first < n; first += most) {
        const batch = Math.min(most, n - first);
        let end = pointer;
        const [input, ...outputs] = sizes.map((size) => (end += 4 * batch * size) - 4 * batch * size);
        if (from) runtime.floats(input, batch * sizes[0]).set(from.subarray(first * sizes[0], (first + batch) * sizes[0]));
        if (!runtime.call(name, this.#pointer, input, batch, ...outputs, ...more(first))) throw runtime.lastError();
        results.forEach((result, i) => {
          result.set(runtime.floats(outputs[i], batch * sizes[i + 1]), first * sizes[i + 1]);
        });
      }
    });
    return results;
  }
}

function bytesOf(bytes) {
  if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
  throw new TypeError('bytes must be an ArrayBuffer or a typed array');
}

/** Calls use(pointer, size) with a file in the module's memory. */
function withFile(runtime, file, use) {
  // What is too large is refused by its size alone, before there is a copy.
  if (file.length > runtime.call('vae_max_file')) return use(0, Math.min(file.length, 0xffffffff));
  return runtime.withMemory(file.length, (pointer) => {
    runtime.bytes(pointer, file.length).set(file);
    return use(pointer, file.length);
  });
}

/**
 * Reads a weights file, checks every byte of it and lets it prove itself on its golden sample.
 * @param {ArrayBuffer | ArrayBufferView | Promise<ArrayBuffer | ArrayBufferView>} bytes the file, or the promise of it, so
 *   that it and the module are fetched at once; not needed afterwards
 * @param {{wasm?: URL | string | ArrayBuffer | ArrayBufferView | WebAssembly.Module}} [options] `wasm`: where
 *   digit-vae.wasm is, or itself, for bundlers and hosts that move files; by default it is beside this file.
 *   Models with the same `wasm` share one module and one memory.
 * @returns {Promise<Model>}
 * @throws {DigitVaeError} with a code of shared/base/result.hpp, or http, network, wasm
 */
export async function loadModel(bytes, { wasm } = {}) {
  const [file, runtime] = await Promise.all([Promise.resolve(bytes).then(bytesOf), runtimeFor(wasm)]);
  return withFile(runtime, file, (pointer, size) => {
    const model = runtime.call('vae_load', pointer, size);
    if (model === 0) throw runtime.lastError();
    return new Model(runtime, model);
  });
}
