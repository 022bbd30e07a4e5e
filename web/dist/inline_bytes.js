// What a bundle with everything inside has: files by name.
import files from 'inline:files';

export const has = (name) => Object.keys(files).includes(name);

/** @returns {Response} as if it had been fetched */
export function response(name) {
  if (!has(name)) return new Response(null, { status: 404 });
  const zipped = Uint8Array.from(atob(files[name]), (c) => c.charCodeAt(0));
  return new Response(new Blob([zipped]).stream().pipeThrough(new DecompressionStream('gzip')));
}

/** @returns {Promise<ArrayBuffer>} */
export const bytes = (name) => response(name).arrayBuffer();
