// Types of the package digit-vae: the models (digit-vae.d.ts) and the element <digit-vae>, which `digit-vae/define`
// registers.
export * from './digit-vae.js';

/** What a `<digit-vae>` shows. */
// attributes: views

/** What getState() gives: everything that can be put into JSON and set again. Absent is what was not chosen. */
export interface DigitVaeState {
  // attributes: state
  /** A drawing: strokes of x0, y0, x1, y1, ..., 0 to 255 across the pad. */
  strokes?: number[][];
}

/** Detail of `digit-ready`: a model is there and its first digit drawn. */
export interface DigitReadyDetail { latentSize: number; spec: string }
/** Detail of `digit-error`; `code` is one of DigitVaeErrorCode, `timeout` or `error`. */
export interface DigitErrorDetail { code: string; message: string }

/**
 * `<digit-vae view="morph" from="3" to="8">`: digits of a variational autoencoder. Its attributes are its state: what a
 * visitor does is written back into them, and each is a property as well. Nothing is downloaded until it is near the
 * viewport. All elements of a page share one WebAssembly module, and those with the same `src` one model.
 *
 * Colors: the page's own (color-scheme), or --digit-vae-ink, --digit-vae-paper, --digit-vae-accent,
 * --digit-vae-border; the height of view="lab": --digit-vae-lab-height. Parts: frame, canvas, controls, words, poster,
 * message, lab. What lies between its tags is shown until the element is defined, and when it fails. Its language (en or
 * zh) is that of the nearest `lang`.
 *
 * Events, which bubble: `digit-ready`, `digit-error`, and `digit-change` with a DigitVaeState for what the visitor did.
 * view="lab" is a page of its own in a frame and tells of nothing.
 */
export class DigitVaeElement extends HTMLElement {
  // attributes: properties

  /** Starts or stops a morph that runs to and fro. */
  play(on?: boolean): void;

  /**
   * Goes on to the next seed, as the button does.
   * @param n how many of its digits to give
   * @returns (n, pixels) in [0, 1]
   * @throws DigitVaeError (the promise is rejected), here and below, when the model cannot be had
   */
  sample(n?: number): Promise<Float32Array>;
  /** @param z (n, latentSize) @returns (n, pixels) in [0, 1] */
  decode(z: ArrayLike<number>): Promise<Float32Array>;
  /** @param pixels (n, pixels) in [0, 1] @returns both (n, latentSize) */
  encode(pixels: ArrayLike<number>): Promise<{ mu: Float32Array; logVar: Float32Array }>;

  getState(): DigitVaeState;
  /** Sets what the state has; what makes no sense counts as absent. The rest stays. */
  setState(state: DigitVaeState): void;

  /** The picture on its background, 560 pixels high or more. @param type image/png by default */
  toBlob(type?: string): Promise<Blob>;
  toDataURL(type?: string): string;

  /** Gives model, memory and listeners back. Inserted into a page again, the element starts afresh. */
  destroy(): void;
}

declare global {
  interface HTMLElementTagNameMap { 'digit-vae': DigitVaeElement }
  interface GlobalEventHandlersEventMap {
    'digit-ready': CustomEvent<DigitReadyDetail>;
    'digit-error': CustomEvent<DigitErrorDetail>;
    'digit-change': CustomEvent<DigitVaeState>;
  }
}
