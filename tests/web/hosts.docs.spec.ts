// <digit-vae> in pages that documentation tools and Jupyter made.
import { readFileSync } from 'node:fs';
import { FAR, HOSTS, showsMorph } from './hosts';
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
