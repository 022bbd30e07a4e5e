// How an attribute of each kind is read (web/tools/attributes.mjs names the kinds). Anything may stand in an attribute;
// what makes no sense counts as absent.

const MOST_NUMBERS = 4096;

export const choice = (text, values, fallback) => values.find((value) => value === text?.toLowerCase()) ?? fallback;

/** A whole number within limits. */
export function whole(text, low, high, fallback) {
  return /^\d{1,16}$/.test(text ?? '') && Number(text) >= low && Number(text) <= high ? Number(text) : fallback;
}

/** Finite numbers with commas or spaces between. */
export function numbers(text) {
  const parts = (text ?? '').split(/[\s,]+/, MOST_NUMBERS + 1).filter(Boolean);
  const values = parts.map(Number);
  return parts.length > 0 && parts.length <= MOST_NUMBERS && values.every(Number.isFinite) ? values : undefined;
}

/** The first number, as near as the limits allow. */
export const number = (text, low, high, fallback) => Math.max(low, Math.min(high, numbers(text)?.[0] ?? fallback));

/** An end of a morph: a digit or a latent. */
export const end = (text) => whole(text, 0, 9) ?? numbers(text);
