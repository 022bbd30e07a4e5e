// <digit-vae> in pages that documentation tools and Jupyter made.
import { readFileSync } from 'node:fs';
import { FAR, HOSTS, SITE, draws, showsMorph } from './hosts';
import { expect, test } from './page';

/** Takes out what a host itself tells the console. */
function take(silent: string[], ownNoise: RegExp) {
  const others = silent.splice(0).filter((text) => !ownNoise.test(text));
  expect(others).toEqual([]);
}

for (const path of ['mkdocs/', 'sphinx/page.html', 'sphinx/myst.html']) {
  test(`a page of ${path}`, async ({ page, silent }) => {
    await page.route('**/favicon.ico', (route) => route.fulfill());
    await page.goto(`${HOSTS}${path}`);
    await showsMorph(page);
    take(silent, /Lunr index/);  // MkDocs's search
  });
}

test('an exported Jupyter notebook', async ({ page, silent }) => {
  // What the page loads from elsewhere, answered here. There are no formulas in it, so MathJax has nothing to do.
  const elsewhere = {
    '**/favicon.ico': '/dev/null',
    'https://cdnjs.cloudflare.com/ajax/libs/require.js/**': 'build/third_party/notebook/require.js',
    'https://cdnjs.cloudflare.com/ajax/libs/mathjax/**': '/dev/null',
    'https://unpkg.com/@jupyter-widgets/html-manager@*/dist/embed-amd.js': 'build/third_party/notebook/embed-amd.js',
    'https://cdn.jsdelivr.net/npm/anywidget@*/dist/index.js':
      'build/hosts.venv/share/jupyter/nbextensions/anywidget/index.js',
    [`${FAR}digit-vae.anywidget.js`]: 'build/dist/site/digit-vae.anywidget.js',
  };
  for (const [url, path] of Object.entries(elsewhere)) {
    await page.route(url, (route) => route.fulfill({ body: readFileSync(path), contentType: 'text/javascript',
      headers: { 'access-control-allow-origin': '*' } }));
  }
  // It looks for anywidget beside the page before it asks the CDN.
  await page.route(`${HOSTS}jupyter/anywidget.js`, (route) => route.fulfill({ status: 404 }));
  await page.goto(`${HOSTS}jupyter/digits.html`);
  await showsMorph(page);

  // The notebook links this other widget to the model of the digits.
  const element = page.locator('digit-vae');
  await element.getByRole('slider').fill('0.5');
  await expect(page.locator('#state')).toContainText('"t":0.5');
  await showsMorph(page, 0.5);
  await element.getByRole('button', { name: 'New digits' }).click();
  await expect(page.locator('#state')).toContainText('"seed":2');
  await expect(element).toHaveAttribute('t', '0.5');
  take(silent, /strict mode: use allowUnionTypes|Falling back to .* for anywidget|404/);
});

test('a widget\'s traits go both ways, and its keys are not the notebook\'s', async ({ page }) => {
  await page.goto(`${SITE}embed.html?view=sample`);
  await page.evaluate(async () => {
    const { default: widget } = await import('/digit-vae.anywidget.js' as string);
    const values: any = { view: 'morph', from_: '3', to: '8', t: 0.25, z: [], seed: 1, state: {} }, listeners: any = {};
    const model = { get: (name: string) => values[name], on: (name: string, f: any) => { listeners[name] = f; }, off() {},
      set(name: string, value: any) {
        if (JSON.stringify(values[name]) === JSON.stringify(value)) return;
        values[name] = value;
        listeners[`change:${name}`]?.();
      }, save_changes() {} };
    const el = document.createElement('div');
    el.id = 'widget';
    document.body.append(el);
    Object.assign(window, { model, keys: [] });
    addEventListener('keydown', ({ key }) => (window as any).keys.push(key));
    widget.render({ model, el });
  });
  const slider = page.locator('#widget digit-vae').getByRole('slider');
  const trait = (name: string) => page.evaluate((name) => (window as any).model.get(name), name);
  await slider.fill('0.5');
  expect([await trait('t'), (await trait('state')).t, await trait('from_')]).toEqual([0.5, 0.5, '3']);
  await page.evaluate(() => (window as any).model.set('t', 0.25));  // what it was before
  await expect(slider).toHaveValue('0.25');
  await page.evaluate(() => (window as any).model.set('state', { view: 'latent', z: Array(24).fill(0) }));
  await expect(page.locator('#widget digit-vae')).toHaveAttribute('view', 'latent');
  await slider.first().focus();
  await page.keyboard.press('x');
  expect(await page.evaluate(() => (window as any).keys)).toEqual([]);
  await expect(page.locator('#widget')).toHaveAttribute('data-lm-suppress-shortcuts', 'true');
});

test('a frame\'s hash that loses a key loses the attribute', async ({ page }) => {
  await page.goto(`${SITE}embed.html?view=morph&from=1#t=0.5&to=7`);
  const element = page.locator('digit-vae');
  await expect(element).toHaveAttribute('to', '7');
  await page.evaluate(() => { location.hash = '#t=0.5'; });
  await expect(element).not.toHaveAttribute('to');
  await expect(element).toHaveAttribute('from', '1');  // of the query
  await page.evaluate(() => { location.hash = ''; });
  await expect(element).not.toHaveAttribute('t');
});

test('a click on the picture leaves the focus, and the arrows, to the page', async ({ page }) => {
  await page.goto(`${SITE}embed.html?view=morph`);
  await draws(page, 'digit-vae');
  await page.locator('digit-vae').getByRole('img').first().click();
  expect(await page.evaluate(() => document.activeElement!.tagName)).toBe('BODY');
  expect(await page.evaluate(() => {
    (document.querySelector('digit-vae') as any).focus();
    return document.querySelector('digit-vae')!.shadowRoot!.activeElement!.tagName;
  })).toBe('BUTTON');
});

test('a page in another encoding shows Chinese as it is', async ({ page }) => {
  await page.route(`${SITE}gbk.html`, (route) => route.fulfill({ contentType: 'text/html; charset=gbk', body:
    '<!doctype html><html lang="zh"><head><title>GBK</title><link rel="icon" href="data:,"></head><body>'
    + '<script src="digit-vae.inline.js"></script><digit-vae></digit-vae></body></html>' }));
  await page.goto(`${SITE}gbk.html`);
  expect(await page.evaluate(() => document.characterSet)).toBe('GBK');
  await expect(page.locator('digit-vae').getByRole('button')).toHaveText('新数字');
});
