// Models that the elements of a page share: one download, one copy in memory and one module for all of them. A model
// that nobody uses any more is given back after a moment, in which an element may be on its way elsewhere.

import { DigitVaeError, loadModel } from '../headless/digit-vae.js';
import { download } from '../download.js';
import { open, wasm, weights } from './assets.js';

const LINGER = 3000;  // milliseconds

const fetchFile = (url) => download(url, open).catch((cause) => {
  throw new DigitVaeError(cause.code, `${url}: ${cause.message}`, { cause });
});

/** Where the encoder of a NAME.decoder.bin is. */
const encoderOf = (href) => href === weights.decoder.href
  ? weights.encoder.href : href.replace(/\.decoder\.bin(?=$|[?#])/, '.encoder.bin');

/** A model by its address, and who uses it. */
class Shared {
  users = 0;
  #encoder = null;

  constructor(href) {
    this.href = href;
    this.loaded = this.#load();
    // Whoever waits hears of it; a failure is not kept, so that trying again is worth while.
    this.loaded.catch(() => this.drop());
  }

  async #load() {
    const bytes = fetchFile(this.href);
    bytes.catch(() => {});  // told by loadModel
    const model = await loadModel(bytes, { wasm: await wasm() });
    if (this.gone) model.free();
    return model;
  }

  /** Waits until encode() works, for which a model may lack its encoder's file. */
  async withEncoder() {
    const model = await this.loaded;
    if (!model.hasEncoder) {
      this.#encoder ??= fetchFile(encoderOf(this.href))
        .then((bytes) => { if (!this.gone && !model.hasEncoder) model.addEncoder(bytes); });
      await this.#encoder.catch((error) => { this.retire(); throw error; });
    }
    return model;
  }

  /** Nobody new gets this model. */
  retire() { if (shared.get(this.href) === this) shared.delete(this.href); }

  drop() {
    this.gone = true;
    this.retire();
    this.loaded.then((model) => model.free(), () => {});
  }
}

/** @type {Map<string, Shared>} */
const shared = new Map();

/** The address of the weights that an element's `src` means; of what is none, fetching tells. */
export function addressOf(src) {
  if (!src) return weights.decoder.href;
  try {
    return new URL(src, document.baseURI).href;
  } catch {
    return src;
  }
}

/** The model at this address, to be given back with release(). */
export function acquire(href) {
  const entry = shared.get(href) ?? new Shared(href);
  shared.set(href, entry);
  ++entry.users;
  return entry;
}

export function release(entry) {
  if (--entry.users > 0) return;
  setTimeout(() => { if (entry.users === 0 && !entry.gone) entry.drop(); }, LINGER);
}
