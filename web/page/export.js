// Pictures to keep: one digit as a PNG, a morph as an animated PNG, as the page shows them: ink on paper, every
// pixel a square. Written without a canvas, so it runs in Node and in workers as well.
// Source: the PNG specification, third edition, whose sections 5 and 11 have the chunks, those of animation included.

const SIDE = 28;
// [paper, ink] of the lab's themes (web/lab/ui/theme.cpp).
const LIGHT = [[0xf4, 0xf3, 0xef], [0x17, 0x17, 0x1c]], DARK = [[0x10, 0x10, 0x13], [0xf6, 0xf5, 0xf2]];

/**
 * One digit, (28, 28) values in [0, 1], as a PNG of 28 * scale pixels.
 * @param {Float32Array} pixels
 * @param {{scale?: number, dark?: boolean}} [options]
 * @returns {Promise<Blob>}
 */
export async function pngBlob(pixels, { scale = 10, dark = false } = {}) {
  return file([...header(scale, dark), chunk('IDAT', await zlib(rows(pixels, scale)))]);
}

/**
 * Digits one after another as an animated PNG; a viewer that knows no animation shows the first.
 * @param {Float32Array[]} frames
 * @param {{scale?: number, delay?: number, dark?: boolean, loop?: number}} [options] delay: milliseconds a frame
 *   stays, 0 to 65535; loop: how often the animation plays, 0 for ever
 * @returns {Promise<Blob>}
 */
export async function animatedPng(frames, { scale = 10, delay = 60, dark = false, loop = 0 } = {}) {
  if (frames.length === 0) throw new RangeError('an animation needs a frame');
  if (!(delay >= 0 && delay <= 65535)) throw new RangeError('delay must be 0 to 65535 ms');
  const data = await Promise.all(frames.map(frame => zlib(rows(frame, scale))));
  const chunks = [...header(scale, dark), chunk('acTL', words(frames.length, loop))];
  let sequence = 0;
  const side = SIDE * scale, milliseconds = Math.round(delay) * 65536 + 1000;  // two halves: a fraction of a second
  data.forEach((bytes, i) => {
    // At (0, 0); the frame stays as it is (dispose 0) and replaces what was there (blend 0).
    chunks.push(chunk('fcTL', words(sequence++, side, side, 0, 0, milliseconds), Uint8Array.of(0, 0)));
    chunks.push(i === 0 ? chunk('IDAT', bytes) : chunk('fdAT', words(sequence++), bytes));
  });
  return file(chunks);
}

// ---- PNG

const file = chunks => new Blob([Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10), ...chunks, chunk('IEND')],
  { type: 'image/png' });

/** IHDR and PLTE: 8 bits a pixel, indices into 256 colors from paper to ink. */
function header(scale, dark) {
  if (!(Number.isInteger(scale) && scale >= 1 && scale <= 100)) throw new RangeError('scale must be 1 to 100');
  const [paper, ink] = dark ? DARK : LIGHT;
  const palette = Uint8Array.from({ length: 3 * 256 }, (_, i) => {
    const t = Math.floor(i / 3) / 255;
    return Math.round(paper[i % 3] + t * (ink[i % 3] - paper[i % 3]));
  });
  return [chunk('IHDR', words(SIDE * scale, SIDE * scale), Uint8Array.of(8, 3, 0, 0, 0)), chunk('PLTE', palette)];
}

/** The enlarged picture's rows, each behind a 0: not filtered. */
function rows(pixels, scale) {
  if (pixels.length !== SIDE * SIDE) throw new RangeError(`a picture is ${SIDE * SIDE} numbers, not ${pixels.length}`);
  const stride = 1 + SIDE * scale, bytes = new Uint8Array(SIDE * scale * stride);
  for (let y = 0; y < SIDE; ++y) {
    const start = y * scale * stride;
    for (let x = 0; x < SIDE; ++x) {
      const ink = Math.round(255 * Math.min(1, Math.max(0, pixels[y * SIDE + x])));
      bytes.fill(ink, start + 1 + x * scale, start + 1 + (x + 1) * scale);
    }
    for (let copy = 1; copy < scale; ++copy) bytes.copyWithin(start + copy * stride, start, start + stride);
  }
  return bytes;
}

function chunk(type, ...parts) {
  const data = join([Uint8Array.from(type, c => c.charCodeAt(0)), ...parts]);
  return join([words(data.length - 4), data, words(crc32(data))]);
}

/** Unsigned 32-bit numbers, the highest byte first. */
function words(...numbers) {
  const bytes = new Uint8Array(4 * numbers.length), view = new DataView(bytes.buffer);
  numbers.forEach((number, i) => view.setUint32(4 * i, number));
  return bytes;
}

function join(parts) {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; ++bit) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  return ~crc;
}

// ---- zlib's format

/** Compressed where the browser can: Firefox before 113 cannot. */
async function zlib(bytes) {
  if (typeof CompressionStream === 'undefined') return stored(bytes);
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Blocks of at most 65535 bytes as they are, then Adler-32. Source: RFC 1950 and RFC 1951, section 3.2.4. */
function stored(bytes) {
  const parts = [Uint8Array.of(0x78, 0x01)];
  for (let at = 0; at < bytes.length; at += 65535) {
    const block = bytes.subarray(at, at + 65535), n = block.length, last = at + n === bytes.length;
    parts.push(Uint8Array.of(last ? 1 : 0, n, n >> 8, ~n, ~n >> 8), block);
  }
  let a = 1, b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return join([...parts, words(b * 65536 + a)]);
}
