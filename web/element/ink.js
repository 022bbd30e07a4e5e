// Strokes on a square pad, and the 28 x 28 picture that MNIST would have made of them (as web/lab/state/strokes.cpp does it; here
// the browser's own canvas draws the lines). A stroke is [x0, y0, x1, y1, ...], 0 to 255 across the pad.

import { SIDE, contextOf, recolor } from './picture.js';

const BOX = 20, MIDDLE = 14;
const LINE = 2.75;      // MNIST's usual line, in its own pixels
const DOT = 24;         // of 256 across the pad: the line of what has no size of its own
export const MOST_POINTS = 4096;

/** Line width in pad units with which a drawing has lines as thick as MNIST's, whatever its size. */
export function penWidth(strokes) {
  const { size } = extent(strokes);
  return size < DOT ? DOT : size * LINE / (BOX - LINE);
}

function extent(strokes) {
  const x = strokes.flatMap((stroke) => stroke.filter((_, i) => i % 2 === 0));
  const y = strokes.flatMap((stroke) => stroke.filter((_, i) => i % 2 === 1));
  const [left, top] = [x, y].map((v) => v.reduce((a, b) => Math.min(a, b), 255));
  const [right, bottom] = [x, y].map((v) => v.reduce((a, b) => Math.max(a, b), 0));
  return { left, top, size: Math.max(right - left, bottom - top, 0) };
}

/** Strokes as lines of the context's own color, moved by (dx, dy) pad units, then scaled; `width` in pad units. */
export function drawStrokes(context, strokes, width, scale, dx = 0, dy = 0) {
  context.lineWidth = width * scale;
  context.lineCap = context.lineJoin = 'round';
  context.beginPath();
  for (const stroke of strokes) {
    for (let i = 0; i < stroke.length; i += 2) {
      const at = [(stroke[i] + dx) * scale, (stroke[i + 1] + dy) * scale];
      if (i === 0) context.moveTo(...at);
      context.lineTo(...at);
    }
  }
  context.stroke();
}

/** @returns {Float32Array} (784) pixels in [0, 1]: 20 pixels on the longer side, center of mass in the middle */
export function mnistDigit(strokes) {
  const digit = new Float32Array(SIDE * SIDE);
  if (strokes.length === 0) return digit;
  const width = penWidth(strokes), { left, top, size } = extent(strokes);
  const context = contextOf(Object.assign(document.createElement('canvas'), { width: SIDE, height: SIDE }));
  drawStrokes(context, strokes, width, BOX / (size + width), width / 2 - left, width / 2 - top);
  const ink = context.getImageData(0, 0, SIDE, SIDE).data.filter((_, i) => i % 4 === 3);
  let [mass, x, y, right, bottom] = [0, 0, 0, 0, 0];
  ink.forEach((value, i) => {
    const [column, line] = [i % SIDE, Math.floor(i / SIDE)];
    mass += value;
    x += value * column;
    y += value * line;
    if (value > 0) [right, bottom] = [Math.max(right, column + 1), Math.max(bottom, line + 1)];
  });
  if (mass === 0) return digit;
  const shift = (moment, length) => Math.max(0, Math.min(SIDE - length, Math.round(MIDDLE - moment / mass)));
  const start = shift(y, bottom) * SIDE + shift(x, right);
  ink.forEach((value, i) => { if (value > 0) digit[start + i] = value / 255; });
  return digit;
}

/** Strokes of anybody's, or null: arrays of pairs within the pad, not too many. */
export function checkedStrokes(strokes) {
  const good = (stroke) => Array.isArray(stroke) && stroke.length >= 2 && stroke.length % 2 === 0
    && stroke.every((x) => Number.isFinite(x) && x >= 0 && x <= 255);
  if (!Array.isArray(strokes) || !strokes.every(good)) return null;
  return strokes.reduce((n, stroke) => n + stroke.length / 2, 0) <= MOST_POINTS ? strokes.map((s) => [...s]) : null;
}

/** Drawings for those who cannot draw: a 3, a 7, a 1 with a slip. */
export const EXAMPLES = [
  [[85, 60, 110, 40, 145, 40, 165, 65, 155, 95, 120, 115, 155, 125, 175, 160, 160, 195, 120, 210, 85, 195]],
  [[75, 55, 180, 50, 140, 125, 120, 210]],
  [[75, 95, 105, 55, 150, 60, 165, 100, 140, 150, 80, 205, 180, 200]],
];

/** Draws a stand-in, the first example, in the middle of a canvas: before any digit has come. */
export function standIn(canvas) {
  const side = Math.min(canvas.width, canvas.height), context = contextOf(canvas);
  context.setTransform(1, 0, 0, 1, (canvas.width - side) / 2, (canvas.height - side) / 2);
  drawStrokes(context, EXAMPLES[0], penWidth(EXAMPLES[0]), side / 255);
  context.resetTransform();
  recolor(canvas);
}
