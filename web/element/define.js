// Registers <digit-vae>; what another script or version registered before stays.
import { DigitVaeElement } from './index.js';

if (globalThis.customElements && !customElements.get('digit-vae')) {
  customElements.define('digit-vae', DigitVaeElement);
}
