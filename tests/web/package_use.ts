// Checked against the package's types, never run: what its users write.
import 'digit-vae/define';
import { DigitVaeError, loadModel, type DigitVaeState, type Model } from 'digit-vae';

const element = document.querySelector('digit-vae')!;
element.view = 'morph';
element.from = 3;
element.to = Float32Array.of(0, 1);
element.z = null;
const ends: number | number[] | undefined = element.from;
element.addEventListener('digit-ready', ({ detail }) => detail.latentSize.toFixed());
element.addEventListener('digit-error', ({ detail }) => detail.code.toUpperCase());
element.addEventListener('digit-change', ({ detail }) => element.setState(detail));
const state: DigitVaeState = element.getState();
export const picture: Promise<Blob> = element.toBlob('image/png');
export const images: Promise<Float32Array> = element.decode([0, 0]);

export async function inNode(bytes: Uint8Array): Promise<Float32Array> {
  const model: Model = await loadModel(Promise.resolve(bytes), { wasm: new URL('./digit-vae.wasm', 'file:///x/') });
  try {
    return model.encode(model.sample(1n, 2)).mu;
  } catch (error) {
    if (error instanceof DigitVaeError && error.code === 'freed') return new Float32Array();
    throw error;
  }
}

// @ts-expect-error: there is no such view
element.view = 'picture';
// @ts-expect-error: a morph ends at a digit or a latent
element.to = 'eight';
// @ts-expect-error: t is a number
state.t = '0.5';
export { ends };
