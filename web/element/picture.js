// Digits on a plain canvas, 28 pixels each. They are painted in the canvas's own color, as opaque as there is ink, and
// its background shows through; so a picture is right in every theme.

export const SIDE = 28;

/** Size of a canvas for so many digits side by side and below each other. */
export function resize(canvas, columns, rows) {
  const [width, height] = [columns * SIDE, rows * SIDE];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

/** What draws on a small canvas: in plain memory, since starting a graphics processor for 28 x 28 pixels takes longer. */
export const contextOf = (canvas) => canvas.getContext('2d', { willReadFrequently: true });

export const clear = (canvas) => contextOf(canvas).clearRect(0, 0, canvas.width, canvas.height);

/** Paints n digits of (n, 784) pixels into the cells `first` to first + n - 1, row by row. */
export function paint(canvas, images, first = 0) {
  const columns = canvas.width / SIDE, context = contextOf(canvas), n = images.length / (SIDE * SIDE);
  for (let k = 0; k < n; ++k) {
    const data = new ImageData(SIDE, SIDE);
    for (let i = 0; i < SIDE * SIDE; ++i) data.data[4 * i + 3] = 255 * images[k * SIDE * SIDE + i];
    context.putImageData(data, (first + k) % columns * SIDE, Math.floor((first + k) / columns) * SIDE);
  }
  recolor(canvas);
}

let printed = '';  // the color of all ink while the page is printed
export function print(color) { printed = color; }

/** Gives all ink the canvas's present color. */
export function recolor(canvas) {
  const context = contextOf(canvas);
  context.globalCompositeOperation = 'source-in';
  context.fillStyle = printed || getComputedStyle(canvas).color;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.globalCompositeOperation = 'source-over';
}

/** A copy on its background, for a file: `scale` times as large. */
export function onPaper(canvas, scale) {
  const copy = Object.assign(document.createElement('canvas'), { width: canvas.width * scale,
    height: canvas.height * scale });
  const context = contextOf(copy);
  context.fillStyle = getComputedStyle(canvas).backgroundColor;
  context.fillRect(0, 0, copy.width, copy.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(canvas, 0, 0, copy.width, copy.height);
  return copy;
}
