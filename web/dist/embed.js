// A page that is one element: for iframes, and for digit-vae.html#embed&... Attributes come from the query and from the
// hash, which follows what the visitor does. It tells whoever frames it of its height and of what happens, and listens
// to nobody.

import { NAMES, SETTINGS } from '../element/attributes.js';

// Without an origin of its own, in a sandboxed frame or from a file, a page fetches no modules.
if (!customElements.get('digit-vae')) {
  if (origin !== 'null') import(new URL('define.js', location.href).href).catch(error => document.body.append(error.message));
  else document.head.append(Object.assign(document.createElement('script'), { src: 'digit-vae.inline.js' }));
}

const element = document.createElement('digit-vae');
const hash = () => new URLSearchParams(location.hash.slice(1));

/** Takes the hash, for what it lacks the query, and otherwise leaves state away. */
function apply() {
  const query = new URLSearchParams(location.search), now = hash();
  for (const name of NAMES) {
    const value = now.get(name) ?? query.get(name);
    if (value !== null) element.setAttribute(name, value);
    else if (name in SETTINGS) element.removeAttribute(name);
  }
}

/** @param {object} what as JSON can hold it */
function tell(what) {
  if (parent === window) return;
  parent.postMessage({ type: 'digit-vae/1', ...what }, '*');
}

apply();
element.setAttribute('loading', 'eager');
if (element.hasAttribute('lang')) document.documentElement.lang = element.getAttribute('lang');
document.documentElement.style.colorScheme = { dark: 'dark', light: 'light' }[element.getAttribute('theme')] ?? 'light dark';
element.style.cssText = 'display: block; width: 100%';
document.body.style.margin = '0';
document.body.replaceChildren(element);

addEventListener('hashchange', apply);
let writing;
element.addEventListener('digit-change', ({ detail }) => {
  tell({ event: 'change', state: detail });
  clearTimeout(writing);
  writing = setTimeout(() => {
    const next = hash();
    for (const name in SETTINGS) {
      if (element.hasAttribute(name)) next.set(name, element.getAttribute(name));
      else next.delete(name);
    }
    try {
      history.replaceState(null, '', `#${next}`.replace('#embed=', '#embed'));
    } catch {  // a document without an address of its own
    }
  }, 300);
});
element.addEventListener('digit-ready', ({ detail }) => tell({ event: 'ready', ...detail }));
element.addEventListener('digit-error', ({ detail }) => tell({ event: 'error', ...detail }));

new ResizeObserver(() => {
  const height = Math.ceil(element.getBoundingClientRect().height);
  tell({ event: 'resize', height });
  // LTI's message for the same (Canvas and others), which is JSON in a string.
  if (parent !== window) parent.postMessage(JSON.stringify({ subject: 'lti.frameResize', height }), '*');
}).observe(element);
