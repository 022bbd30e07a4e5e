// Makes weights files for tests, without the C++ writer: a second, independent reading of the format. A file is
// {metadata, tensors: [{name, dtype, shape, data: Uint8Array}]}; write() adds what is missing and seals it.

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, i) => {
  for (let bit = 0; bit < 8; ++bit) i = i & 1 ? 0xedb88320 ^ (i >>> 1) : i >>> 1;
  return i;
});

/** IEEE CRC-32; node:zlib has it only since Node 20. */
export function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const bytesOf = (floats) => new Uint8Array(Float32Array.from(floats).buffer);
const base64 = (floats) => Buffer.from(bytesOf(floats)).toString('base64');

/** A copy of an array with one element changed: `with` of newer JavaScripts than Debian 12's Node. */
export const changedAt = (values, at, value) => {
  const copy = values.slice();
  copy[at] = value;
  return copy;
};

/** A float32 tensor; `value(i)` gives its numbers. */
export function tensor(name, shape, value = (/** @type {number} */ _) => 0) {
  const numbers = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < numbers.length; ++i) numbers[i] = value(i);
  return { name, dtype: 'F32', shape, data: new Uint8Array(numbers.buffer) };
}

/**
 * A small model that needs no training: image i of z is sigmoid(z[i] + bias(i)) for i < latent, and
 * sigmoid(bias(i)) beyond. Its encoder gives mu = log_var = 0.
 */
export function smallModel({ latent = 4, hidden = 2, bias = (i) => (i % 7) - 3 } = {}) {
  const sigmoid = (x) => 1 / (1 + Math.exp(-x));
  const z = Array.from({ length: latent }, (_, i) => i / latent - 0.5);
  return {
    metadata: {
      format: 'digit-vae', version: '1', crc32: '00000000',
      model: `small image=1x28x28 latent=${latent} likelihood=bernoulli prior=normal `
        + `encoder=linear:784:${hidden},relu decoder=linear:${latent}:784`,
      golden_z: base64(z),
      golden_x: base64(Array.from({ length: 784 }, (_, i) => sigmoid((i < latent ? Math.fround(z[i]) : 0) + bias(i)))),
      seed: '42',
    },
    tensors: [
      tensor('encoder.0.weight', [hidden, 784]), tensor('encoder.0.bias', [hidden]),
      tensor('mu.weight', [latent, hidden]), tensor('mu.bias', [latent]),
      tensor('log_var.weight', [latent, hidden]), tensor('log_var.bias', [latent]),
      tensor('decoder.0.weight', [784, latent], (i) => (Math.floor(i / latent) === i % latent ? 1 : 0)),
      tensor('decoder.0.bias', [784], bias),
    ],
  };
}

/** A file taken apart. */
export function read(bytes) {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const { __metadata__: metadata, ...entries } = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString());
  const tensors = Object.entries(entries).map(([name, { dtype, shape, data_offsets: [begin, end] }]) =>
    ({ name, dtype, shape, data: bytes.slice(8 + length + begin, 8 + length + end) }));
  return { metadata, tensors };
}

/** The bytes of a file; `header` may change the header before it is sealed with its checksum. */
export function write({ metadata, tensors }, header = (entries) => entries) {
  const entries = { __metadata__: { ...metadata, ...(metadata.crc32 && { crc32: '00000000' }) } };
  let offset = 0;
  for (const { name, dtype, shape, data } of tensors) {
    entries[name] = { dtype, shape, data_offsets: [offset, offset += data.length] };
  }
  let text = header(entries);
  if (typeof text !== 'string') text = JSON.stringify(text);
  text = text.padEnd(Math.ceil((8 + text.length) / 64) * 64 - 8);
  const bytes = new Uint8Array(8 + text.length + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(Buffer.from(text), 8);
  let at = 8 + text.length;
  for (const { data } of tensors) bytes.set(data, at), at += data.length;
  return seal(bytes);
}

/** A file cut in two as the build cuts it (shared/model/weights_parts); `mu` is what its encoder makes of its golden image. */
export function parts(bytes, mu) {
  const { metadata, tensors } = read(bytes), { format, version, crc32, model, golden_x } = metadata;
  const draws = ({ name }) => name.startsWith('decoder');
  return {
    decoder: write({ metadata: { ...metadata, part: 'decoder', part_of: crc32 }, tensors: tensors.filter(draws) }),
    encoder: write({
      metadata: { format, version, crc32, model, golden_x, golden_z: base64(mu), part: 'encoder', part_of: crc32 },
      tensors: tensors.filter((tensor) => !draws(tensor)),
    }),
  };
}

/** Puts the right checksum into a file that has room for it. */
export function seal(bytes) {
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 65536)).indexOf('"crc32":"') + 9;
  if (at < 9) return bytes;
  bytes.fill(48, at, at + 8);
  bytes.set(Buffer.from(crc32(bytes).toString(16).padStart(8, '0')), at);
  return bytes;
}
