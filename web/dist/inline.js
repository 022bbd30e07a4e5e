// digit-vae.inline.js: the element, with module and weights inside, as a classic script.
import '../element/define.js';
