// The site's front page: live views, a builder, and text to copy that works where it is pasted.
import AxeBuilder from 'axe-core';
import { dist, openWith, ready, LISTEN } from './element_page';
import { expect, test } from './page';

for (const [lang, colorScheme, width] of [['en', 'light', 1280], ['zh', 'dark', 390]] as const) {
  test(`all views are live and axe finds nothing, ${lang}, ${colorScheme}, ${width} px`, async ({ page }) => {
    test.setTimeout(60_000);
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await page.addInitScript(() => addEventListener('digit-ready', () => { (window as any).ready = ((window as any).ready ?? 0) + 1; }));
    await page.goto(`${dist}/?lang=${lang}`);
    for (const view of ['sample', 'morph', 'latent', 'map', 'draw']) {
      await page.locator(`#views digit-vae[view=${view}]`).scrollIntoViewIfNeeded();
    }
    await ready(page, 5);
    await page.addScriptTag({ content: AxeBuilder.source });
    const { violations } = await page.evaluate(() => (window as any).axe.run());
    expect(violations.map((v: any) => `${v.id}: ${v.nodes[0].html}`)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
}

test('what the builder builds is seen live, copied, and works in another page', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(`${dist}/?lang=en`);
  await page.getByRole('button', { name: 'Use this one: A map of all digits' }).click();
  await expect(page.locator('#preview digit-vae')).toHaveAttribute('view', 'map');
  const options = page.locator('#options');
  await options.getByRole('combobox', { name: 'View', exact: true }).selectOption('morph');
  await options.getByRole('combobox', { name: 'Model', exact: true }).selectOption('2 latents (the paper’s map)');
  await options.getByRole('combobox', { name: 'From', exact: true }).selectOption('5');
  await options.getByRole('combobox', { name: 'To', exact: true }).selectOption('2');
  await options.getByLabel('How many').fill('9');
  await options.getByLabel('Plays by itself').check();
  await page.getByRole('button', { name: 'Copy' }).click();
  await expect(page.getByRole('status')).toHaveText('Copied.');
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toBe(`<script type="module" src="${dist}/define.js"></script>\n<digit-vae view="morph" from="5" to="2" steps="9" autoplay src="${
    dist}/aevb.decoder.bin"></digit-vae>`);
  await openWith(page, text, { define: false, head: LISTEN });
  await ready(page);
  for (const [host, expected] of [['iframe', /embed\.html\?view=morph/], ['jupyter', /from_ = traitlets/], ['scorm', /digit-vae\.scorm\.zip/]] as const) {
    await page.goto(`${dist}/?lang=en`);
    await page.locator('#host').selectOption(host);
    await expect(page.locator('#code')).toHaveText(expected);
  }
});

test('a new view has its own model, and texts that stand alone name none', async ({ page }) => {
  await page.goto(`${dist}/?lang=en`);
  const view = page.locator('#options').getByRole('combobox', { name: 'View', exact: true });
  await view.selectOption('map');
  await expect(page.locator('#code')).toContainText('src="');
  for (const host of ['inline', 'offline']) {
    await page.locator('#host').selectOption(host);
    await expect(page.locator('#code')).not.toContainText('aevb');
    await expect(page.locator('#note')).toContainText('Inside is the model with 24 latents only.');
  }
  await page.locator('#host').selectOption('page');
  await view.selectOption('draw');
  await expect(page.locator('#preview digit-vae')).not.toHaveAttribute('src');
});

test('its links lead somewhere', async ({ page }) => {
  await page.goto(`${dist}/?lang=en`);
  const links = await page.locator('a').evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).href));
  expect(links.length).toBeGreaterThanOrEqual(8);
  for (const link of links) expect((await page.request.head(link)).status(), link).toBe(200);
  const api = await (await page.request.get(`${dist}/api/index.html`)).text();
  expect(api).toContain('DigitVaeElement');
  expect(api).toContain('loadModel');
  await page.goto(`${dist}/cpp/index.html`);
  await page.getByRole('link', { name: 'vae::Model', exact: true }).first().click();
  await expect(page.getByText('Whether encode() works.').first()).toBeVisible();
});
