// <digit-vae> in pages of others: web pages, slides, a bundler's.
import { type Page } from '@playwright/test';
import { snippets } from '../../web/dist/snippets.js';
import { HOSTS, SITE, draws, ink, labFrame, labRuns, showsMorph } from './hosts';
import { expect, test } from './page';

test('a plain page', async ({ page }) => {
  await page.goto(`${HOSTS}page/`);
  await showsMorph(page);
});

test('a page of another origin than the package', async ({ page }) => {
  await page.route(`${SITE}**`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), 'access-control-allow-origin': '*' } });
  });
  await page.goto(HOSTS);
  const { code } = snippets.find(({ id }) => id === 'page')!;
  await page.setContent(code({ view: 'morph', from: '3', to: '8', t: '0.25' }, SITE) + code({ view: 'lab' }, SITE));
  await showsMorph(page);
  await labRuns(await labFrame(page));
});

/** Has every page come with a policy: that of the snippet, changed. */
async function underPolicy(page: Page, change = (policy: string) => policy) {
  const code = snippets.find(({ id }) => id === 'csp')!.code({}, HOSTS);
  const policy = change(code.slice('Content-Security-Policy: '.length).replaceAll(new URL(HOSTS).origin, "'self'"));
  await page.addInitScript(() => {
    (window as any).violations = [];
    addEventListener('securitypolicyviolation', (event) => (window as any).violations.push(event.violatedDirective));
  });
  await page.route(/\.html($|\?)/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': policy } });
  });
}
const violations = (page: Page) => page.evaluate(() => (window as any).violations);

test('a strict Content-Security-Policy, small views', async ({ page }) => {
  await underPolicy(page);
  await page.goto(`${HOSTS}csp/index.html`);
  await showsMorph(page);
  for (const view of ['sample', 'latent', 'map']) await draws(page, `digit-vae[view=${view}]`);
  const pad = page.locator('digit-vae[view=draw]');
  await pad.getByRole('button', { name: 'Example' }).click();
  await expect(pad.getByText(/nats/)).toBeVisible();
  await page.locator('digit-vae[view=map] input').first().fill('1');
  await expect(page.locator('digit-vae[view=map]')).toHaveAttribute('z', /./);
  expect(await violations(page)).toEqual([]);
});

test('a strict Content-Security-Policy, the lab', async ({ page }) => {
  await underPolicy(page);
  await page.goto(`${HOSTS}csp/lab.html`);
  const frame = await labFrame(page);
  await labRuns(frame);
  expect(await violations(page)).toEqual([]);
  expect(await frame.evaluate(() => (window as any).violations)).toEqual([]);
});

test('a strict Content-Security-Policy, embed.html itself', async ({ page }) => {
  await underPolicy(page);
  await page.goto(`${SITE}embed.html?view=morph&from=3&to=8&t=0.25`);
  await showsMorph(page);
  expect(await violations(page)).toEqual([]);
});

test('a policy without frames gets a digit, a sentence and a link for the lab', async ({ page, silent }) => {
  await underPolicy(page, (policy) => policy.replace("frame-src 'self'", "frame-src 'none'"));
  await page.goto(`${HOSTS}csp/lab.html`);
  const element = page.locator('digit-vae');
  await expect(element.getByText('This page does not let the lab be shown inside it.')).toBeVisible();
  await expect(element.getByRole('link')).toHaveAttribute('href', `${HOSTS}digit-vae/lab/index.html?lang=en`);
  expect((await ink(page)).some((x) => x > 0.99)).toBe(true);
  expect(await violations(page)).toEqual(['frame-src']);
  expect(silent.splice(0).join()).toContain('Content Security Policy');
});

test('what a policy refuses elsewhere on the page leaves the lab alone', async ({ page, silent }) => {
  await underPolicy(page);
  await page.goto(`${HOSTS}csp/lab.html`);
  const element = page.locator('digit-vae');
  await expect(element.frameLocator('iframe').locator('#stage')).toBeVisible({ timeout: 20000 });
  await page.evaluate(() => document.body.append(Object.assign(document.createElement('iframe'), { src: 'https://example.com/' })));
  await expect.poll(() => violations(page)).toEqual(['frame-src']);
  await expect(element.frameLocator('iframe').locator('#stage')).toBeVisible();
  silent.splice(0);
});

test('slides: arrows move the slides, or the slider that has the focus', async ({ page }) => {
  await page.goto(`${HOSTS}reveal/`);
  const slide = () => page.evaluate(() => (window as any).Reveal.getIndices().h);
  const element = page.locator('digit-vae'), slider = element.getByRole('slider');
  await page.keyboard.press('ArrowRight');
  expect(await slide()).toBe(1);
  await showsMorph(page);

  await slider.focus();
  await page.keyboard.press('End');
  await expect(element).toHaveAttribute('t', '1');
  await page.keyboard.press('ArrowLeft');
  await expect(element).not.toHaveAttribute('t', '1');
  await element.getByRole('button', { name: 'Play' }).press('Space');
  await expect(element.getByRole('button', { name: 'Pause' })).toBeVisible();
  await element.getByRole('button', { name: 'Pause' }).press('Space');
  expect(await slide()).toBe(1);

  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.keyboard.press('ArrowRight');
  expect(await slide()).toBe(2);
  await page.keyboard.press('ArrowLeft');
  expect(await slide()).toBe(1);
});

for (const folder of ['vite/', 'vite/in/a/folder/']) {
  test(`what Vite made, in ${folder}`, async ({ page }) => {
    await page.goto(`${HOSTS}${folder}`);
    await showsMorph(page);
    await page.locator('digit-vae[view=lab]').scrollIntoViewIfNeeded();
    await labRuns(await labFrame(page));
  });
}
