// Points in latent space for the element: what the trainer stored about it in the weights file (the keys are those of
// shared/model/latent_statistics.hpp), and walking there. A latent is a Float32Array of model.latentSize numbers; nothing here
// touches the page.

/** Base64 of little-endian floats, or null. */
function floatsOf(text) {
  try {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    return new Float32Array(bytes.buffer, 0, bytes.length >> 2);
  } catch {
    return null;
  }
}

/** A fact of floats, if there are `length` of them, all finite. */
function floatFact(model, key, length) {
  const values = floatsOf(model.fact(key) ?? '');
  return values?.length === length && values.every(Number.isFinite) ? values : null;
}

/** One latent after the other as packed rows. */
export const packed = (latents) => Float32Array.from(latents.flatMap((z) => [...z]));

/** Row i of packed rows. */
export const row = (rows, length, i) => rows.subarray(i * length, (i + 1) * length);

/**
 * What the file tells about its latent space; null stands for what it does not tell.
 * @returns {{classes: {label: number, mean: Float32Array, std: Float32Array}[], kl: Float32Array | null,
 *   plane: {mean: Float32Array, axes: Float32Array[], scale: number[]}}} `classes`: where each digit lies; `kl`: use
 *   of each dimension in nats; `plane`: the map's, all of a latent space with two dimensions, else the two main axes
 */
export function factsOf(model) {
  const n = model.latentSize;
  const labels = (model.fact('anchor_labels') ?? '').split(' ').filter(Boolean).map(Number);
  const mean = floatFact(model, 'anchor_mean', labels.length * n);
  const std = floatFact(model, 'anchor_std', labels.length * n);
  const classes = mean && std && labels.every(Number.isInteger)
    ? labels.map((label, i) => ({ label, mean: row(mean, n, i), std: row(std, n, i) })) : [];
  const centre = floatFact(model, 'latent_mean', n);
  const variances = floatsOf(model.fact('principal_variances') ?? '');
  const axes = variances && floatFact(model, 'principal_axes', variances.length * n);
  const plane = n > 2 && centre && axes && variances.length >= 2
    ? { mean: centre, axes: [row(axes, n, 0), row(axes, n, 1)], scale: [0, 1].map((i) => Math.sqrt(variances[i])) }
    : { mean: new Float32Array(n), scale: [1, 1],
      axes: [0, Math.min(1, n - 1)].map((axis) => Float32Array.from({ length: n }, (_, i) => Number(i === axis))) };
  return { classes, kl: floatFact(model, 'test_kl_per_dimension', n), plane };
}

/** The classes that z may be of: the likeliest, and the next too when the first is less likely than `sure`. */
export function looksLike(classes, z, sure = 0.6) {
  const scores = classes.map(({ label, mean, std }) => ({ label, score: z.reduce((sum, x, i) => {
    const spread = Math.max(std[i], 1e-3);
    return sum - ((x - mean[i]) / spread) ** 2 / 2 - Math.log(spread);
  }, 0) }));
  scores.sort((a, b) => b.score - a.score);
  const sum = scores.reduce((total, { score }) => total + Math.exp(score - scores[0].score), 0);
  return scores.slice(0, 1 / sum < sure ? 2 : 1).map(({ label }) => label);
}

/**
 * n latents of the prior, or of a class: normal ones about its mean; of a learned prior, draws from the components of the
 * class, first those that can hardly be of another.
 */
export function draw({ model, facts }, wish, seed, n) {
  const digit = facts.classes.find(({ label }) => label === wish), own = digit && model.fact('component_labels')?.includes(wish);
  const many = own ? 4 * n : n, draws = model.prior(seed, many, digit && wish);
  const all = Array.from({ length: many }, (_, i) => row(draws, model.latentSize, i));
  if (!own) return digit ? all.map((z) => z.map((e, d) => digit.mean[d] + digit.std[d] * e)) : all;
  const sure = (z) => String(looksLike(facts.classes, z, 0.99)) === String(wish);
  return [...all.filter(sure), ...all.filter((z) => !sure(z))].slice(0, n);
}

/** Along the great circle, the length going straight (Shoemake 1985; shared/math/latent.hpp), t from 0 to 1. */
export function slerp(a, b, t) {
  const dot = (u, v) => u.reduce((sum, x, i) => sum + x * v[i], 0);
  const lengths = [a, b].map((v) => Math.sqrt(dot(v, v)));
  const angle = Math.acos(Math.max(-1, Math.min(1, dot(a, b) / (lengths[0] * lengths[1]))));
  const sine = Math.sin(angle);
  if (!(sine > 1e-3)) return a.map((x, i) => (1 - t) * x + t * b[i]);
  const length = (1 - t) * lengths[0] + t * lengths[1];
  const [p, q] = [(1 - t) * angle, t * angle].map((part, i) => Math.sin(part) / sine * length / lengths[i]);
  return a.map((x, i) => p * x + q * b[i]);
}

/** The standard normal distribution's P(X < x) (Abramowitz and Stegun 26.2.17, error below 1e-7). */
export function normalCdf(x) {
  const k = 1 / (1 + 0.2316419 * Math.abs(x));
  const tail = density(x) * k * (0.31938153 + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978
    + k * 1.330274429))));
  return x < 0 ? tail : 1 - tail;
}
const density = (x) => Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);

/** Its inverse, for p in (0, 1), by Newton's method, which from 0 never overshoots. */
export function normalQuantile(p) {
  let x = 0;
  for (let i = 0; i < 30; ++i) x -= (normalCdf(x) - p) / density(x);
  return x;
}

/** The point (x, y) of a plane, in standard deviations along its axes. */
export function onPlane({ mean, axes, scale }, x, y) {
  return mean.map((m, i) => m + x * scale[0] * axes[0][i] + y * scale[1] * axes[1][i]);
}

/** Where on the plane z is, or what of it lies there: [x, y]. */
export function placeOf({ mean, axes, scale }, z) {
  return axes.map((axis, k) => axis.reduce((sum, x, i) => sum + x * (z[i] - mean[i]), 0) / scale[k]);
}
