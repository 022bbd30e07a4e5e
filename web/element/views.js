// The small views: what each shows for the element's settings, and its native controls. Of its element a view knows
// only the host that element.js gives it: what is set, the model, and how to change and to show something.

import { EXAMPLES, MOST_POINTS, drawStrokes, mnistDigit, penWidth } from './ink.js';
import { make } from './make.js';
import { SIDE, clear, contextOf, paint, resize } from './picture.js';

/** Latents one after the other, (n, latent). */
const packed = (latents) => Float32Array.from(latents.flatMap((z) => [...z]));
/** And apart again. */
const rows = ({ latentSize }, z) => Array.from({ length: z.length / latentSize }, (_, i) =>
  z.subarray(i * latentSize, (i + 1) * latentSize));

class View {
  constructor(host, className = '') {
    this.host = host;
    this.canvas = this.image(className);
    this.picture = make('div', { className: 'picture' }, this.canvas);
    this.content = [this.picture];
    this.controls = [];
    this.canvases = [this.canvas];
    this.translations = [];
  }

  image(className = '') {
    const canvas = make('canvas', { width: SIDE, height: SIDE, className });
    canvas.setAttribute('part', 'canvas');
    canvas.setAttribute('role', 'img');
    return canvas;
  }

  button(text, press) {
    const button = make('button', { type: 'button', onclick: press });
    this.controls.push(button);
    this.translations.push(() => { button.textContent = this.host.say(text); });
    return button;
  }

  /** A slider; move(number) on every move. `text` is a key of the texts, or what stands there in every language. */
  slider(text, range, move) {
    const input = make('input', { type: 'range', step: 'any', ...range, value: 0 }), name = make('span');
    input.addEventListener('input', () => { if (this.host.model) move(input.valueAsNumber); });
    const label = make('label', {}, name, input);
    this.controls.push(label);
    this.translations.push(() => { name.textContent = this.host.say(text) ?? text; });
    return input;
  }

  /** Moves a slider, which speaks these words: numbers as they are have too many digits. */
  set(input, value, words = value.toFixed(1)) {
    input.value = value;
    input.setAttribute('aria-valuetext', words);
  }

  /** Says what a canvas shows: the label with the digits that these latents look like. */
  label(canvas, text, latents) {
    const { say, model } = this.host;
    const looks = latents.slice(0, 20).map((z) => model.looksLike(z).join(say('or'))).filter(Boolean);
    canvas.setAttribute('aria-label', looks.length ? say('looks_like', text, looks.join(say('comma'))) : text);
  }

  /** z as set, or that of the digit, or of the seed. */
  latent() {
    return this.end('z') ?? this.end('digit') ?? this.host.model.prior(this.host.setting('seed'), 1);
  }

  /** The latent that a setting names, itself or by a digit, whose mean it is; undefined where that makes no sense. */
  end(name) {
    const { model } = this.host, value = this.host.setting(name);
    const z = Number.isInteger(value) ? model.classMean(value) : value;
    return z?.length === model.latentSize ? Float32Array.from(z) : undefined;
  }

  /** New digits: of the next seed. */
  renew = () => this.host.change({ seed: (this.host.setting('seed') + 1) % Number.MAX_SAFE_INTEGER, z: null });

  /** The model is gone: what was drawn of it may be unfinished. */
  forget() { this.shownModel = null; }

  /** Shows what is set: again and again, so it changes only what differs. */
  update() {
    if (this.language === this.host.language) return;
    this.language = this.host.language;
    for (const translate of this.translations) translate();
  }
}

/** A sheet of new digits, or of one class, or the one that z is. */
class Sample extends View {
  constructor(host) {
    super(host);
    this.button('new', this.renew);
    this.select = make('select', { onchange: () => host.change({ digit: this.select.value || null, z: null }) });
    this.controls.push(this.select);
  }

  latents() {
    const { model, setting } = this.host, z = this.end('z');
    return z ? [z] : rows(model, model.prior(setting('seed'), setting('steps') ?? 12, setting('digit')));
  }

  update() {
    super.update();
    const { host } = this, { model } = host, latents = model ? this.latents() : [];
    const n = latents.length || (host.setting('steps') ?? 12);
    const square = Math.ceil(Math.sqrt(n));
    const full = Array.from({ length: square }, (_, i) => square + i).find((wish) => n % wish === 0 && wish < 1.7 * square);
    resize(this.canvas, full ?? square, Math.ceil(n / (full ?? square)));
    this.select.setAttribute('aria-label', host.say('digit'));
    const labels = model ? Array.from('0123456789').filter((digit) => model.classMean(digit).length) : [];
    this.select.hidden = labels.length === 0;
    this.select.replaceChildren(make('option', { value: '', textContent: host.say('any') }),
      ...labels.map((value) => make('option', { value, textContent: value })));
    this.select.value = String(host.setting('digit') ?? '');
    this.label(this.canvas, host.say('sample', n), latents);
    if (model) host.show(this.canvas, packed(latents));
  }
}

/** From one digit to another. */
class Morph extends View {
  constructor(host) {
    super(host, 'small');
    this.strip = this.image('strip');
    this.canvases.push(this.strip);
    this.picture.append(this.strip);
    this.play = this.button('play', () => host.play(!host.playing));
    this.slide = this.slider('t', { min: 0, max: 1 }, (t) => { host.play(false); host.change({ t }); });
    this.button('new', this.renew);
  }

  ends() {
    const { model } = this.host, others = rows(model, model.prior(this.host.setting('seed'), 2));
    return ['from', 'to'].map((name, i) => this.end(name) ?? others[i]);
  }

  update() {
    super.update();
    const { host } = this, t = host.t, n = Math.max(2, host.setting('steps') ?? 7);
    const playing = host.say(host.playing ? 'pause' : 'play');
    if (this.play.textContent !== playing) this.play.textContent = playing;
    this.set(this.slide, t, host.say('morph_at', Math.round(100 * t)));
    resize(this.strip, n, 1);
    const { model } = host;
    if (!model) {
      for (const canvas of this.canvases) this.label(canvas, host.say('morph'), []);
      return;
    }
    const [a, b] = this.ends(), z = model.slerp(a, b, t);
    this.label(this.canvas, host.say('morph_at', Math.round(100 * t)), [z]);
    host.show(this.canvas, z);
    const ends = packed([a, b]), same = (x, i) => x === this.shownEnds[i];
    if (model === this.shownModel && n === this.shownSteps && ends.every(same)) return;
    this.shownModel = model;
    this.shownSteps = n;
    this.shownEnds = ends;
    this.label(this.strip, host.say('morph'), [a, b]);
    host.show(this.strip, packed(Array.from({ length: n }, (_, i) => model.slerp(a, b, i / (n - 1)))));
  }
}

/** A digit with a slider for each of the latents that the model uses most. */
class Latent extends View {
  constructor(host) {
    super(host, 'small');
    this.button('new', this.renew);
    this.button('zero', () => host.change({ z: new Float32Array(host.model?.latentSize ?? 0) }));
    this.controls.push(make('div', { className: 'break' }));
    this.fixed = { translations: this.translations.length, controls: this.controls.length };
    this.sliders = [];
  }

  /** As many sliders as wished, most used latent first. */
  arrange() {
    const { model } = this.host, usage = model.usage();
    const n = Math.min(this.host.setting('steps') ?? 8, model.latentSize);
    const order = Array.from({ length: model.latentSize }, (_, i) => i).sort((a, b) => usage[b] - usage[a] || a - b);
    const wanted = order.slice(0, n);
    if (String(wanted) === String(this.sliders.map(({ index }) => index))) return;
    this.translations.length = this.fixed.translations;
    this.controls.length = this.fixed.controls;
    this.language = null;
    this.sliders = wanted.map((index) => ({ index, input: this.slider(`z${index + 1}`, { min: -3, max: 3 }, (value) => {
      this.host.change({ z: this.latent().map((x, i) => i === index ? value : x) });
    }) }));
    this.host.replaceControls(this.controls);
  }

  update() {
    const { host } = this;
    if (host.model) this.arrange();
    super.update();
    const z = host.model && this.latent();
    this.label(this.canvas, host.say('latent'), z ? [z] : []);
    if (!z) return;
    for (const { index, input } of this.sliders) this.set(input, z[index]);
    host.show(this.canvas, z);
  }
}

/** The plane of latent space that z lies in, as a chart of digits: the shares of the prior are even. */
class Chart extends View {
  constructor(host) {
    super(host, 'map');
    this.mark = make('div', { className: 'mark', hidden: true });
    this.picture.append(this.mark);
    this.one = this.image();
    this.canvases.push(this.one);
    this.controls.push(make('div', { className: 'one' }, this.one));
    const range = { min: -2.5, max: 2.5 };
    this.axes = ['x', 'y'].map((name, i) => this.slider(name, range, (value) => {
      const place = this.place();
      place[i] = value;
      this.go(place);
    }));
    const point = (event) => {
      if (!host.editable || !host.model || !(event.buttons & 1)) return;
      const box = this.canvas.getBoundingClientRect();
      const share = (x) => host.model.quantile(Math.max(0.005, Math.min(0.995, x)));
      this.go([share((event.clientX - box.left) / box.width), share(1 - (event.clientY - box.top) / box.height)]);
    };
    this.canvas.addEventListener('pointerdown', (event) => {
      if (event.pointerType === 'mouse') this.canvas.setPointerCapture(event.pointerId);
      point(event);
    });
    this.canvas.addEventListener('pointermove', point);
  }

  /** Where on the plane the latent is, or what of it lies there: [x, y], in standard deviations. */
  place() {
    const [middle, ...axes] = this.plane(), z = this.latent();
    return axes.map((axis) => axis.reduce((sum, a, i) => sum + a * (z[i] - middle[i]), 0)
      / axis.reduce((sum, a) => sum + a * a, 0));
  }
  /** The latent at a place. */
  at([x, y], [middle, across, up] = this.plane()) { return middle.map((m, i) => m + x * across[i] + y * up[i]); }
  plane() { return rows(this.host.model, this.host.model.plane()); }
  go(place) { this.host.change({ z: this.at(place) }); }

  update() {
    super.update();
    const { host } = this, n = Math.min(40, host.setting('steps') ?? 15);
    resize(this.canvas, n, n);
    this.label(this.canvas, host.say('map'), []);
    const { model } = host;
    if (!model) return;
    const z = this.latent(), place = this.place();
    this.axes.forEach((input, i) => this.set(input, place[i]));
    this.mark.hidden = false;
    this.mark.style.left = `${100 * model.cdf(place[0])}%`;
    this.mark.style.top = `${100 - 100 * model.cdf(place[1])}%`;
    this.label(this.one, host.say('map_at', ...place.map((x) => x.toFixed(1))), [z]);
    host.show(this.one, z);
    if (model === this.shownModel && n === this.shownSteps) return;
    this.shownModel = model;
    this.shownSteps = n;
    const plane = this.plane(), share = (i) => model.quantile((i + 0.5) / n);
    host.show(this.canvas, packed(Array.from({ length: n * n },
      (_, i) => this.at([share(i % n), share(n - 1 - Math.floor(i / n))], plane))));
  }
}

/** A pad to draw on, and what the model makes of the drawing. */
class Draw extends View {
  constructor(host) {
    super(host, 'pad');
    Object.assign(this.canvas, { width: 280, height: 280 });
    this.answer = this.image();
    this.canvases.push(this.answer);
    this.picture.classList.add('pair');
    this.picture.append(this.answer);
    this.button('clear', () => host.change({ strokes: [] }));
    this.button('example', () => host.change({ strokes: EXAMPLES[this.next++ % EXAMPLES.length] }));
    this.next = 0;
    this.words = make('p');
    this.words.setAttribute('part', 'words');
    this.content.push(this.words);
    this.canvas.addEventListener('pointerdown', (event) => this.pen(event));
  }

  /** One stroke, from pen down to pen up. */
  pen(event) {
    const { host, canvas } = this, points = host.strokes.reduce((sum, stroke) => sum + stroke.length / 2, 0);
    if (!host.editable || event.button !== 0 || points >= MOST_POINTS) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    const stroke = [], before = host.strokes, box = canvas.getBoundingClientRect();
    const add = ({ clientX, clientY }) => {
      const at = [(clientX - box.left) / box.width, (clientY - box.top) / box.height]
        .map((x) => Math.round(Math.max(0, Math.min(1, x)) * 255));
      const [x, y] = stroke.slice(-2);
      if (stroke.length && Math.hypot(at[0] - x, at[1] - y) < 2 || points + stroke.length / 2 >= MOST_POINTS) return;
      stroke.push(...at);
      host.change({ strokes: [...before, stroke] });
    };
    const move = (e) => {
      if (e.pointerId !== event.pointerId) return;
      for (const one of e.getCoalescedEvents?.() ?? []) add(one);
      add(e);
    };
    const up = (e) => {
      if (e.pointerId !== event.pointerId) return;
      canvas.removeEventListener('pointermove', move);
      for (const name of ['pointerup', 'pointercancel']) canvas.removeEventListener(name, up);
    };
    canvas.addEventListener('pointermove', move);
    for (const name of ['pointerup', 'pointercancel']) canvas.addEventListener(name, up);
    add(event);
  }

  update() {
    super.update();
    const { host } = this, { strokes } = host, context = contextOf(this.canvas);
    clear(this.canvas);
    context.strokeStyle = getComputedStyle(this.canvas).color;
    drawStrokes(context, strokes, strokes.length ? penWidth(strokes) : 0, 280 / 255);
    this.canvas.setAttribute('aria-label', host.say('pad'));
    this.answer.setAttribute('aria-label', host.say('answer'));
    if (strokes.length === 0) {
      resize(this.answer, 1, 1);
      clear(this.answer);
      this.words.textContent = host.say('draw_here');
      return;
    }
    host.read(mnistDigit(strokes));
  }

  /** What the encoder said of the drawing: the posterior. */
  answered(pixels, posterior) {
    const { model, say } = this.host, { mu } = posterior, looks = model.looksLike(mu).join(say('or'));
    paint(this.answer, model.decode(mu));
    const [reconstruction, kl] = model.nats(pixels, posterior), text = (x) => x.toFixed(1);
    this.words.textContent = [looks && say('seen', looks), kl === undefined
      ? reconstruction && say('reconstruction', text(reconstruction))
      : say('nats', ...[reconstruction, kl, reconstruction + kl].map(text))].filter(Boolean).join(' ');
    this.label(this.answer, say('answer'), [mu]);
  }
}

export const CLASSES = { sample: Sample, morph: Morph, latent: Latent, map: Chart, draw: Draw };