// The element's state in its attributes.

import { SETTINGS } from './attributes.js';

/** What the attribute `name` of an element says; undefined for nothing. */
export function read(element, name) {
  const [kind, ...limits] = SETTINGS[name];
  return kind(element.getAttribute(name), ...limits);
}

/** A value as that attribute, numbers to six digits; null removes it. */
export function write(element, name, value) {
  if (value === null || value === undefined) return element.removeAttribute(name);
  element.setAttribute(name, typeof value === 'object'
    ? Array.from(value, (x) => Number((+x).toPrecision(6))).join(' ') : String(value));
}
