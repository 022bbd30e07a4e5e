// A page with <digit-vae> in it, at the site that `make dist` builds, as the element's tests want it.
import type { Page } from '@playwright/test';

const port = Number(process.env.DIGIT_VAE_PORT ?? 8417) + 1;
export const dist = `http://localhost:${port}`;
export const SMALL = ['sample', 'morph', 'latent', 'map', 'draw'];

/** Opens a page with this body; `head` may hold scripts, and {define: false} leaves the element undefined. */
export async function openWith(page: Page, body: string, { head = '', define = true, lang = 'en' } = {}) {
  const script = define ? '<script type="module" src="define.js"></script>' : '';
  await page.route(`${dist}/page.html`, (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body:
    `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">${
      head}${script}</head><body><main>${body}</main></body></html>` }));
  await page.goto(`${dist}/page.html`);
}

/** Waits until so many elements of the page have their model. */
export async function ready(page: Page, count = 1) {
  await page.waitForFunction((n) => (window as any).ready >= n, count);
}

/** To be put into `head`: counts digit-ready and notes digit-error and digit-change. */
export const LISTEN = `<script>
  Object.assign(window, { ready: 0, errors: [], changes: [], rejections: [] });
  addEventListener('digit-ready', () => { ++window.ready; });
  addEventListener('digit-error', ({ detail }) => window.errors.push(detail.code));
  addEventListener('digit-change', ({ detail }) => window.changes.push(detail));
  addEventListener('unhandledrejection', ({ reason }) => window.rejections.push(String(reason)));
</script>`;

/** Ink (0 to 1) of the canvas with this index in an element's shadow root, row by row, and its size. */
export function ink(page: Page, selector = 'digit-vae', index = 0) {
  return page.evaluate(([selector, index]) => {
    const canvas = document.querySelector(selector as string)!.shadowRoot!.querySelectorAll('canvas')[index as number];
    const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height })
      .getContext('2d', { willReadFrequently: true })!;
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    return { width: canvas.width, height: canvas.height,
      values: Array.from({ length: data.length / 4 }, (_, i) => data[4 * i + 3] / 255) };
  }, [selector, index] as const);
}

/** One digit of a canvas's cells, row by row. */
export function cell({ width, values }: { width: number; values: number[] }, column: number, row: number) {
  return Array.from({ length: 784 }, (_, i) =>
    values[(28 * row + Math.floor(i / 28)) * width + 28 * column + i % 28]);
}
