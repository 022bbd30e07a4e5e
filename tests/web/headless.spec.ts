// The headless module in Chromium: the same numbers as natively, whatever the server and the page's policy are like.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test as base, type Page } from '@playwright/test';
import { expect, test, withFlags } from './page';
import { largestDifference, readParity, root, weightsPath } from './support.mjs';

const parities = readParity();
const html = (body = '') => `<!doctype html><meta charset=utf-8><title>waiting</title>${body}`;
const strictPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src 'self' "
  + "data:; style-src 'self'; frame-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";

/** Serves /blank.html, /trained.bin and, where wanted, /page.js beside the site. */
async function serve(page: Page, { policy, script, weights = weightsPath }:
    { policy?: string; script?: string; weights?: string } = {}) {
  const headers: Record<string, string> = policy ? { 'content-security-policy': policy } : {};
  const body = html(script ? '<script type=module src=/page.js></script>' : '');
  await page.route('**/blank.html', (route) => route.fulfill({ contentType: 'text/html', headers, body }));
  await page.route('**/page.js', (route) => route.fulfill({ contentType: 'text/javascript', body: script ?? '' }));
  await page.route('**/trained.bin', (route) => route.fulfill({ body: readFileSync(weights) }));
}

/** Draws 3 samples of seed 5 in the page: their ink, or the code of the error. */
const draw = (page: Page) => page.evaluate(async () => {
  const bytes = await (await fetch('/trained.bin')).arrayBuffer();
  const { loadModel } = await import('/digit-vae.js' as string);
  try {
    const model = await loadModel(bytes);
    const images: Float32Array = model.sample(5, 3);
    model.free();
    return images.reduce((a, b) => a + b) / images.length;
  } catch (error) {
    return `${(error as any).name} ${(error as any).code}: ${(error as any).message}`;
  }
});

for (const parity of parities) test(`${parity.weights} as native code within 1e-5, its latents bit for bit`, async ({ page }) => {
  await serve(page, { weights: fileURLToPath(new URL(parity.weights, root)) });
  await page.goto('/blank.html');
  const actual = await page.evaluate(async ({ z, seed, count, pixels }) => {
    const { loadModel } = await import('/digit-vae.js' as string);
    const model = await loadModel(await (await fetch('/trained.bin')).arrayBuffer());
    const { mu, logVar } = model.encode(pixels);
    return { images: [...model.decode(z)], samples: [...model.sample(seed, count)],
      prior: [...model.prior(seed, count)], sevens: [...model.prior(seed, count, 7)], mu: [...mu], logVar: [...logVar] };
  }, { z: parity.z.flat(), seed: parity.seed, count: parity.samples.length, pixels: parity.encode.pixels.flat() });
  expect(largestDifference(actual.images, parity.images_eigen.flat())).toBeLessThanOrEqual(1e-5);
  expect(largestDifference(actual.images, parity.images_libtorch.flat())).toBeLessThanOrEqual(1e-5);
  expect(largestDifference(actual.samples, parity.samples.flat())).toBeLessThanOrEqual(1e-5);
  expect(largestDifference(actual.mu, parity.encode.mu.flat())).toBeLessThanOrEqual(1e-5);
  expect(largestDifference(actual.logVar, parity.encode.log_var.flat())).toBeLessThanOrEqual(1e-5);
  expect(largestDifference(actual.sevens, parity.sevens.flat())).toBeLessThanOrEqual(1e-6);
  expect(actual.prior.slice(0, parity.prior.flat().length)).toEqual(parity.prior.flat().map(Math.fround));
});

test('samples are digits, and only the module is fetched', async ({ page }) => {
  const requests: string[] = [];
  page.on('request', (request) => requests.push(new URL(request.url()).pathname));
  await serve(page);
  await page.goto('/blank.html');
  const ink = await draw(page);
  expect(ink).toBeGreaterThan(0.05);
  expect(ink).toBeLessThan(0.35);
  expect(await draw(page)).toBe(ink);
  expect(requests.filter((path) => path.startsWith('/digit-vae'))).toEqual(['/digit-vae.js', '/digit-vae.wasm']);
});

for (const type of ['text/plain', 'application/octet-stream', 'application/wasm; charset=utf-8']) {
  test(`a server that calls the module ${type}`, async ({ page }) => {
    await serve(page);
    await page.route('**/*.wasm', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, headers: { 'content-type': type } });
    });
    await page.goto('/blank.html');
    expect(await draw(page)).toBeGreaterThan(0.05);
  });
}

test('a module that cannot be had is `http` or `network`, and trying again works', async ({ page, silent }) => {
  await serve(page);
  await page.goto('/blank.html');
  await page.route('**/*.wasm', (route) => route.fulfill({ status: 404, body: 'not here' }));
  expect(await draw(page)).toMatch(/^DigitVaeError http: .*digit-vae\.wasm answered 404/);
  await page.unroute('**/*.wasm');
  await page.route('**/*.wasm', (route) => route.abort());
  expect(await draw(page)).toMatch(/^DigitVaeError network: cannot fetch .*digit-vae\.wasm/);
  await page.unroute('**/*.wasm');
  await page.route('**/*.wasm', (route) => route.fulfill({ contentType: 'application/wasm', body: html() }));
  expect(await draw(page)).toMatch(/^DigitVaeError wasm: /);
  await page.unroute('**/*.wasm');
  expect(await draw(page)).toBeGreaterThan(0.05);
  // The browser itself reports what failed to load; nothing else may be there.
  expect(silent.splice(0).filter((message) => !message.startsWith('Failed to load resource'))).toEqual([]);
});

const pageScript = `
  import { loadModel } from '/digit-vae.js';
  const violations = [];
  addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective));
  try {
    const model = await loadModel(await (await fetch('/trained.bin')).arrayBuffer());
    const images = model.sample(5, 3);
    document.title = 'drawn ' + images.reduce((a, b) => a + b) / images.length;
  } catch (error) {
    document.title = error.name + ' ' + error.code;
  }
  document.title += violations.length > 0 ? ' violating ' + violations : ' cleanly';`;

test('works under a strict Content-Security-Policy with Trusted Types, without a violation', async ({ page }) => {
  await serve(page, { policy: strictPolicy, script: pageScript });
  await page.goto('/blank.html');
  await expect(page).toHaveTitle(/^drawn 0\.\d+ cleanly$/);
});

test('a policy without wasm-unsafe-eval gives the code `wasm`', async ({ page, silent }) => {
  await serve(page, { policy: strictPolicy.replace("'wasm-unsafe-eval'", ''), script: pageScript });
  await page.goto('/blank.html');
  await expect(page).toHaveTitle(/^DigitVaeError wasm/);
  silent.length = 0;  // Chromium reports the violation
});

test('works in a worker', async ({ page }) => {
  await serve(page, { script: `
    const worker = new Worker('/worker.js', { type: 'module' });
    worker.onmessage = ({ data }) => { document.title = data; };` });
  await page.route('**/worker.js', (route) => route.fulfill({ contentType: 'text/javascript', body:
    pageScript.replaceAll('document.title', 'self.title') + 'postMessage(self.title);' }));
  await page.goto('/blank.html');
  await expect(page).toHaveTitle(/^drawn 0\.\d+ cleanly$/);
});

for (const [name, flags, expected, module] of [
  ['without SIMD the scalar build is fetched and draws the same', '--no-enable-sse4-1 --no-enable-ssse3', /^0\.\d+$/,
    ['/digit-vae-scalar.wasm']],
  ['without WebAssembly the code is `wasm`', '--jitless', /^DigitVaeError wasm: this browser has no WebAssembly/, []],
] as const) {
  base(name, async ({ baseURL, launchOptions }) => {
    await withFlags(launchOptions, [`--js-flags=${flags}`], baseURL, async (page) => {
      const requests: string[] = [];
      page.on('request', (request) => requests.push(new URL(request.url()).pathname));
      await serve(page);
      await page.goto('/blank.html');
      expect(String(await draw(page))).toMatch(expected);
      expect(requests.filter((path) => path.endsWith('.wasm'))).toEqual(module);
    });
  });
}
