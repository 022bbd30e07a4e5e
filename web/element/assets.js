// What an element downloads, and from where. Builds with everything inside replace this file.

/** The default model's two files; further models come from their `src`. */
export const weights = {
  decoder: new URL('./weights.decoder.bin', import.meta.url),
  encoder: new URL('./weights.encoder.bin', import.meta.url),
};

/** The page that view="lab" frames. A literal in the call, and bundlers take that one file along and leave the rest. */
export const lab = new URL('./lab/'.concat('index.html'), import.meta.url);

/** What loadModel() takes as its module: by default it finds one beside itself. */
export const wasm = async () => undefined;

/** @returns {Promise<Response>} */
export const open = (url, signal) => fetch(url, { signal });
