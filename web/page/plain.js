// The page where there is no WebGL 2 to draw the lab with: digits of the same model on a plain canvas, from the
// headless module. A sheet of new ones, and a morph between the first two of it.

import {loadModel} from './digit-vae.js';

const [COLUMNS, ROWS, SIDE] = [8, 3, 28];

function make(tag, properties = {}) { return Object.assign(document.createElement(tag), properties); }

/** (784) pixels into column x, row y of a canvas: its own colour, as opaque as the pixel has ink. */
function paint(canvas, pixels, x = 0, y = 0) {
  const [red, green, blue] = getComputedStyle(canvas).color.match(/\d+/g).map(Number);
  const image = new ImageData(SIDE, SIDE);
  pixels.forEach((ink, i) => image.data.set([red, green, blue, 255 * ink], 4 * i));
  canvas.getContext('2d').putImageData(image, x * SIDE, y * SIDE);
}

/**
 * Fills `place`; say(key) gives the page's texts, fetchFile(name) the bytes of its files.
 * @returns {Promise<void>} when the first digits are there
 */
export async function plainLab(place, say, fetchFile) {
  const model = await loadModel(await fetchFile('weights.decoder.bin'));
  const sheet = make('canvas', {width: COLUMNS * SIDE, height: ROWS * SIDE, className: 'plain'});
  const one = make('canvas', {width: SIDE, height: SIDE, className: 'plain one'});
  const button = make('button', {type: 'button', textContent: say('plain_new')});
  const slider = make('input', {type: 'range', min: 0, max: 1, step: 0.01, value: 0});
  const label = make('label', {textContent: say('plain_morph')});
  for (const canvas of [sheet, one]) canvas.setAttribute('role', 'img');
  sheet.setAttribute('aria-label', say('plain_sheet', COLUMNS * ROWS));
  one.setAttribute('aria-label', say('plain_between'));
  label.append(slider);

  let seed = 1;
  const morph = () => {
    const [a, b] = [0, 1].map(i => model.prior(seed, 2).subarray(i * model.latentSize, (i + 1) * model.latentSize));
    const t = slider.valueAsNumber;
    paint(one, model.decode(a.map((x, i) => (1 - t) * x + t * b[i])));
  };
  const draw = () => {
    const images = model.sample(seed, COLUMNS * ROWS);
    for (let i = 0; i < COLUMNS * ROWS; ++i) {
      paint(sheet, images.subarray(i * 784, (i + 1) * 784), i % COLUMNS, Math.floor(i / COLUMNS));
    }
    morph();
  };
  button.addEventListener('click', () => { ++seed; draw(); });
  slider.addEventListener('input', morph);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  place.replaceChildren(sheet, button, label, one);
  draw();
}
