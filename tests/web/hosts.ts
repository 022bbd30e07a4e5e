// What the tests of pages of others share: where those pages are, and how the digits in them must look.
import { readFileSync } from 'node:fs';
import { type Frame, type Page } from '@playwright/test';
import { expect } from './page';

const port = Number(process.env.DIGIT_VAE_PORT ?? 8417);
export const SITE = `http://localhost:${port + 1}/`, HOSTS = `http://localhost:${port + 2}/`;
/** As hosts/build.mjs has it. */
export const FAR = 'https://digit-vae.example/';

/** Ink of the digit between two digits: (784) in [0, 1], by the package itself in Node. */
export async function morph(from: number, to: number, t: number): Promise<number[]> {
  const { loadModel } = await import('../../build/dist/npm/index.js' as string);
  const model = await loadModel(readFileSync('build/dist/npm/weights.decoder.bin'));
  return [...model.decode(model.slerp(model.classMean(from), model.classMean(to), t))] as number[];
}

/** Ink of a canvas of an element: by default the first one. */
export const ink = (scope: Page | Frame, element = 'digit-vae', canvas = 0): Promise<number[]> =>
  scope.locator(element).evaluate((host, i) => {
    const picture = host.shadowRoot?.querySelectorAll('canvas')[i];
    if (!picture) return [];
    const { width, height } = picture;
    const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    copy.drawImage(picture, 0, 0);
    const { data } = copy.getImageData(0, 0, width, height);
    return Array.from({ length: data.length / 4 }, (_, k) => data[4 * k + 3] / 255);
  }, canvas);

/** Waits until an element has its model and shows something that the model drew. */
export async function draws(scope: Page | Frame, element: string) {
  const host = scope.locator(element);
  await host.scrollIntoViewIfNeeded();
  await host.evaluate((one: any) => one.decode(new Float32Array(24)));
  await expect.poll(async () => (await ink(scope, element)).some((x) => x > 0.9)).toBe(true);
}

/** Waits until an element shows that digit of the model's, not a poster. */
export async function shows(scope: Page | Frame, expected: number[], element = 'digit-vae') {
  await expect.poll(async () => {
    const shown = await ink(scope, element);
    return shown.length === expected.length && Math.max(...shown.map((x, i) => Math.abs(x - expected[i])));
  }, { message: 'largest error of a pixel', timeout: 15_000 }).toBeLessThan(0.01);
}

/** What every page of hosts/build.mjs shows. */
export const showsMorph = async (scope: Page | Frame, t = 0.25) =>
  shows(scope, await morph(3, 8, t), 'digit-vae[view=morph]');

/** Waits until a lab runs in this page or frame, and has drawn. */
export async function labRuns(scope: Page | Frame) {
  await expect(scope.locator('#stage')).toBeVisible({ timeout: 20_000 });
  await expect.poll(() => scope.evaluate(() => (window as any).lab.state().frames)).toBeGreaterThan(0);
}

/** The frame inside an element with view="lab". */
export async function labFrame(page: Page): Promise<Frame> {
  const frame = await page.locator('digit-vae[view=lab] iframe').elementHandle();
  return (await frame!.contentFrame())!;
}
