// "Bend": sliders by use, steps of a standard deviation, and the traversal.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { correlation, expect, inner, LATENT, Lab, test } from './page';
import { smallModel, write } from './weights.mjs';

test.use({ viewport: { width: 1280, height: 1500 } });

/** Dimensions in the order in which the sliders, or the rows of the traversal, are. */
const order = async (lab: Lab, prefix: string) => lab.page.evaluate((start) => {
  const names = [...document.querySelectorAll(`#controls [data-name^="${start}:"]`)]
    .map((element) => Number((element as HTMLElement).dataset.name!.split(':')[1]));
  return [...new Set(names)];
}, prefix);

test('sliders come by use or by number, and say it', async ({ page }) => {
  const lab = new Lab(page);
  await lab.open('#view=bend&playing=0');
  const words = async (i: number) => (await lab.control(`latent:${i}`).getAttribute('aria-valuetext'))!;
  const nats = async (i: number) => Number((await words(i)).match(/KL ([\d.]+) nats/)![1]);
  const byUse = await order(lab, 'latent');
  expect(byUse.length).toBe(LATENT);
  const values = await Promise.all(byUse.map(nats));
  expect(values).toEqual([...values].sort((a, b) => b - a));
  expect(await order(lab, 'traversal')).toEqual(byUse);
  await lab.click('order:1');
  expect(await order(lab, 'latent')).toEqual(Array.from({ length: LATENT }, (_, i) => i));
});

test('one standard deviation more, undone and done again', async ({ page }) => {
  const lab = new Lab(page);
  await lab.open('#view=bend&playing=0');
  await lab.click('order:1');
  await lab.click('reset');
  await lab.set('dimension', 4);
  for (let i = 0; i < 4; ++i) await lab.click('sigma:more');
  expect((await lab.state()).z[4]).toBe(3);
  await lab.click('undo');
  expect((await lab.state()).z[4]).toBe(2);
  await lab.click('sigma:less');
  expect((await lab.state()).z).toEqual(Array.from({ length: LATENT }, (_, i) => (i === 4 ? 1 : 0)));
  await lab.click('undo');
  await lab.click('redo');
  expect((await lab.state()).z[4]).toBe(1);
});

test('a row of the traversal changes one dimension; a click takes the digit', async ({ page }) => {
  const lab = new Lab(page);
  for (const [width, columns] of [[1280, 7], [390, 5]]) {
    await page.setViewportSize({ width, height: 2100 });
    await lab.open('#view=bend&playing=0');
    const first = (await order(lab, 'traversal'))[0], { z } = await lab.state();
    await expect(page.locator(`#controls [data-name^="traversal:${first}:"]`)).toHaveCount(columns);
    const name = `traversal:${first}:${columns - 1}`, picture = await lab.picture(name);
    expect(correlation(inner(picture), inner(await lab.screen(name)).map((l) => -l))).toBeGreaterThan(0.98);
    const box = await lab.box(name);
    expect(box.x + box.w).toBeLessThanOrEqual(width);
    await lab.click(name);
    const now = (await lab.state()).z;
    expect(now[first]).toBe(3);
    now.forEach((value, i) => i !== first && expect(value).toBe(z[i]));
    expect(await lab.picture('bend')).toEqual(picture);
  }
});

test('many latents come in pages, and those without use are called so', async ({ page }) => {
  const lab = new Lab(page), latent = 70, model = smallModel({ latent, bias: () => -2 });
  const kl = Float32Array.from({ length: latent }, (_, i) => (i === 3 ? 0.001 : 1 + i / 100));
  (model.metadata as any).test_kl_per_dimension = Buffer.from(kl.buffer).toString('base64');
  const file = join(mkdtempSync(join(tmpdir(), 'lab-')), 'wide.bin');
  writeFileSync(file, write(model));
  await lab.open('#view=bend&playing=0');
  await page.setInputFiles('input[type=file]', file);
  await expect.poll(async () => (await lab.state()).latent).toBe(latent);
  await lab.settled();
  const seen = [];
  for (const [index, count] of [[0, 32], [1, 32], [2, 6]]) {
    await lab.set('page', index);
    const shown = await order(lab, 'latent');
    expect(shown.length).toBe(count);
    expect(await order(lab, 'traversal')).toEqual(shown);
    seen.push(...shown);
  }
  expect(seen).toEqual([...Array.from({ length: latent }, (_, i) => latent - 1 - i).filter((i) => i !== 3), 3]);
  await expect(lab.control('latent:3')).toHaveAttribute('aria-valuetext', /unused/);
  await lab.set('latent:3', 2);
  expect((await lab.state()).z[3]).toBeCloseTo(2, 5);
});
