// view="lab": the lab's page in a frame.

import { lab } from './assets.js';
import { standIn } from './ink.js';
import { make } from './make.js';
import { SIDE } from './picture.js';

/**
 * The frame and a link to its page. Where the page's policy refuses the frame, a digit, a sentence and the link.
 * @param {string} language of the lab
 * @param {(key: string) => string} say the element's texts
 * @param {AbortSignal} end when the frame is not wanted any more
 * @returns {Node[]}
 */
export function labFrame(language, say, end) {
  if (!lab) return [make('p', { textContent: say('lab_missing') })];
  const address = new URL(lab);
  address.searchParams.set('lang', language);
  const frame = make('iframe', { src: address.href, title: say('lab'), loading: 'lazy', allow: 'clipboard-write' });
  frame.setAttribute('part', 'lab');
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
    if (!/^(frame|child)-src/.test(violatedDirective) || !address.href.startsWith(blockedURI)) return;
    const canvas = make('canvas', { width: SIDE, height: SIDE, className: 'small' });
    frame.replaceWith(canvas, say('lab_refused'));
    standIn(canvas);
  }, { signal: end });
  return [frame, make('p', {}, make('a', { href: address.href, target: '_blank', textContent: say('open_lab') }))];
}
