// <digit-vae>: a living digit in any page. Its attributes are its state (digit-vae.d.ts lists them); what a visitor
// does is written back into them. No module, no weights and no frame until it is near the viewport.

import { DigitVaeError } from '../headless/digit-vae.js';
import { FLAGS, NAMES, SETTINGS, TEXTS } from './attributes.js';
import { checkedStrokes, standIn } from './ink.js';
import { labFrame } from './lab_frame.js';
import { make } from './make.js';
import { acquire, addressOf, release } from './models.js';
import { SIDE, clear, onPaper, paint, print, recolor } from './picture.js';
import { read, write } from './settings.js';
import { languages, texts } from './strings.js';
import { adopt } from './style.js';
import { CLASSES } from './views.js';

const SWEEP = 3000;   // milliseconds from one digit to the other
const BUSY = 8;       // milliseconds of decoding in one frame

/** Keys that a control uses itself, and that the page (a slide deck) must not see. */
const OWN_KEYS = { INPUT: /^(Arrow.*|Home|End|Page.*)$/, SELECT: /^(Arrow.*|Home|End|Page.*| |Enter|[0-9])$/,
  BUTTON: /^( |Enter)$/ };

/** Tells elements when they come near the viewport and when they leave. */
let nearness;
const observer = () => nearness ??= new IntersectionObserver((entries) => {
  for (const entry of entries) entry.target.dispatchEvent(new CustomEvent(NEAR, { detail: entry.isIntersecting }));
}, { rootMargin: '200px' });
const NEAR = 'digit-vae-near';

/** What elements in pages do when a language changed around them, or with the color in which they are printed. */
const ears = new Set();
let languageWatch;
function listen(root) {
  languageWatch ??= new MutationObserver(() => ears.forEach((hear) => hear()));
  for (; root; root = root.host?.getRootNode())
    languageWatch.observe(root, { subtree: true, attributeFilter: ['lang'] });
}

for (const [type, color] of [['beforeprint', '#000'], ['afterprint', '']]) {
  globalThis.addEventListener?.(type, () => {
    print(color);
    ears.forEach((hear) => hear(color));
  });
}

const prefersStillness = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Node has no elements; there the package is a library only. */
const Base = /** @type {new () => HTMLElement & Record<string, any>} */ (globalThis.HTMLElement ?? class {});

export class DigitVaeElement extends Base {
  static observedAttributes = NAMES;

  #root = this.attachShadow({ mode: 'open' });
  #view = null;         // of CLASSES, or null for the lab
  #viewName = '';
  #frame; #stage; #controls; #message; #retry; #live; #fallback; #poster;
  #entry = null;        // of models.js
  #model = null;        // once it is loaded
  #near = false;
  #queued = false;
  #destroyed = false;
  #strokes = [];
  #playing = false;
  #t = 0;               // while playing
  #jobs = new Map();    // canvas -> the latest decoding for it
  #timer;
  #labFrame = null;     // its end

  // ---- Life

  connectedCallback() {
    this.#destroyed = false;
    for (const name of NAMES) {  // set before the element was defined
      if (!this.hasOwnProperty(name)) continue;
      const value = this[name];
      delete this[name];
      this[name] = value;
    }
    if (!this.#frame) this.#build();
    this.addEventListener(NEAR, this.#onNear);
    listen(this.getRootNode());
    ears.add(this.#hear);
    observer().observe(this);
    this.#queue();
  }

  disconnectedCallback() {
    ears.delete(this.#hear);
    observer().unobserve(this);
    this.removeEventListener(NEAR, this.#onNear);
    queueMicrotask(() => { if (!this.isConnected) this.#release(); });  // it may only be moved
  }

  adoptedCallback() { if (this.#frame) adopt(this.#root); }

  attributeChangedCallback(name, before, after) {
    if (before === after) return;
    if (name === 'src') this.#forget();
    if (name === 'autoplay') this.play(this.autoplay && !prefersStillness());
    this.#queue();
  }

  /** Gives everything back: model, controls, timers. Inserted into a page once more it starts afresh. */
  destroy() {
    this.#destroyed = true;
    this.#release();
    if (this.#frame) observer().unobserve(this);
    this.#root.replaceChildren();
    this.#frame = this.#view = null;
    this.#viewName = '';
    this.#strokes = [];
  }

  #release() {
    this.#near = false;
    this.#playing = false;
    clearTimeout(this.#timer);
    this.#labFrame?.abort();
    this.#forget();
  }

  /** Lets go of the model; whatever still waits for it comes to nothing. */
  #forget() {
    if (this.#entry) release(this.#entry);
    this.#entry = this.#model = null;
    this.#view?.forget();
  }

  #onNear = (/** @type {any} */ { detail }) => {
    this.#near = detail;
    if (!detail) return;
    if (this.autoplay && !prefersStillness() && !this.#stopped) this.play();
    this.#update();
  };
  #stopped = false;  // by the visitor

  #hurry = false;  // while the page is printed, which waits for no frame
  #hear = (color) => {
    this.#hurry = Boolean(color);
    if (color === undefined || !this.#view) return this.#queue();
    this.#view.canvases.forEach(recolor);
    if (this.#model) return;
    // A model that another element has is here before the paper is; otherwise nothing is printed for the stand-in.
    if (color) this.#view.canvases.forEach(clear);
    this.#near ||= this.#hurry;
    this.#update();
  };

  // ---- What is on screen

  #build() {
    this.#frame = make('div', { className: 'frame', dir: 'ltr' });
    this.#frame.setAttribute('part', 'frame');
    this.#stage = make('div', { className: 'stage' });
    this.#controls = make('div');
    this.#controls.setAttribute('part', 'controls');
    this.#retry = make('button', { type: 'button', onclick: () => { this.#forget(); this.#load().catch(() => {}); } });
    this.#message = make('p', { hidden: true });
    this.#message.setAttribute('part', 'message');
    this.#message.setAttribute('role', 'alert');
    this.#live = make('p', { className: 'live' });
    this.#live.setAttribute('aria-live', 'polite');
    this.#poster = make('img', { className: 'poster', alt: '', hidden: true });
    this.#poster.setAttribute('part', 'poster');
    this.#fallback = make('slot', { hidden: true });
    this.#frame.append(this.#stage, this.#controls, this.#message, this.#live, this.#fallback);
    this.#root.replaceChildren(this.#frame);
    adopt(this.#root);
    this.#root.addEventListener('keydown', this.#onKey);
    this.#root.addEventListener('transitionend', this.#onColour);
  }

  #onKey = (event) => {
    const keys = OWN_KEYS[event.target.tagName];
    if (keys?.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
  };

  /** The page's theme changed: style.js lets every change of color take a moment, which is how one hears of it. */
  #onColour = (/** @type {any} */ { propertyName }) => {
    if (propertyName === 'color') this.#view?.canvases.forEach(recolor);
  };

  #queue() {
    if (this.#queued) return;
    this.#queued = true;
    queueMicrotask(() => { this.#queued = false; this.#update(); });
  }

  #update() {
    if (!this.isConnected || this.#destroyed) return;
    const name = this.view;
    if (name !== this.#viewName) this.#changeView(name);
    const few = this.readonly || this.getAttribute('controls') === 'none';  // what moves can always be stopped
    this.#controls.hidden = few && !(this.autoplay && name === 'morph') || name === 'lab'
      || !this.#message.hidden;  // without a model they would do nothing
    if (name === 'lab') return;
    for (const control of this.#controls.children) control.hidden = few && control !== this.#view.play;
    this.#frame.setAttribute('lang', this.#language === 'zh' ? 'zh-Hans' : 'en');
    if (!this.#model && !this.#entry && (this.#near || this.loading === 'eager')) this.#load().catch(() => {});
    this.#attempt(() => this.#view.update());
    if (!this.#model) this.#paintPoster();
    if (this.#playing && this.#model) this.#tick();
  }

  #changeView(name) {
    this.#viewName = name;
    this.#jobs.clear();
    if (this.#model || name === 'lab') this.#message.hidden = true;
    this.#labFrame?.abort();
    this.#labFrame = new AbortController();
    this.#view = name === 'lab' ? null : new CLASSES[name](this.#host);
    this.#stage.replaceChildren(...name === 'lab'
      ? labFrame(this.#language, (key) => this.#say(key), this.#labFrame.signal) : [...this.#view.content, this.#poster]);
    this.#controls.replaceChildren(...this.#view?.controls ?? []);
  }

  /** A digit drawn by hand, or the author's picture, until the model is there. */
  #paintPoster() {
    const url = this.getAttribute('poster');
    this.#poster.hidden = !url || url === 'none';
    if (!this.#poster.hidden && this.#poster.getAttribute('src') !== url) this.#poster.src = url;
    if (url || this.#hurry || this.#viewName === 'draw' || this.#jobs.has(this.#view.canvas)) return;
    clear(this.#view.canvas);
    standIn(this.#view.canvas);
  }

  // ---- The model

  async #load() {
    if (this.#destroyed) throw new DigitVaeError('freed', 'the element was destroyed');
    if (!this.#frame) this.#build();
    try {
      const entry = this.#entry ??= acquire(addressOf(this.getAttribute('src')));
      const model = await entry.loaded;
      if (entry !== this.#entry) throw new DigitVaeError('freed', 'the element has another model');
      if (this.#model === model) return model;
      if (model.pixels !== SIDE * SIDE) {
        throw new DigitVaeError('shape', 'the element shows 28 x 28 pictures only');
      }
      this.#model = model;
      this.#message.hidden = this.#fallback.hidden = this.#poster.hidden = true;
      this.#update();
      this.#tell('digit-ready', { latentSize: model.latentSize, spec: model.spec });
      return model;
    } catch (error) {
      if (error.code !== 'freed') this.#fail(error);
      throw error;
    }
  }

  #failure = null;
  #fail(error) {
    if (!this.#frame) return;
    const code = error.code ?? 'error';
    if (code === 'memory') this.#entry?.retire();  // it may be that WebAssembly stopped
    this.#retry.textContent = this.#say('retry');
    this.#message.replaceChildren(this.#say('failed', code), ' ', this.#retry);
    this.#message.hidden = this.#fallback.hidden = false;
    this.#controls.hidden = true;
    if (error === this.#failure) return;  // several may wait for one download
    this.#failure = error;
    this.#tell('digit-error', { code, message: error.message });
  }

  /** Runs what may find that WebAssembly stopped. */
  #attempt(work) {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof DigitVaeError)) throw error;
      this.#model = null;
      this.#fail(error);
    }
  }

  /** Decodes (n, latent) into a canvas of n cells, a few in each frame so that the page stays quick. */
  #show(canvas, latents) {
    const model = this.#model, n = latents.length / model.latentSize, job = {};
    this.#jobs.set(canvas, job);
    let done = 0, batch = 1;
    const step = () => {
      if (this.#jobs.get(canvas) !== job || this.#model !== model) return;
      const start = performance.now();
      while (done < n && (this.#hurry || performance.now() - start < BUSY)) {
        const size = Math.min(batch, n - done);
        const images = model.decode(latents.subarray(done * model.latentSize, (done + size) * model.latentSize));
        paint(canvas, images, done);
        done += size;
        batch = Math.min(16, 2 * batch);
      }
      if (done < n) requestAnimationFrame(() => this.#attempt(step));
    };
    step();
  }

  /** Asks the encoder about (784) pixels; the view is told. */
  async #read(pixels) {
    const job = {}, view = this.#view;
    this.#jobs.set('read', job);
    try {
      await this.#load();
      await this.#entry.withEncoder();
      if (this.#jobs.get('read') !== job || this.#view !== view || !this.#model) return;
      view.answered(pixels, this.#model.encode(pixels));
    } catch (error) {
      if (error.code !== 'freed' && this.#jobs.get('read') === job) this.#fail(error);
    }
  }

  /** What the views see of their element. */
  #host = ((self) => ({
    setting: (name) => read(self, name),
    get model() { return self.#model; },
    get editable() { return !self.readonly; },
    get language() { return self.#language; },
    get playing() { return self.#playing; },
    get strokes() { return self.#strokes; },
    get t() { return self.#playing ? self.#t : self.t; },
    say: (key, ...values) => self.#say(key, ...values),
    change: (settings) => self.#change(settings),
    play: (on) => self.play(on),
    replaceControls: (controls) => self.#controls.replaceChildren(...controls),
    show: (canvas, latents) => self.#show(canvas, latents),
    read: (pixels) => self.#read(pixels),
  }))(this);

  /** Its own, or that of what it is in, across shadow roots. */
  get #language() {
    let tag;
    for (let at = /** @type {any} */ (this); at && !tag; at = at.parentNode ?? at.host) tag = at.lang;
    return (tag || navigator.language || 'en').toLowerCase().startsWith('zh') ? 'zh' : 'en';
  }
  /** A text in the visitor's language; undefined when there is none by that key. */
  #say(key, ...values) {
    return texts[key]?.[languages.indexOf(this.#language)].replace(/\{(\d)\}/g, (_, i) => values[i]);
  }

  /** What the visitor did: into the attributes, and told to the page. */
  #change(settings) {
    if (this.readonly) return;
    for (const [name, value] of Object.entries(settings)) {
      if (name === 'strokes') this.#strokes = value;
      else write(this, name, value);
    }
    this.#changed();
  }

  #changed() {
    this.#queue();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => { this.#live.textContent = this.#view?.canvas.getAttribute('aria-label') ?? ''; }, 500);
    this.#tell('digit-change', this.getState());
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  // ---- Playing a morph

  /** Lets a morph run to and fro, or stops it. */
  play(on = true) {
    if (on === this.#playing) return;
    this.#stopped = !on;
    if (on) this.#t = this.t;
    this.#playing = on;
    if (on) return this.#queue();
    write(this, 't', Number(this.#t.toFixed(3)));
    this.#changed();
  }

  #ticking = false;
  #tick() {
    if (this.#ticking) return;
    this.#ticking = true;
    let last = performance.now(), way = this.#t >= 1 ? -1 : 1;
    const still = prefersStillness();  // and somebody pressed Play
    const frame = (now) => {
      if (!still && prefersStillness()) this.play(false);
      if (!this.#playing || !this.#near || !this.#model || this.#viewName !== 'morph') {
        this.#ticking = false;
        return;
      }
      this.#t += way * Math.min(100, now - last) / SWEEP;
      last = now;
      if (this.#t > 1 || this.#t < 0) [way, this.#t] = [-way, Math.max(0, Math.min(1, this.#t))];
      this.#attempt(() => this.#view.update());
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  // ---- For pages

  async sample(n = 1) {
    const model = await this.#load(), seed = (this.seed + 1) % Number.MAX_SAFE_INTEGER;
    const z = model.prior(seed, n, this.digit);
    write(this, 'seed', seed);
    write(this, 'z', null);
    return model.decode(z);
  }

  async decode(z) { return (await this.#load()).decode(z); }

  async encode(pixels) {
    await this.#load();
    return (await this.#entry.withEncoder()).encode(pixels);
  }

  /** Moves the focus to the first control; a click on the picture does not, whose arrows are the page's. */
  focus(options) { /** @type {any} */ (this.#root.querySelector('button, input, select'))?.focus(options); }

  getState() {
    const state = {};
    for (const name in SETTINGS) {
      const value = name === 't' ? this.#host.t : this[name];
      if (value !== undefined) state[name] = value;
    }
    if (this.#strokes.length) state.strokes = this.#strokes.map((stroke) => [...stroke]);
    return state;
  }

  setState(state) {
    if (state === null || typeof state !== 'object') throw new TypeError('a state is an object, as getState() gives it');
    for (const name in SETTINGS) {
      const value = state[name];
      if (value === null || ['string', 'number'].includes(typeof value) || Array.isArray(value)) write(this, name, value);
    }
    const strokes = checkedStrokes(state.strokes);
    if (strokes) this.#strokes = strokes;
    this.#queue();
  }

  #picture() {
    if (!this.#view) throw new DigitVaeError('shape', 'no picture: not in a page, or view="lab"');
    return onPaper(this.#view.canvas, Math.ceil(560 / this.#view.canvas.height));
  }
  toDataURL(type) { return this.#picture().toDataURL(type); }
  toBlob(type) {
    return new Promise((resolve, reject) => {
      this.#picture().toBlob((blob) => blob ? resolve(blob) : reject(new DigitVaeError('memory', 'no picture')), type);
    });
  }
}

/** @type {[string[], Function, Function][]} names, what reads one from the attributes, what writes it there */
const PROPERTIES = [[Object.keys(SETTINGS), read, write], [TEXTS, (self, name) => self.getAttribute(name) ?? '', write],
  [FLAGS, (self, name) => (self.getAttribute(name) ?? 'false') !== 'false', (self, name, value) => self.toggleAttribute(name, Boolean(value))]];
for (const [names, get, set] of PROPERTIES) {
  for (const name of names) {
    Object.defineProperty(DigitVaeElement.prototype, name, { configurable: true, enumerable: true,
      get() { return get(this, name); }, set(value) { set(this, name, value); } });
  }
}
