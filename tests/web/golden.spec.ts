// How every view looks, against pictures in tests/golden. After a change that is meant to be seen:
// npx playwright test golden.spec.ts --update-snapshots, then look at the new pictures before committing them.
import { expect, Lab, test } from './page';

const VIEWS: [string, string][] = [['generate', ''], ['morph', ''], ['bend', ''], ['map', '&model=aevb'],
  ['draw', '&test_digit=61'], ['time', '&model=aevb&snapshot=9'], ['compare', '&other=autoencoder'], ['inside', '']];

async function look(lab: Lab, view: string, link: string) {
  await lab.open(`#playing=0&view=${view}${link}`);
  await lab.fetched();
  await lab.page.mouse.move(2, 2);
  await lab.settled();
}

for (const [view, link] of VIEWS) {
  test(`${view} looks as it did`, async ({ page }) => {
    await page.setViewportSize({ width: 960, height: 800 });
    const lab = new Lab(page);
    await look(lab, view, link);
    await expect(page.locator('#stage')).toHaveScreenshot(`${view}.png`, { maxDiffPixelRatio: 0.01 });
  });
}

test('on a dark phone it looks as it did', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: 'dark' });
  const lab = new Lab(page);
  await look(lab, 'generate', '');
  await expect(page.locator('#stage')).toHaveScreenshot('phone.png', { maxDiffPixelRatio: 0.01 });
});
