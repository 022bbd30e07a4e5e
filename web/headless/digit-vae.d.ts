// Types of digit-vae.js. Shapes are row-major and packed: (n, pixels) is n images one after the other, each in
// C,H,W order; pixels are 0 (background) to 1 (ink). Logarithms are natural.

/**
 * Stable names of what can go wrong.
 * - of a weights file: `not-weights` to `golden`, as in shared/base/result.hpp and on the command line
 * - of arguments: `shape` (wrong length), `nonfinite` (NaN or infinity), `freed` (used after free())
 * - `memory`: an allocation failed, or WebAssembly stopped
 * - of fetching the module: `http` (bad status), `network` (no answer); `wasm`: WebAssembly is missing, or the
 *   page's Content-Security-Policy lacks 'wasm-unsafe-eval'
 */
export type DigitVaeErrorCode =
  | 'not-weights' | 'truncated' | 'trailing' | 'too-large' | 'header' | 'json' | 'version' | 'dtype' | 'shape'
  | 'offsets' | 'crc' | 'model' | 'names' | 'nonfinite' | 'golden' | 'memory'
  | 'freed' | 'http' | 'network' | 'wasm';

/** Thrown when data or the machine is to blame. `message` is a whole sentence for a person. */
export class DigitVaeError extends Error {
  constructor(code: DigitVaeErrorCode, message: string, options?: ErrorOptions);
  readonly name: 'DigitVaeError';
  readonly code: DigitVaeErrorCode;
}

/** A trained VAE. All models of a page share one WebAssembly module and one memory. */
export interface Model {
  /** Dimensions of the latent space, e.g. 20. */
  readonly latentSize: number;
  /** Numbers in one image: channels * height * width, e.g. 784. */
  readonly pixels: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** The model line: name, sizes, likelihood and every layer, as in the weights file. */
  readonly spec: string;

  /** Whether encode() works: not before addEncoder() where a decoder's file alone was loaded. */
  readonly hasEncoder: boolean;

  /**
   * Adds the encoder to a model whose decoder came alone (weights.decoder.bin, weights.encoder.bin). A file that
   * is refused changes nothing.
   * @param bytes its file; not needed afterwards
   * @throws DigitVaeError a code of a weights file, memory, freed; names when it belongs to another model
   */
  addEncoder(bytes: ArrayBuffer | ArrayBufferView): void;

  /** A training fact from the weights file (seed, epochs, test averages, ...); undefined if it does not say. */
  fact(key: string): string | undefined;

  /**
   * The approximate posterior q(z|x) = N(mu, exp(logVar)).
   * @param pixels (n, pixels) in [0, 1]
   * @returns mu and logVar, both (n, latentSize)
   * @throws DigitVaeError shape, nonfinite, memory, freed; names without an encoder
   */
  encode(pixels: ArrayLike<number>): { mu: Float32Array; logVar: Float32Array };

  /**
   * Images of latents.
   * @param z (n, latentSize); beyond +-1e4 a number counts as +-1e4
   * @returns (n, pixels), always in [0, 1]; a copy, yours to keep
   * @throws DigitVaeError shape, nonfinite, memory, freed
   */
  decode(z: ArrayLike<number>): Float32Array;

  /**
   * n new digits: decode(prior(seed, n)). The first ones do not depend on n.
   * @param seed whole number from 0 to 2^53 - 1, or a BigInt below 2^64
   * @returns (n, pixels) in [0, 1]
   * @throws DigitVaeError memory, freed; RangeError for a bad seed or n
   */
  sample(seed: number | bigint, n: number): Float32Array;

  /**
   * The first n latents of the endless sheet with this seed: of the model's prior, or of a digit. The same everywhere,
   * in the lab too, within 1e-6, and the same bits from N(0, I). They do not depend on n.
   * @param digit 0 to 9: draws of its class; of the prior where the file has no classes
   * @returns (n, latentSize)
   * @throws DigitVaeError memory, freed; RangeError for a bad seed or n
   */
  prior(seed: number | bigint, n: number, digit?: number): Float32Array;

  /**
   * Where the class of a digit lies: the mean of its latents.
   * @param digit 0 to 9
   * @returns (latentSize); empty where the file does not say
   * @throws DigitVaeError memory, freed, and here and below shape for a latent of another length
   */
  classMean(digit: number): Float32Array;

  /**
   * The digits that a latent may be of, by the density of each class: the likeliest, and the next one too where the
   * first has less than 60 % of the sum of all.
   * @param z (latentSize)
   */
  looksLike(z: ArrayLike<number>): number[];

  /**
   * The latent at t, 0 to 1, of the way from a to b along the great circle, whose length goes straight (Shoemake 1985).
   * @param a (latentSize)
   * @param b (latentSize)
   * @returns (latentSize)
   */
  slerp(a: ArrayLike<number>, b: ArrayLike<number>, t: number): Float32Array;

  /**
   * The plane of latent space in which most happens: that of the two widest principal axes; with two latents, or where
   * the file does not tell the axes, that of the first two latents.
   * @returns (3, latentSize): its middle, and one standard deviation along each of its directions
   */
  plane(): Float32Array;

  /**
   * How much the model uses each dimension.
   * @returns (latentSize) KL in nats, average over the test images; empty where the file does not say
   */
  usage(): Float32Array;

  /**
   * What it costs to say an image, in nats, as the trainer counts it, with z = mu (which is no ELBO: z is not drawn).
   * @param pixels (pixels) in [0, 1]
   * @param posterior of the image, as encode() gives it
   * @returns the reconstruction, then the KL where the prior is N(0, I); empty unless the pixels are Bernoulli's
   */
  nats(pixels: ArrayLike<number>, posterior: { mu: ArrayLike<number>; logVar: ArrayLike<number> }): number[];

  /** The number below which a standard normal one lies with probability p, 0 to 1. */
  quantile(p: number): number;
  /** The probability that a standard normal number is below x. */
  cdf(x: number): number;

  /** Gives the memory back. More than once does no harm; anything else then throws `freed`. */
  free(): void;
}

/** Where digit-vae.wasm is, or the thing itself. */
export interface LoadOptions {
  wasm?: URL | string | ArrayBuffer | ArrayBufferView | WebAssembly.Module;
}

/**
 * Reads a weights file, checks every byte of it and lets it prove itself on its golden sample.
 * @param bytes the file, at most 64 MiB, or the promise of it, so that it and the module are fetched at once; not needed
 *   afterwards
 * @throws DigitVaeError a code of a weights file, memory, http, network or wasm; TypeError for a wrong argument
 */
export function loadModel(bytes: WeightsBytes | Promise<WeightsBytes>, options?: LoadOptions): Promise<Model>;
export type WeightsBytes = ArrayBuffer | ArrayBufferView;
