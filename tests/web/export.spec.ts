// Exported pictures as Chromium's own decoders see them.
import type { Page } from '@playwright/test';
import { expect, test } from './page';

const html = '<!doctype html><meta charset=utf-8><title>export</title>';

/**
 * What ImageDecoder and an <img> make of three frames: paper, ink, and a picture with one pixel of ink at (5, 2).
 * Colors are the red values at the middles of the pixels (5, 2) and (6, 2).
 */
const decoded = (page: Page, compress: boolean) => page.evaluate(async (compress) => {
  if (!compress) delete (window as any).CompressionStream;
  const { animatedPng, pngBlob } = await import('/export.js' as string);
  const dot = new Float32Array(784).map((_, i) => i === 2 * 28 + 5 ? 1 : 0);
  const frames = [new Float32Array(784), new Float32Array(784).fill(1), dot];
  const scale = 7, file: Blob = await animatedPng(frames, { scale, delay: 80, loop: 2 });

  const canvas = new OffscreenCanvas(28 * scale, 28 * scale);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  const colors = (image: CanvasImageSource) => {
    context.drawImage(image, 0, 0);
    return [5, 6].map((x) => context.getImageData((x + 0.5) * scale, 2.5 * scale, 1, 1).data[0]);
  };
  const decoder = new (window as any).ImageDecoder({ data: await file.arrayBuffer(), type: 'image/png' });
  await decoder.completed;
  await decoder.tracks.ready;
  const { frameCount, animated, repetitionCount } = decoder.tracks.selectedTrack, shown = [];
  for (let frameIndex = 0; frameIndex < frameCount; ++frameIndex) {
    const { image } = await decoder.decode({ frameIndex });
    shown.push({ side: [image.displayWidth, image.displayHeight], ms: image.duration / 1000, colors: colors(image) });
    image.close();
  }
  const still = new Image();
  still.src = URL.createObjectURL(await pngBlob(dot, { scale, dark: true }));
  await still.decode();
  return { frameCount, animated, repetitionCount, shown, compressed: file.size < 28 * scale * 28 * scale,
    still: { side: [still.naturalWidth, still.naturalHeight], colors: colors(still) } };
}, compress);

for (const compress of [true, false]) {
  test(`an animated PNG and a PNG, ${compress ? '' : 'un'}compressed, open in a browser`, async ({ page }) => {
    await page.route('**/blank.html', (route) => route.fulfill({ contentType: 'text/html', body: html }));
    await page.goto('/blank.html');
    const side = [196, 196], paper = 0xf4, ink = 0x17;
    expect(await decoded(page, compress)).toEqual({
      frameCount: 3, animated: true, repetitionCount: 1, compressed: compress,
      shown: [[paper, paper], [ink, ink], [ink, paper]].map((colors) => ({ side, ms: 80, colors })),
      still: { side, colors: [0xf6, 0x10] },
    });
  });
}
