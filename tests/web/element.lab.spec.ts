// The element and the lab show the same digits: for the same model, class, seed and index, whatever the sheet's size.
import { type Page } from '@playwright/test';
import { cell, ink, openWith } from './element_page';
import { expect, Lab, test } from './page';
import { largestDifference } from './support.mjs';

const SHEETS = [-1, 0, 4, 7].flatMap((digit) => [1, 27, 4711].map((seed) => ({ digit, seed })));

/** The first six pictures of each sheet, one after the other. */
async function sheetsOfLab(page: Page, model: string) {
  const lab = new Lab(page), sheets: number[][] = [];
  await lab.open(`#playing=0&model=${model}`);
  for (const { digit, seed } of SHEETS) {
    await page.evaluate((hash) => { location.hash = hash; }, `#playing=0&model=${model}&digit=${digit}&seed=${seed}`);
    await expect.poll(async () => [(await lab.state()).digit, (await lab.state()).seed]).toEqual([digit, seed]);
    await lab.fetched();
    const sheet = [];
    for (let i = 0; i < 6; ++i) sheet.push(...await lab.picture(`sample:${i}`));
    sheets.push(sheet);
  }
  return sheets;
}

for (const [model, file] of [['resnet', ''], ['mlp', 'lab/mlp.bin'], ['aevb', 'aevb.decoder.bin']]) {
  test(`${model}: the element's digits are the lab's`, async ({ page }) => {
    test.setTimeout(120_000);
    const expected = await sheetsOfLab(page, model);
    await openWith(page, `<digit-vae src="${file}" controls="none" loading="eager"></digit-vae>`);
    for (const steps of [6, 15]) {
      for (const [i, { digit, seed }] of SHEETS.entries()) {
        await page.evaluate((settings) => Object.assign(document.querySelector('digit-vae')!, settings),
          { seed, steps, digit: digit < 0 ? null : digit });
        await expect.poll(async () => {
          const shown = await ink(page), columns = shown.width / 28;
          return largestDifference(Array.from({ length: 6 }, (_, k) => cell(shown, k % columns, Math.floor(k / columns))).flat(),
            expected[i]);
        }, `${steps} of class ${digit}, seed ${seed}`).toBeLessThan(0.0025);  // a canvas has 8 bits
      }
    }
  });
}
