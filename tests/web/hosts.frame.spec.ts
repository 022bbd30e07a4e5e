// <digit-vae> where a page has no origin of its own, in a sandboxed frame or from a file, and in a learning platform.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Page } from '@playwright/test';
import { snippets } from '../../web/dist/snippets.js';
import { HOSTS, SITE, labRuns, showsMorph } from './hosts';
import { expect, test } from './page';

const MORPH = { view: 'morph', from: '3', to: '8', t: '0.25' };

/** A page with a frame in it, which keeps the messages that come. */
async function framed(page: Page, html: string) {
  await page.goto(HOSTS);  // a frame of this machine's is for pages of this machine only
  await page.setContent(`<!doctype html><title>A frame</title><script>
    window.messages = [];
    addEventListener('message', ({ data }) => messages.push(data));
  </script>${html}`);
  const frame = await (await page.locator('iframe').elementHandle())!.contentFrame();
  return frame!;
}
const messages = (page: Page): Promise<any[]> => page.evaluate(() => (window as any).messages);

test('a frame as the snippet has it takes the height of its digits', async ({ page }) => {
  const frame = await framed(page, snippets.find(({ id }) => id === 'iframe')!.code(MORPH, SITE));
  await showsMorph(frame);
  const height = () => frame.locator('digit-vae').evaluate((element) => Math.ceil(element.getBoundingClientRect().height));
  await expect.poll(async () => (await page.locator('iframe').boundingBox())!.height === await height()).toBe(true);
  await page.locator('iframe').evaluate((element) => { element.style.width = '300px'; });
  await expect.poll(async () => (await page.locator('iframe').boundingBox())!.height === await height()).toBe(true);
});

for (const address of ['embed.html?view=morph&from=3&to=8&t=0.25', 'digit-vae.html#embed&view=morph&from=3&to=8&t=0.25']) {
  test(`a sandboxed frame of another origin: ${address}`, async ({ page }) => {
    const frame = await framed(page, `<iframe sandbox="allow-scripts" src="${SITE}${address}"></iframe>`);
    await showsMorph(frame);
    expect(await frame.evaluate(() => origin)).toBe('null');
    await expect.poll(() => messages(page)).toContainEqual(expect.objectContaining({ type: 'digit-vae/1', event: 'ready' }));
    const height = await frame.locator('digit-vae').evaluate((element) => Math.ceil(element.getBoundingClientRect().height));
    await expect.poll(() => messages(page)).toContainEqual({ type: 'digit-vae/1', event: 'resize', height });
    expect(await messages(page)).toContain(JSON.stringify({ subject: 'lti.frameResize', height }));

    const state = () => frame.locator('digit-vae').evaluate((element: any) => JSON.stringify(element.getState()));
    const before = await state(), told = (await messages(page)).length;
    await page.evaluate(() => {
      const { contentWindow } = document.querySelector('iframe')!;
      let seed = 1;
      const random = (n: number) => (seed = seed * 48271 % 2147483647) % n;
      const one = <T>(list: T[]) => list[random(list.length)];
      for (let i = 0; i < 10000; ++i) {
        const what = { type: one(['digit-vae/1', 'resize', '']), event: one(['change', 'ready', 'state', 'resize']),
          state: { t: random(100) / 100, seed: random(1e9), view: one(['map', 'draw']), z: [random(9)] },
          height: random(5000), [one(['__proto__', 'set', 'src', 'method'])]: one(['https://e.example/', {}, null]) };
        const message = one<unknown>([what, JSON.stringify(what), null, random(9), [what], new Uint8Array(9)]);
        contentWindow!.postMessage(message, '*');
      }
    });
    await frame.evaluate(() => new Promise((done) => setTimeout(done, 100)));
    expect(await state()).toBe(before);
    expect(await messages(page)).toHaveLength(told);
    await showsMorph(frame);

    await frame.locator('digit-vae').getByRole('slider').fill('0.5');
    await expect.poll(() => messages(page)).toContainEqual(expect.objectContaining({ event: 'change',
      state: expect.objectContaining({ t: 0.5 }) }));
    await showsMorph(frame, 0.5);
  });
}

test('a sandboxed frame of another origin: the lab', async ({ page }) => {
  await labRuns(await framed(page,
    `<iframe sandbox="allow-scripts" width="1000" height="1000" src="${SITE}digit-vae.html"></iframe>`));
});

const file = (path: string) => pathToFileURL(resolve(path)).href;

for (const [query, title] of [['', 'Digit lab'], ['?lang=zh', '手写数字']]) {
  test(`the lab from a file${query}`, async ({ page }) => {
    await page.goto(`${file('build/dist/digit-vae.html')}${query}`);
    await labRuns(page);
    await expect(page).toHaveTitle(new RegExp(title));
  });
}

test('digit-vae.html offers what is inside it; a link to another model keeps the rest', async ({ page }) => {
  const { code } = snippets.find(({ id }) => id === 'offline')!;
  expect(code({ view: 'lab' }, '')).toBe('digit-vae.html');
  await page.goto(`${file('build/dist/digit-vae.html')}#playing=0&view=map&model=aevb&seed=5`);
  await labRuns(page);
  expect(await page.evaluate(() => (window as any).lab.state())).toMatchObject({ view: 'map', model: 'resnet', seed: 5 });
  await page.locator('#controls [data-name="model"]').press('Enter');
  await expect(page.locator('#controls [data-name="open"]')).toHaveCount(1);
  await expect(page.locator('#controls [data-name^="model:"]')).toHaveCount(1);
});

test('an element of digit-vae.html from a file', async ({ page }) => {
  await page.goto(file('build/dist/digit-vae.html')
    + snippets.find(({ id }) => id === 'offline')!.code(MORPH, '').slice('digit-vae.html'.length));
  await showsMorph(page);
  await page.locator('digit-vae').getByRole('slider').fill('0.5');
  await expect.poll(() => page.evaluate(() => location.hash)).toContain('t=0.5');
  await page.reload();
  await showsMorph(page, 0.5);
});

test('a page from a file with the one script', async ({ page }) => {
  await page.goto(file('build/hosts/file/index.html'));
  await showsMorph(page);
});

test('a SCORM package: incomplete, then completed, and back where it was left', async ({ page, silent }) => {
  await page.goto(`${HOSTS}scorm/`);
  const seen = () => page.evaluate(() => (window as any).seen());
  const visit = async () => {
    await page.evaluate(() => (window as any).launch());
    const frame = await (await page.waitForSelector('iframe')).contentFrame();  // by now it may have no name yet
    await labRuns(frame!);
    return frame!;
  };
  const value = async (name: string) => (await seen()).values[`cmi.${name}`];
  let frame = await visit();
  expect(await value('core.lesson_status')).toBe('incomplete');
  await frame.evaluate(() => { location.hash = '#view=map'; });
  await frame.locator('#notice').dispatchEvent('pointerdown');  // a touch alone changes nothing
  await expect.poll(() => value('suspend_data')).toContain('view=map');
  expect(await value('core.lesson_status')).toBe('incomplete');
  await frame.locator('#controls [data-name="map"]').click();
  await expect.poll(() => value('core.lesson_status')).toBe('completed');
  const hash = () => frame.evaluate(() => location.hash.slice(1));
  await expect.poll(hash).toContain('z=');
  const left = await hash(), { z } = await frame.evaluate(() => (window as any).lab.state());
  await expect.poll(() => value('suspend_data')).toBe(left);  // also where the browser is killed
  await page.evaluate(() => (window as any).leave());
  await expect.poll(async () => (await seen()).calls.at(-1)).toBe('LMSFinish');
  expect(await value('suspend_data')).toBe(left);
  expect(await value('core.exit')).toBe('suspend');
  expect(await value('core.session_time')).toMatch(/^0000:00:\d\d\.\d\d$/);

  frame = await visit();
  expect(await frame.evaluate(() => (window as any).lab.state())).toMatchObject({ view: 'map', z });
  expect((await seen()).values['cmi.core.lesson_status']).toBe('completed');

  // More than 4096 characters do not fit: what is longest stays behind.
  await frame.evaluate(() => history.replaceState(null, '', `#view=draw&seed=7&ink=${'A'.repeat(5000)}`));
  await expect.poll(() => value('suspend_data')).toBe('view=draw&seed=7');

  // A visit that ended with a model which the package does not have.
  await frame.evaluate(() => { location.hash = '#view=map&model=aevb'; });
  await page.evaluate(() => (window as any).leave());
  await expect.poll(() => value('suspend_data')).toContain('model=aevb');
  await visit();
  expect((await seen()).problems).toEqual([]);
  expect(silent.splice(0).filter((text) => !text.includes('404'))).toEqual([]);
});
