// The page around the lab: fetches the weights, starts the module, and gives the canvas what GLFW for the web gets
// wrong: size and density, pointers, frames on demand. No frame is drawn unless something changed, and none while
// the tab is hidden or the lab scrolled away.

// The smallest module with a SIMD instruction: i8x16.popcnt(i8x16.splat(0)).
const SIMD_PROBE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0,
  65, 0, 253, 15, 253, 98, 11);
const MAX_WEIGHTS = 64 << 20;  // what the module accepts (shared/weights_file.hpp)
const STALL = 20000;           // milliseconds without a byte
document.body.dataset.alive = '';
const [canvas, stage, notice, status, progress, retry, seed, live] =
  ['canvas', 'stage', 'notice', 'status', 'progress', 'retry', 'seed', 'live'].map(id => document.getElementById(id));

class LabError extends Error {
  constructor(code, message) { super(message); this.code = code; }
}

const tooLarge = what => new LabError('too-large', `${what} larger than ${MAX_WEIGHTS >> 20} MiB`);

// ---- What the visitor reads before the first frame, and when something fails

function tell(text, fraction) {
  notice.hidden = false;
  notice.setAttribute('role', 'status');
  status.textContent = text;
  progress.hidden = fraction === undefined;
  if (fraction !== undefined) progress.value = fraction;
  retry.hidden = true;
}

function tellError(error, again) {
  const code = error.code || 'error';
  tell(`${error.message || error}${/[.!?]$/.test(error.message) ? '' : '.'} (${code})`);
  notice.setAttribute('role', 'alert');
  retry.hidden = !again;
  retry.onclick = again;
}

// ---- Weights

const megabytes = n => (n / 1e6).toFixed(1);

async function fetchWeights(url, abort) {
  let timer, stalled = false;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => { stalled = true; abort.abort(); }, STALL);
  };
  try {
    alive();
    const response = await fetch(url, {signal: abort.signal});
    if (!response.ok) {
      throw new LabError('http', `The weights could not be loaded: the server answered ${response.status} for ${url}`);
    }
    // With a compressed transfer the length is that of the compressed bytes.
    const total = response.headers.get('content-encoding') ? 0 : Number(response.headers.get('content-length')) || 0;
    const parts = [];
    let size = 0;
    const reader = response.body.getReader();
    for (let step; !(step = await reader.read()).done;) {
      alive();
      parts.push(step.value);
      size += step.value.length;
      if (size > MAX_WEIGHTS) throw tooLarge('The weights are');
      if (abort.signal.aborted) throw new Error('stopped');
      const of = total ? ` of ${megabytes(total)}` : '';
      tell(`Loading the weights: ${megabytes(size)}${of} MB`, total ? Math.min(1, size / total) : undefined);
    }
    const bytes = new Uint8Array(size);
    let at = 0;
    for (const part of parts) { bytes.set(part, at); at += part.length; }
    return bytes;
  } catch (error) {
    if (error instanceof LabError) throw error;
    if (stalled) throw new LabError('timeout', 'The weights could not be loaded: the server stopped answering');
    throw new LabError('network', `The weights could not be loaded from ${url}: ${error.message}`);
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

// ---- The module

let lab;  // the module, once it runs

function withText(text, call) {
  const size = text.length * 3 + 1, pointer = lab._malloc(size);
  lab.stringToUTF8(text, pointer, size);
  const result = call(pointer);
  lab._free(pointer);
  return result;
}

/** null, or {code, message}; the model in use stays when the new one is refused. */
function load(bytes) {
  if (!lab) return {code: 'wasm', message: 'The lab does not run'};
  if (bytes.length > MAX_WEIGHTS) {
    const {code, message} = tooLarge('The weights are');
    return {code, message};
  }
  const pointer = lab._malloc(bytes.length + 1);
  if (pointer === 0) return {code: 'memory', message: 'There is not enough memory for these weights'};
  lab.HEAPU8.set(bytes, pointer);
  let answer;
  try {
    answer = lab._lab_load(pointer, bytes.length);
  } catch (error) {
    crash(error);
    return {code: 'memory', message: 'There is not enough memory for these weights'};
  }
  lab._free(pointer);
  if (answer !== 0) {
    const [code, ...message] = lab.UTF8ToString(answer).split('\n');
    return {code, message: message.join('\n')};
  }
  document.getElementById('facts').textContent = lab.UTF8ToString(lab._lab_facts());
  schedule();
  return null;
}

function item(name) {
  if (!lab) return null;
  const at = withText(name, pointer => lab._lab_item(pointer)) >> 2;
  const [x, y, w, h] = lab.HEAPF32.subarray(at, at + 4);
  return w > 0 ? {x, y, w, h} : null;
}

function picture(name) {
  if (!lab) return null;
  const at = withText(name, pointer => lab._lab_picture(pointer)) >> 2;
  return at === 0 ? null : lab.HEAPF32.slice(at, at + 784);
}

const state = () => lab ? JSON.parse(lab.UTF8ToString(lab._lab_state())) : null;

// ---- Frames

let request = 0, before = 0, visible = true, lost = false, sentence = '', talk;

function schedule() {
  if (request === 0 && visible && !lost && !stage.hidden) request = requestAnimationFrame(frame);
}

function frame(now) {
  request = 0;
  if (lost) return;
  let result;
  try {
    result = lab._lab_frame(before ? (now - before) / 1000 : 1 / 60);
  } catch (error) {
    return crash(error);
  }
  canvas.style.cursor = result & 4 ? 'text' : result & 2 ? 'pointer' : 'default';
  before = result & 1 ? now : 0;  // the pause until the next input is no time that passed for the lab
  if (before) schedule();
  follow();
  const height = `${Math.ceil(lab._lab_height())}px`;
  if (stage.style.height !== height) stage.style.height = height;
}

/** The module gave up, most likely for want of memory: nothing of it can be used any more. */
function crash(error) {
  lost = true;
  stage.hidden = true;
  tellError(new LabError('memory', `The lab stopped: ${error.message || error}`), () => location.reload());
}

/** What lies on and around the canvas follows it. */
function follow() {
  const now = state();
  for (const name of ['seed', 'new', 'play']) {
    const box = item(name), style = document.getElementById(name).style;
    if (!box) continue;
    [style.left, style.top, style.width, style.height] = [box.x, box.y, box.w, box.h].map(length => `${length}px`);
  }
  if (document.activeElement !== seed) seed.value = now.seed;
  document.getElementById('play').textContent = now.playing ? 'Pause' : 'Play';
  const words = lab.UTF8ToString(lab._lab_describe());
  if (words === sentence) return;
  sentence = words;
  clearTimeout(talk);
  talk = setTimeout(() => { live.textContent = words; }, 600);
}

// ---- Size: device pixels from the ResizeObserver where the browser has them

function resize(entry) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth, height = canvas.clientHeight;
  if (width === 0 || height === 0) return;
  const limit = Math.min(8192, gl.getParameter(gl.MAX_RENDERBUFFER_SIZE) || 8192);
  const shrink = Math.min(1, limit / (height * ratio), limit / (width * ratio));
  let pixels = [width, height].map(length => Math.max(1, Math.round(length * ratio * shrink)));
  const box = entry && entry.devicePixelContentBoxSize && entry.devicePixelContentBoxSize[0];
  const exact = box && [box.inlineSize, box.blockSize];
  // Exact to the pixel, where it is about device pixels at all (under an emulated density it is not).
  if (exact && exact.every((length, i) => Math.abs(length - pixels[i]) < 2)) pixels = exact;
  if (canvas.width !== pixels[0]) canvas.width = pixels[0];
  if (canvas.height !== pixels[1]) canvas.height = pixels[1];
  lab._lab_resize(pixels[0], pixels[1], ratio * shrink);
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

const KEYS = new Set([' ', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End']);

function listen() {
  const send = kind => event => {
    if (!event.isPrimary) return;
    const box = canvas.getBoundingClientRect();
    if (kind === 1) {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
    }
    lab._lab_pointer(kind, event.pointerType === 'touch' ? 1 : 0, event.clientX - box.left, event.clientY - box.top);
    schedule();
  };
  ['pointermove', 'pointerdown', 'pointerup', 'pointerleave', 'pointercancel'].forEach((type, kind) =>
    canvas.addEventListener(type, send(kind)));
  canvas.addEventListener('keydown', event => {
    if (KEYS.has(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) event.preventDefault();
    schedule();
  });
  seed.addEventListener('focus', () => seed.select());
  seed.addEventListener('change', () => {
    if (/^\s*\d+\s*$/.test(seed.value)) lab._lab_seed(Math.min(Number(seed.value), 2 ** 32 - 1));
    schedule();
  });
  seed.addEventListener('keydown', event => {
    if (event.key === 'Escape') seed.value = state().seed;
    if (event.key === 'Enter' || event.key === 'Escape') seed.blur();
  });
  seed.addEventListener('blur', schedule);
  for (const id of ['new', 'play']) {
    document.getElementById(id).addEventListener('click', () => { lab[`_lab_${id}`](); schedule(); });
  }
  addEventListener('dragover', event => event.preventDefault());
  addEventListener('drop', async event => {
    event.preventDefault();
    const file = event.dataTransfer.files[0];
    if (!file) return;
    if (file.size > MAX_WEIGHTS) return tellError(tooLarge(`${file.name} is`));
    let bytes;
    try {
      bytes = new Uint8Array(await file.arrayBuffer());
    } catch (error) {  // a folder, or a file that has gone
      return tellError(new LabError('not-weights', `${file.name} cannot be read as a file: ${error.message}`));
    }
    const error = load(bytes);
    if (error) tellError(new LabError(error.code, `${file.name} was not loaded: ${error.message}`));
    else show();
  });
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const paint = () => { lab._lab_theme(dark.matches ? 1 : 0); schedule(); };
  dark.addEventListener('change', paint);
  paint();
  canvas.addEventListener('webglcontextlost', event => {
    event.preventDefault();  // asks for it back
    lost = true;
    lab._lab_lost();
  });
  canvas.addEventListener('webglcontextrestored', () => { lost = false; lab._lab_restore(); schedule(); });
  new IntersectionObserver(entries => {
    visible = entries[entries.length - 1].isIntersecting;
    if (visible) schedule();
  }).observe(canvas);
}

// ---- Start

let gl;

/** The model is there: the canvas takes the place of the notice. */
function show() {
  notice.hidden = true;
  if (!stage.hidden) return;
  stage.hidden = false;
  watchSize();
  resize();
}

async function startModule() {
  try {
    const {default: createLab} = await import(WebAssembly.validate(SIMD_PROBE) ? './lab.js' : './lab-scalar.js');
    return await createLab({canvas});
  } catch (error) {
    // Emscripten says "Aborted(REASON). Build with -s ASSERTIONS=1 ...".
    const reason = String(error.message || error).replace(/^Aborted\((.*)\)(\. Build with.*)?$/s, '$1');
    throw new LabError('wasm', `The lab could not be started: ${reason}`);
  }
}

async function start() {
  const abort = new AbortController();
  try {
    if (typeof WebAssembly !== 'object') {
      throw new LabError('wasm', 'This browser cannot run WebAssembly, which computes the digits. ' +
        'Please try a current Chrome, Edge, Firefox or Safari');
    }
    // The attributes that count are those of the first call; GLFW then gets this same context.
    gl = gl || canvas.getContext('webgl2', {alpha: false, antialias: false, depth: false, stencil: false});
    if (!gl) {
      throw new LabError('webgl', 'This browser gives the page no WebGL 2, which draws the lab. ' +
        'Please allow hardware acceleration, or try another browser');
    }
    tell('Loading the lab…');
    const weights = fetchWeights('weights.bin', abort);
    weights.catch(() => {});  // reported below
    if (!lab) {
      lab = await startModule();
      listen();
    }
    const error = load(await weights);
    if (error) throw new LabError(error.code, `The weights were not accepted: ${error.message}`);
    show();
  } catch (error) {
    abort.abort();
    tellError(error, start);
  }
}

window.lab = {item, state, picture, load, ready: start()};
