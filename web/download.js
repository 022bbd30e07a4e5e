// The bytes of a file that may be large, slow or somebody's malice: for the lab's page and for the element.

export const MOST_BYTES = 64 << 20;  // what the modules accept (shared/file/weights_reader.hpp)
const STALL = 20000;                 // milliseconds without a byte

const failure = (code, message, more) => Object.assign(new Error(message), { code, ...more });

/**
 * Decoded bytes are counted, so a compressed bomb is cut off too.
 * @param {string | URL} url
 * @param {(url: string | URL, signal: AbortSignal) => Promise<Response>} open as fetch() does
 * @param {{onProgress?: (size: number, total: number) => void, abort?: AbortController}} [options] total is 0 where it
 *   is unknown; abort stops it
 * @returns {Promise<Uint8Array>}
 * @throws {Error} with a `code`: http (and `status`), too-large, timeout or network
 */
export async function download(url, open, { onProgress = () => {}, abort = new AbortController() } = {}) {
  let timer, stalled = false;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => { stalled = true; abort.abort(); }, STALL);
  };
  try {
    alive();
    const response = await open(url, abort.signal);
    if (!response.ok) throw failure('http', `the server answered ${response.status}`, { status: response.status });
    // With a compressed transfer the length is that of the compressed bytes.
    const total = response.headers.get('content-encoding') ? 0 : Number(response.headers.get('content-length')) || 0;
    const parts = [], reader = response.body.getReader();
    let size = 0;
    for (let step; !(step = await reader.read()).done;) {
      alive();
      parts.push(step.value);
      size += step.value.length;
      if (size > MOST_BYTES) throw failure('too-large', `more than ${MOST_BYTES >> 20} MiB`);
      if (abort.signal.aborted) throw new Error('stopped');
      onProgress(size, total);
    }
    const bytes = new Uint8Array(size);
    parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
    return bytes;
  } catch (error) {
    if (stalled) throw failure('timeout', 'the server stopped answering');
    throw error.code?.length ? error : failure('network', error.message);
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}
