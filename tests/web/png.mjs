// Decodes the PNGs that Chromium's screenshots are (8 bits, RGB or RGBA, not interlaced), so that tests judge what
// is on the screen without a dependency. Source: the PNG specification, sections 5 and 9.
import { inflateSync } from 'node:zlib';

/** Luminance (Rec. 709, 0 to 255) of every pixel: {width, height, at(x, y)}. */
export function readPng(file) {
  const chunks = { IHDR: [], IDAT: [] };
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at), type = file.toString('latin1', at + 4, at + 8);
    chunks[type]?.push(file.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const [header] = chunks.IHDR, width = header.readUInt32BE(0), height = header.readUInt32BE(4);
  const bytes = { 2: 3, 6: 4 }[header[9]];
  if (header[8] !== 8 || !bytes || header[12] !== 0) throw new Error('a PNG of another kind');
  const data = inflateSync(Buffer.concat(chunks.IDAT)), row = width * bytes;
  const pixels = new Uint8Array(height * row);
  for (let y = 0; y < height; ++y) {
    const filter = data[y * (row + 1)];
    for (let x = 0; x < row; ++x) {
      const left = x >= bytes ? pixels[y * row + x - bytes] : 0, up = y > 0 ? pixels[(y - 1) * row + x] : 0;
      const corner = x >= bytes && y > 0 ? pixels[(y - 1) * row + x - bytes] : 0;
      const predicted = filter === 0 ? 0 : filter === 1 ? left : filter === 2 ? up
        : filter === 3 ? (left + up) >> 1 : paeth(left, up, corner);
      pixels[y * row + x] = data[y * (row + 1) + 1 + x] + predicted;
    }
  }
  const at = (x, y) => {
    const p = y * row + x * bytes;
    return 0.2126 * pixels[p] + 0.7152 * pixels[p + 1] + 0.0722 * pixels[p + 2];
  };
  return { width, height, at };
}

function paeth(a, b, c) {
  const pa = Math.abs(b - c), pb = Math.abs(a - c), pc = Math.abs(a + b - 2 * c);
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}
