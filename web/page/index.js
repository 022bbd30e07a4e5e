// The page around the lab: fetches what it wants, starts the module, and gives the canvas what GLFW for the web gets
// wrong: size and density, fingers, frames on demand. No frame is drawn unless something changed, and none while
// the tab is hidden or the lab scrolled away. mirror.js keeps native controls beside the canvas.

import {MOST_BYTES, download} from './download.js';
import {alone, open, options} from './files.js';
import {mirror} from './mirror.js';
import {languages, texts} from './strings.js';

// The smallest module with a SIMD instruction: i8x16.popcnt(i8x16.splat(0)).
const SIMD_PROBE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0,
  65, 0, 253, 15, 253, 98, 11);
document.body.dataset.alive = '';
const [canvas, stage, notice, status, progress, retry, close, live, chooser] = /** @type {[HTMLCanvasElement, HTMLElement,
  HTMLElement, HTMLElement, HTMLProgressElement, HTMLElement, HTMLElement, HTMLElement, HTMLInputElement]} */ (
  ['canvas', 'stage', 'notice', 'status', 'progress', 'retry', 'close', 'live', 'file'].map(id => document.getElementById(id)));

// ---- Language: ?lang=, or the browser's

const language = (() => {
  const wish = [new URLSearchParams(location.search).get('lang'), ...(navigator.languages || [navigator.language])];
  return wish.map(tag => String(tag).slice(0, 2).toLowerCase()).find(tag => languages.includes(tag)) || 'en';
})();

/** A text of the page with its values. */
const say = (key, ...values) => texts[key][languages.indexOf(language)].replace(/\{(\d)\}/g, (whole, n) => values[n] ?? whole);

function translate() {
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
  document.title = say('title');
  /** @type {HTMLMetaElement} */ (document.querySelector('meta[name=description]')).content = say('description');
  /** @type {NodeListOf<HTMLElement>} */
  const worded = document.querySelectorAll('[data-text]');
  for (const element of worded) element.textContent = say(element.dataset.text);
  canvas.setAttribute('aria-label', say('canvas'));
}

class LabError extends Error {
  constructor(code, message) { super(message); this.code = code; }
}

// ---- What the visitor reads before the first frame, and when something fails

function tell(text, fraction) {
  notice.hidden = false;
  notice.setAttribute('role', 'status');
  status.textContent = text;
  progress.hidden = fraction === undefined;
  if (fraction !== undefined) progress.value = fraction;
  retry.hidden = close.hidden = true;
}

let again = null;  // what "Try again" does, as long as there is no lab to be seen

function tellError(error, tryAgain = again) {
  again = tryAgain;
  const message = String(error.message || error);
  tell(say('error', message.replace(/[.。]$/, ''), error.code || 'error'));
  notice.setAttribute('role', 'alert');
  retry.hidden = !again;
  retry.onclick = again;
  close.hidden = stage.hidden;
  notice.scrollIntoView({block: 'nearest'});
}

close.addEventListener('click', () => {
  notice.hidden = true;
  canvas.focus({preventScroll: true});
});

// ---- Files

const megabytes = n => (n / 1e6).toFixed(1);

/** The bytes of a file beside the page (download.js); what goes wrong is told in the visitor's language. */
async function fetchFile(url, onProgress, abort) {
  try {
    return await download(url, open, {onProgress, abort});
  } catch (error) {
    throw new LabError(error.code, error.code === 'http' ? say('error_http', error.status, url)
      : error.code === 'too-large' ? say('error_weights_too_large', MOST_BYTES >> 20)
      : error.code === 'timeout' ? say('error_timeout') : say('error_network', url, error.message));
  }
}

// ---- The module

let lab;  // the module, while it runs

/** Calls with pointers to these texts in the module's memory. */
function withTexts(strings, call) {
  const pointers = strings.map(text => {
    const size = text.length * 3 + 1, pointer = lab._malloc(size);
    lab.stringToUTF8(text, pointer, size);
    return pointer;
  });
  const result = call(...pointers);
  pointers.forEach(pointer => lab._free(pointer));
  return result;
}

/** Gives the lab a wanted file, or one's own weights (''): null, or {code, message}; then nothing changed. */
function give(name, bytes) {
  if (!lab) return {code: 'wasm', message: say('error_not_running')};
  if (bytes.length > MOST_BYTES) {
    return {code: 'too-large', message: say('error_weights_too_large', MOST_BYTES >> 20)};
  }
  const room = lab._lab_room(bytes.length);
  if (room === 0) return {code: 'memory', message: say('error_memory')};
  lab.HEAPU8.set(bytes, room);
  let answer;
  try {
    answer = withTexts([name], text => lab._lab_give(text));
  } catch (error) {
    crash(error);
    return {code: 'memory', message: say('error_memory')};
  }
  if (answer !== 0) {
    const [code, ...message] = lab.UTF8ToString(answer).split('\n');
    return {code, message: message.join('\n')};
  }
  schedule();
  return null;
}
const load = bytes => give('', bytes);

let fetching = 0;  // files that are on their way to the lab

/** Fetches what the lab asks for while it runs; how far that is, and why it failed, the lab shows itself. */
function fetchWanted() {
  for (let pointer; (pointer = lab._lab_wanted()) !== 0;) {
    const name = lab.UTF8ToString(pointer);
    const tellLab = (fraction, failure) => {
      if (!lab) return;
      withTexts([name, failure], (n, f) => lab._lab_fetching(n, fraction, f));
      schedule();
    };
    ++fetching;
    fetchFile(name, (size, total) => tellLab(total ? size / total : 0, ''))
      .then(bytes => give(name, bytes))
      .then(error => { if (error) throw new LabError(error.code, error.message); })
      .catch(error => tellLab(0, say('error', error.message, error.code)))
      .finally(() => --fetching);
  }
}

function item(name) {
  if (!lab) return null;
  const at = withTexts([name], pointer => lab._lab_item(pointer)) >> 2;
  const [x, y, w, h] = lab.HEAPF32.subarray(at, at + 4);
  return w > 0 ? {x, y, w, h} : null;
}

function picture(name) {
  if (!lab) return null;
  const at = withTexts([name], pointer => lab._lab_picture(pointer)) >> 2;
  return at === 0 ? null : lab.HEAPF32.slice(at, at + 784);
}

const state = () => lab ? JSON.parse(lab.UTF8ToString(lab._lab_state())) : null;
const link = () => lab.UTF8ToString(lab._lab_link());

/** What a native control did. */
function remote(name, value, text = '') {
  if (!lab) return;
  touched = true;
  withTexts([name, text], (n, t) => lab._lab_remote(n, value, t));
  schedule();
}

// ---- Frames

let request = 0, before = 0, visible = true, lost = false, sentence = '', talk, touched = false, written;

function schedule() {
  if (request === 0 && visible && !lost && !stage.hidden) request = requestAnimationFrame(frame);
}

function frame(now) {
  request = 0;
  if (!lab || lost) return;
  let result;
  try {
    result = lab._lab_frame(before ? (now - before) / 1000 : 1 / 60);
  } catch (error) {
    return crash(error);
  }
  canvas.style.cursor = result & 4 ? 'text' : result & 2 ? 'pointer' : 'default';
  before = result & 1 ? now : 0;  // the pause until the next input is no time that passed for the lab
  if (before) schedule();
  const height = `${Math.ceil(lab._lab_height())}px`;
  if (stage.style.height !== height) stage.style.height = height;
  if (result & 8) reveal(item('layer_card'));
  fetchWanted();
  if (!before || now - followed >= 100) {  // ten times a second while it plays
    followed = now;
    clearTimeout(following);
    following = setTimeout(follow);
  }
  answerRequest(lab.UTF8ToString(lab._lab_request())).catch(error => tellError(error));
}

/** Scrolls to what is new below the window's lower edge. */
function reveal(box) {
  if (!box) return;
  const top = canvas.getBoundingClientRect().top + box.y;
  if (top + Math.min(box.h, innerHeight / 2) > innerHeight) {
    scrollBy({top: top - 16, behavior: still.matches ? 'auto' : 'smooth'});
  }
}

/** The module gave up, most likely for want of memory: nothing of it can be used any more. */
function crash(error) {
  lab = null;
  stage.hidden = true;
  tellError(error instanceof LabError ? error : new LabError('memory', say('error_stopped', error.message || error)),
    () => location.reload());
}

/** What lies around the canvas follows it, once the picture is on its way: its native mirror, words, the link. */
let followed = 0, following;
function follow() {
  if (!lab || lost) return;
  const controls = lab._lab_controls();
  if (controls !== 0) mirror(document.getElementById('controls'), JSON.parse(lab.UTF8ToString(controls)), remote, forward);
  const facts = document.getElementById('facts'), line = lab.UTF8ToString(lab._lab_facts());
  if (facts.textContent !== line) facts.textContent = line;
  const words = lab.UTF8ToString(lab._lab_describe());
  if (words !== sentence) {
    sentence = words;
    clearTimeout(talk);
    talk = setTimeout(() => { live.textContent = words; }, 600);
  }
  if (touched && !written) written = setTimeout(writeLink, 400);  // twice a second while something plays
}

let taken = '';    // the address as the lab took it last, or wrote it
let unknown = '';  // what the last link said and the lab did not understand, in a sentence

/** Takes the state of the address, and tells what it did not understand once there is a lab to be seen. */
function openLink() {
  taken = location.hash;
  const skipped = withTexts([location.hash.slice(1)], pointer => lab.UTF8ToString(lab._lab_open(pointer)));
  unknown = skipped && say('error_link', skipped);
  if (unknown && !stage.hidden) tellError(new LabError('link', unknown));
}

/** The address shows the lab's state, once a visitor has changed it. */
function writeLink() {
  written = 0;
  if (!lab || location.hash !== taken) return;  // a new address, whose hashchange is on its way
  const hash = `#${link()}`;
  if (hash !== location.hash) history.replaceState(null, '', hash);
  taken = location.hash;
}

// ---- What only the page can do

/** Imports a script whose import has failed, which browsers do not try again under the same URL. */
function importAgain(name) {
  const url = `${name}?${Date.now()}`;
  return import(url);
}

function save(blob, name) {
  const anchor = Object.assign(document.createElement('a'), {href: URL.createObjectURL(blob), download: name});
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 10000);
}

const exports = () => import('./export.js').catch(() => importAgain('./export.js'));

/** Shows the link to be copied by hand, selected. */
function offerLink() {
  tell(say('link_by_hand'));
  const field = Object.assign(document.createElement('input'), {id: 'link', readOnly: true, value: location.href});
  field.setAttribute('aria-label', say('link_by_hand'));
  status.append(field);
  close.hidden = false;
  notice.scrollIntoView({block: 'nearest'});
  field.select();
}

async function answerRequest(what) {
  if (what === 'open') chooser.click();
  const look = {dark: dark.matches};
  if (what === 'png') {
    save(await (await exports()).pngBlob(picture('digit') || picture('bend') || picture('morph'), look), 'digit.png');
  }
  if (what === 'json') {
    const {model, z, seed} = state();
    save(new Blob([JSON.stringify({model, seed, z}, null, 1)], {type: 'application/json'}), 'digit.json');
  }
  if (what === 'apng') {
    const frames = [];
    for (let i = 0, pixels; (pixels = picture(`strip:${i}`)); ++i) frames.push(pixels);
    const whole = state().loop ? frames.slice(0, -1) : [...frames, ...frames.slice(1, -1).reverse()];
    save(await (await exports()).animatedPng(whole, look), 'morph.png');
  }
  if (what === 'link') {
    writeLink();
    try {
      await navigator.clipboard.writeText(location.href);
      live.textContent = say('link_copied');
    } catch {  // not allowed here, or not there without https: the address bar has it, if it is this page's
      if (self !== top) return offerLink();
      live.textContent = say('link_in_address');
    }
    live.classList.add('seen');
    setTimeout(() => live.classList.remove('seen'), 3000);
  }
}

// ---- Size: device pixels from the ResizeObserver where the browser has them

let shrink = 1;  // of the canvas, where it would be larger than WebGL takes

function resize(entry) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth, height = canvas.clientHeight;
  if (width === 0 || height === 0) return;
  const limit = Math.min(8192, gl.getParameter(gl.MAX_RENDERBUFFER_SIZE) || 8192);
  // By 32nds, and back only with room to spare: the height depends on the density a little, and neither may chase the other.
  const room = limit / (Math.max(width, height) * ratio), step = (most) => Math.min(1, Math.floor(32 * most) / 32);
  shrink = room < shrink ? step(room) : Math.max(shrink, step(0.98 * room));
  let pixels = [width, height].map(length => Math.max(1, Math.round(length * ratio * shrink)));
  const box = entry && entry.devicePixelContentBoxSize && entry.devicePixelContentBoxSize[0];
  const exact = box && [box.inlineSize, box.blockSize];
  // Exact to the pixel, where it is about device pixels at all (under an emulated density it is not).
  if (exact && exact.every((length, i) => Math.abs(length - pixels[i]) < 2)) pixels = exact;
  if (canvas.width !== pixels[0]) canvas.width = pixels[0];
  if (canvas.height !== pixels[1]) canvas.height = pixels[1];
  lab._lab_resize(pixels[0], pixels[1], ratio * shrink);
  lab._lab_visitor(window.innerHeight, still.matches ? 1 : 0);
  if (document.hidden) return schedule();
  if (request !== 0) cancelAnimationFrame(request);
  frame(performance.now());  // at once: a resized canvas is blank
}

function watchSize() {
  const observer = new ResizeObserver(entries => resize(entries[entries.length - 1]));
  try {
    observer.observe(canvas, {box: 'device-pixel-content-box'});
  } catch {
    observer.observe(canvas);
    addEventListener('resize', () => resize());
  }
}

// ---- Input

const LOST = 5000;  // milliseconds that a browser gets to bring WebGL back
const still = matchMedia('(prefers-reduced-motion: reduce)');
const dark = matchMedia('(prefers-color-scheme: dark)');
const forced = matchMedia('(forced-colors: active)');
const KEYS = new Set([' ', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End']);
const POINTER = ['pointermove', 'pointerdown', 'pointerup', 'pointerleave', 'pointercancel', 'wheel'];

/** Keeps a pointer that is pressed here, and makes of two fingers what a touchpad makes of them: a wheel with Ctrl. */
function hold(element) {
  element.addEventListener('pointerdown', event => {
    if (event.isTrusted && event.isPrimary && event.button === 0) element.setPointerCapture(event.pointerId);
  });
  let span = 0;  // between two fingers
  element.addEventListener('touchmove', event => {
    const [one, two] = event.touches;
    const now = two ? Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY) : 0;
    if (span > 0 && now > 0) {
      const wheel = {deltaY: -240 * Math.log2(now / span), ctrlKey: true, cancelable: true};
      canvas.dispatchEvent(new WheelEvent('wheel', wheel));
    }
    span = now;
  }, {passive: true});
  element.addEventListener('touchend', () => { span = 0; });
}

/** A pad lies on the canvas, where GLFW listens: passes its pointer on, with all that it did between two frames. */
function forward(pad) {
  hold(pad);
  for (const type of POINTER) {
    pad.addEventListener(type, event => {
      const all = type === 'pointermove' && event.getCoalescedEvents?.() || [];
      for (const one of all.length ? all : [event]) {
        if (!canvas.dispatchEvent(new event.constructor(type, one))) event.preventDefault();
      }
    });
  }
}

let active = null;  // the pointer that is down

/** Lets one pointer at a time through to GLFW. A pen takes over from the palm that came down before it. */
function onlyOne(event) {
  const {type, pointerId, pointerType, isPrimary} = event;
  const palm = active?.pointerType === 'touch' && pointerType === 'pen' && type === 'pointerdown';
  if (palm) lab._lab_cancel();
  if (type === 'pointerdown' && isPrimary && (!active || palm)) active = {pointerId, pointerType};
  if (active && active.pointerId !== pointerId) event.stopImmediatePropagation();
  else if (type === 'pointerup' || type === 'pointercancel') active = null;
}

/** Paper is light: what is printed is drawn so before, and as it was afterwards. */
function watchPrinting() {
  const paper = matchMedia('print');
  const print = on => {
    printing = on;
    setColors();
    if (lab && !stage.hidden && !lost) frame(performance.now());
  };
  paper.addEventListener('change', () => print(paper.matches));
  addEventListener('beforeprint', () => print(true));
  addEventListener('afterprint', () => print(false));
}

let printing = false;
function setColors() {
  if (!lab) return;
  if (forced.matches && !printing) {
    const probe = document.createElement('span'), names = ['Canvas', 'CanvasText', 'ButtonBorder', 'ButtonFace',
      'Highlight', 'HighlightText', 'LinkText'];
    document.body.append(probe);
    const values = names.map(name => {
      probe.style.color = name;
      const [r, g, b] = getComputedStyle(probe).color.match(/\d+/g).map(Number);
      return r << 16 | g << 8 | b;
    });
    probe.remove();
    lab._lab_forced_theme(...values);
  } else {
    lab._lab_theme(dark.matches && !printing ? 1 : 0);
  }
  schedule();
}

async function takeFile(file) {
  if (!file) return;
  if (file.size > MOST_BYTES) {
    return tellError(new LabError('too-large', say('error_file_too_large', file.name, MOST_BYTES >> 20)));
  }
  let bytes;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch (error) {  // a folder, or a file that has gone
    return tellError(new LabError('not-weights', say('error_file_unreadable', file.name, error.message)));
  }
  const error = load(bytes);
  if (error) tellError(new LabError(error.code, say('error_file_refused', file.name, error.message)));
  else show();
}

/** Tells when WebGL does not come back; a page out of sight may be without it as long as it likes. */
function waitForWebGL() {
  setTimeout(() => {
    if (lost && document.hidden) waitForWebGL();
    else if (lost) crash(new LabError('webgl', say('error_webgl_lost')));
  }, LOST);
}

function listen() {
  hold(canvas);
  for (const type of POINTER) {
    if (type !== 'wheel') canvas.addEventListener(type, onlyOne, true);
    canvas.addEventListener(type, event => { if (type !== 'wheel' || event.defaultPrevented) schedule(); });  // GLFW took it
  }
  canvas.addEventListener('pointerdown', () => { touched = true; });
  canvas.addEventListener('pointercancel', event => { if (event.isPrimary && lab) lab._lab_cancel(); });
  canvas.addEventListener('keydown', event => {
    touched = true;
    if (KEYS.has(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) event.preventDefault();
    schedule();
  });
  // Keys for the whole lab. The canvas has P already, by GLFW, which leaves all with Ctrl to the browser.
  stage.addEventListener('keydown', event => {
    const command = (event.ctrlKey || event.metaKey) && !event.altKey, typing = /** @type {HTMLInputElement} */ (event.target).type === 'text';
    const key = event.key.toLowerCase();
    const what = command && key === 'z' ? (event.shiftKey ? 2 : 1) : command && key === 'y' ? 2 : key === 'escape' ? 3
      : key === 'p' && !command && !event.altKey && !event.repeat && event.target !== canvas ? 0 : -1;
    if (what < 0 || typing) return;
    if (command) event.preventDefault();
    touched = true;
    lab._lab_key(what);
    schedule();
  });
  chooser.addEventListener('change', () => { takeFile(chooser.files[0]); chooser.value = ''; });
  addEventListener('dragover', event => event.preventDefault());
  addEventListener('drop', event => {
    event.preventDefault();
    takeFile(event.dataTransfer.files[0]);
  });
  addEventListener('hashchange', () => {
    if (!lab) return;
    if (location.hash === `#${link()}`) taken = location.hash;
    else openLink();
    schedule();
  });
  for (const query of [dark, forced]) query.addEventListener('change', setColors);
  still.addEventListener('change', () => resize());
  watchPrinting();
  setColors();
  canvas.addEventListener('webglcontextlost', event => {
    event.preventDefault();  // asks for it back
    lost = true;
    waitForWebGL();
  });
  canvas.addEventListener('webglcontextrestored', () => {
    lost = false;
    if (lab) lab._lab_restore();
    schedule();
  });
  // Out of sight no frames come, and what plays goes on later where it stopped.
  document.addEventListener('visibilitychange', () => { before = 0; });
  new IntersectionObserver(entries => {
    visible = entries[entries.length - 1].isIntersecting;
    before = 0;
    if (visible) schedule();
  }).observe(canvas);
}

// ---- Start

let gl, first;  // the file that the first picture needs

/** The model is there: the canvas takes the place of the notice. */
function show() {
  notice.hidden = true;
  again = null;
  if (!stage.hidden) return;
  stage.hidden = false;
  watchSize();
  resize();
}

async function startModule() {
  try {
    const simd = WebAssembly.validate(SIMD_PROBE);
    const {default: createLab} = await import(simd ? './lab.js' : './lab-scalar.js')
      .catch(() => importAgain(simd ? './lab.js' : './lab-scalar.js'));
    const module = await createLab({canvas, ...await options(simd)});
    if (alone) module._lab_alone();
    if (language === 'zh') {
      const chinese = await fetchFile('zh.txt');
      const pointer = module._malloc(chinese.length);
      module.HEAPU8.set(chinese, pointer);
      module._lab_chinese(pointer, chinese.length);  // they stay there
    }
    return module;
  } catch (error) {
    if (error instanceof LabError) throw error;
    // Emscripten says "Aborted(REASON). Build with -s ASSERTIONS=1 ...".
    const reason = String(error.message || error).replace(/^Aborted\((.*)\)(\. Build with.*)?$/s, '$1');
    throw new LabError('wasm', say('error_start', reason));
  }
}

/** Without WebGL 2 there is no lab, but digits: <digit-vae> paints on plain canvases. */
async function showElement() {
  await import('./element.js').catch(() => importAgain('./element.js'));
  const add = settings => Object.assign(document.createElement('digit-vae'), {loading: 'eager', ...settings});
  const sheet = add({steps: 24}), morph = add({view: 'morph'});  // from the sheet's first digit to its second
  sheet.addEventListener('digit-change', () => { morph.seed = sheet.seed; });
  document.getElementById('plain').replaceChildren(sheet, morph);
}

async function start() {
  again = null;
  const stop = new AbortController();
  try {
    if (typeof WebAssembly !== 'object') throw new LabError('wasm', say('error_no_wasm'));
    tell(say('loading'));
    const fetchFirst = (name, abort) => fetchFile(name, (size, total) => {
      if (total) tell(say('progress_of', megabytes(size), megabytes(total)), Math.min(1, size / total));
      else tell(say('progress', megabytes(size)));
    }, abort);
    // The default model comes while the lab starts; only the lab knows which file a link to another one wants.
    const early = /[#&;]model=/i.test(location.hash) ? null : fetchFirst('weights.bin', stop);
    if (early) early.catch(() => {});  // it is awaited below
    // The attributes that count are those of the first call; GLFW then gets this same context.
    gl = gl || canvas.getContext('webgl2', {alpha: false, antialias: false, depth: false, stencil: false});
    if (!gl) {
      showElement().catch(error => tellError(error, start));
      throw new LabError('webgl', say('error_no_webgl'));
    }
    if (!lab) {
      lab = await startModule();
      lab._lab_visitor(window.innerHeight, still.matches ? 1 : 0);
      openLink();
      listen();
    }
    first = first || lab.UTF8ToString(lab._lab_wanted()) || 'weights.bin';  // told once; "Try again" wants the same
    if (first !== 'weights.bin') stop.abort();  // nor is its progress told any more
    const bytes = await (early && first === 'weights.bin' ? early : fetchFirst(first));
    const error = give(first, bytes);
    if (error) throw new LabError(error.code, say('error_weights_refused', error.message));
    show();
    if (unknown) tellError(new LabError('link', unknown));
    if (/(^#|&)model=own(&|$)/.test(location.hash)) tellError(new LabError('own', say('own_missing')));
  } catch (error) {
    stop.abort();
    tellError(error, start);
  }
}

translate();
const memory = () => lab.HEAPU8.length;
window.lab = {item, state, picture, load, remote, link, memory, fetching: () => fetching, ready: start()};
