// PNG and animated PNG, taken apart chunk by chunk: what a decoder needs, and the pixels that were given.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { site } from '../support.mjs';
import { crc32 } from '../weights.mjs';

const { animatedPng, pngBlob } = await import(new URL('export.js', site).href);

/** Every level from paper to ink; `seed` moves them about. */
const picture = (seed = 0) => Float32Array.from({ length: 784 }, (_, i) => ((i * 7 + seed * 31) % 256) / 255);

/** The chunks as [{type, data}], after a look at signature, lengths and CRCs. */
async function chunksOf(blob) {
  assert.equal(blob.type, 'image/png');
  const bytes = Buffer.from(await blob.arrayBuffer()), chunks = [];
  assert.deepEqual([...bytes.subarray(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10]);
  for (let at = 8; at < bytes.length;) {
    const end = at + 8 + bytes.readUInt32BE(at);
    assert.equal(bytes.readUInt32BE(end), crc32(bytes.subarray(at + 4, end)));
    chunks.push({ type: bytes.toString('latin1', at + 4, at + 8), data: bytes.subarray(at + 8, end) });
    at = end + 4;
  }
  assert.deepEqual([chunks[0].type, chunks[1].type, chunks.at(-1).type], ['IHDR', 'PLTE', 'IEND']);
  assert.equal(chunks.at(-1).data.length, 0);
  return chunks;
}

const names = (chunks) => chunks.map((chunk) => chunk.type);

/** The header of a picture of 28 * scale pixels, indices of one byte. */
const assertHeader = (chunks, scale) => {
  const side = Buffer.alloc(8);
  side.writeUInt32BE(28 * scale, 0);
  side.writeUInt32BE(28 * scale, 4);
  assert.deepEqual([...chunks[0].data], [...side, 8, 3, 0, 0, 0]);
};

/** Every pixel of a frame is the nearest of the picture's, in 255 steps. */
function assertPixels(data, pixels, scale) {
  const rows = inflateSync(data), side = 28 * scale;
  assert.equal(rows.length, side * (side + 1));
  for (let y = 0; y < side; ++y) {
    const row = rows.subarray(y * (side + 1), (y + 1) * (side + 1));
    assert.equal(row[0], 0);
    const first = 28 * Math.floor(y / scale);
    const expected = Array.from({ length: side }, (_, x) => Math.round(pixels[first + Math.floor(x / scale)] * 255));
    assert.deepEqual([...row.subarray(1)], expected);
  }
}

/** Frames of an animated PNG: [{sequence, delay: [numerator, denominator], data}]; sequence numbers are checked. */
function framesOf(chunks, side) {
  /** @type {{ delay: number[], data?: Buffer }[]} */
  const frames = [];
  let sequence = 0;
  for (const { type, data } of chunks) {
    if (type === 'fcTL' || type === 'fdAT') assert.equal(data.readUInt32BE(0), sequence++);
    if (type === 'fcTL') {
      assert.equal(data.length, 26);
      assert.deepEqual([4, 8, 12, 16].map((at) => data.readUInt32BE(at)), [side, side, 0, 0]);
      assert.deepEqual([...data.subarray(24)], [0, 0]);
      frames.push({ delay: [data.readUInt16BE(20), data.readUInt16BE(22)] });
    }
    if (type === 'IDAT') frames.at(-1).data = data;
    if (type === 'fdAT') frames.at(-1).data = data.subarray(4);
  }
  return frames;
}

for (const scale of [1, 3, 10]) {
  test(`a digit as a PNG, each pixel ${scale} x ${scale}`, async () => {
    const chunks = await chunksOf(await pngBlob(picture(), { scale }));
    assert.deepEqual(names(chunks), ['IHDR', 'PLTE', 'IDAT', 'IEND']);
    assertHeader(chunks, scale);
    assertPixels(chunks[2].data, picture(), scale);
  });
}

test('ink on paper, in light and dark', async () => {
  for (const [dark, paper, ink] of [[false, [0xf4, 0xf3, 0xef], [0x17, 0x17, 0x1c]],
    [true, [0x10, 0x10, 0x13], [0xf6, 0xf5, 0xf2]]]) {
    const palette = [...(await chunksOf(await pngBlob(picture(), { dark })))[1].data];
    assert.equal(palette.length, 768);
    assert.deepEqual(palette.slice(0, 3), paper);
    assert.deepEqual(palette.slice(-3), ink);
    for (let i = 3; i < 768; ++i) assert(dark ? palette[i] >= palette[i - 3] : palette[i] <= palette[i - 3]);
  }
});

test('values out of [0, 1] are the nearest in it, and no number is paper', async () => {
  const pixels = picture(), expected = picture();
  [pixels[0], pixels[1], pixels[2], pixels[3]] = [-1, 7, Infinity, NaN];
  [expected[0], expected[1], expected[2], expected[3]] = [0, 1, 1, 0];
  const chunks = await chunksOf(await pngBlob(pixels, { scale: 2 }));
  assertPixels(chunks[2].data, expected, 2);
});

test('an animated PNG: frames, delays, loops, sequence numbers', async () => {
  const pictures = [0, 1, 2, 3].map(picture);
  const chunks = await chunksOf(await animatedPng(pictures, { scale: 4, delay: 125, loop: 3, dark: true }));
  assert.deepEqual(names(chunks),
    ['IHDR', 'PLTE', 'acTL', 'fcTL', 'IDAT', 'fcTL', 'fdAT', 'fcTL', 'fdAT', 'fcTL', 'fdAT', 'IEND']);
  assertHeader(chunks, 4);
  assert.deepEqual([...chunks[2].data], [0, 0, 0, 4, 0, 0, 0, 3]);
  const frames = framesOf(chunks, 112);
  assert.equal(frames.length, 4);
  frames.forEach((frame, i) => {
    assert.deepEqual(frame.delay, [125, 1000]);
    assertPixels(frame.data, pictures[i], 4);
  });
});

test('by default it plays for ever, 60 ms a frame, 280 pixels wide; one frame will do', async () => {
  const chunks = await chunksOf(await animatedPng([picture()]));
  assertHeader(chunks, 10);
  assert.deepEqual([...chunks[2].data], [0, 0, 0, 1, 0, 0, 0, 0]);
  assert.deepEqual(framesOf(chunks, 280).map((frame) => frame.delay), [[60, 1000]]);
});

test('where CompressionStream is missing the same pixels come uncompressed', async () => {
  const small = await pngBlob(picture()), pictures = [picture(), picture(5)];
  const { CompressionStream } = globalThis;
  delete globalThis.CompressionStream;
  try {
    const single = await pngBlob(picture());
    assert(single.size > 280 * 281 && small.size < 280 * 281 / 10, `${single.size} and ${small.size} bytes`);
    assertPixels((await chunksOf(single))[2].data, picture(), 10);
    const frames = framesOf(await chunksOf(await animatedPng(pictures, { scale: 10 })), 280);
    assert.equal(frames.length, 2);
    frames.forEach((frame, i) => assertPixels(frame.data, pictures[i], 10));
  } finally {
    globalThis.CompressionStream = CompressionStream;
  }
});

test('what makes no picture is refused', async () => {
  await assert.rejects(pngBlob(new Float32Array(783)), RangeError);
  for (const scale of [0, 1.5, -1, 101, NaN]) await assert.rejects(pngBlob(picture(), { scale }), RangeError);
  await assert.rejects(animatedPng([]), RangeError);
  await assert.rejects(animatedPng([picture(), new Float32Array(0)]), RangeError);
  for (const delay of [-1, 65536, NaN]) await assert.rejects(animatedPng([picture()], { delay }), RangeError);
});
