// What an element's attributes say. Anything may stand in an attribute; what makes no sense counts as absent.

const VIEWS = ['sample', 'morph', 'latent', 'map', 'draw', 'lab'];
const MOST_NUMBERS = 4096;

/** A whole number within limits, or undefined. */
function whole(text, low, high) {
  return /^\d{1,16}$/.test(text ?? '') && Number(text) >= low && Number(text) <= high ? Number(text) : undefined;
}

/** Finite numbers with commas or spaces between, or undefined. */
export function numbers(text) {
  const parts = (text ?? '').split(/[\s,]+/, MOST_NUMBERS + 1).filter(Boolean);
  const values = parts.map(Number);
  return parts.length > 0 && parts.length <= MOST_NUMBERS && values.every(Number.isFinite) ? values : undefined;
}

/** Numbers as an attribute's text, to six digits. */
export const textOf = (values) => Array.from(values, (x) => Number((+x).toPrecision(6))).join(' ');

/** An end of a morph: a digit, a latent, or undefined. */
const end = (text) => whole(text, 0, 9) ?? numbers(text);


/** How to read each attribute that tells what is shown. */
const READERS = {
  view: (text) => VIEWS.find((view) => view === text?.toLowerCase()) ?? 'sample',
  seed: (text) => whole(text, 0, Number.MAX_SAFE_INTEGER) ?? 1,
  z: numbers,
  from: end,
  to: end,
  t: (text) => Math.max(0, Math.min(1, numbers(text)?.[0] ?? 0)),
  steps: (text) => whole(text, 1, 100),
  digit: (text) => whole(text, 0, 9),
};
export const SETTINGS = Object.keys(READERS);

/** The setting `name` of an element. */
export const read = (element, name) => READERS[name](element.getAttribute(name));

/** A value as that setting's attribute; null removes it. */
export function write(element, name, value) {
  if (value === null || value === undefined) return element.removeAttribute(name);
  element.setAttribute(name, typeof value === 'object' ? textOf(value) : String(value));
}
