// <digit-vae>: what its views show, what its attributes and methods do.
import { readFileSync } from 'node:fs';
import { SMALL, LISTEN, cell, dist, ink, openWith, ready } from './element_page';
import { expect, LATENT, test } from './page';
import { readPng } from './png.mjs';
import { largestDifference } from './support.mjs';

const element = (page: any, selector = 'digit-vae') => page.locator(selector);

/** The element's own answer to a method or property. */
const ask = (page: any, call: (e: any) => unknown, selector = 'digit-vae') =>
  page.evaluate(([selector, call]: string[]) => eval(call)(document.querySelector(selector)), [selector, call.toString()]);

test('a sheet shows the samples of its seed', async ({ page }) => {
  await openWith(page, '<digit-vae seed="5" steps="12"></digit-vae>', { head: LISTEN });
  await ready(page);
  await expect.poll(async () => Math.max(...cell(await ink(page), 3, 2)), { timeout: 15000 }).toBeGreaterThan(0.5);
  const shown = await ink(page);
  expect([shown.width, shown.height]).toEqual([4 * 28, 3 * 28]);
  const samples: number[] = await page.evaluate(async () => {
    const { loadModel } = await import('/index.js' as string);
    const model = await loadModel(await (await fetch('/weights.decoder.bin')).arrayBuffer());
    return [...model.sample(5, 12)];
  });
  for (let i = 0; i < 12; ++i) {
    expect(largestDifference(cell(shown, i % 4, Math.floor(i / 4)), samples.slice(784 * i, 784 * (i + 1)))).toBeLessThan(0.0025);
  }
});

test('"New digits" takes the next seed and tells of it', async ({ page }) => {
  await openWith(page, '<digit-vae></digit-vae>', { head: LISTEN });
  await ready(page);
  const before = await ink(page);
  await element(page).getByRole('button', { name: 'New digits' }).click();
  await expect(element(page)).toHaveAttribute('seed', '2');
  expect(await page.evaluate(() => (window as any).changes)).toMatchObject([{ view: 'sample', seed: 2 }]);
  expect(largestDifference((await ink(page)).values, before.values)).toBeGreaterThan(0.5);
});

test('a sheet of sevens', async ({ page }) => {
  await openWith(page, '<digit-vae steps="9"></digit-vae>', { head: LISTEN });
  await ready(page);
  await element(page).getByRole('combobox', { name: 'Which digit' }).selectOption('7');
  await expect(element(page)).toHaveAttribute('digit', '7');
  const label = await element(page).getByRole('img').getAttribute('aria-label');
  expect(label!.match(/7/g)!.length, label!).toBeGreaterThanOrEqual(6);
});

test('whatever the seed, a class has its digit', async ({ page }) => {
  await openWith(page, '<digit-vae steps="1"></digit-vae>', { head: LISTEN });
  await ready(page);
  const right = await page.evaluate(async () => {
    const e = document.querySelector('digit-vae') as any, img = e.shadowRoot.querySelector('canvas[role=img]');
    let right = 0;
    for (let digit = 0; digit < 10; ++digit) {
      for (let seed = 1; seed <= 100; ++seed) {
        Object.assign(e, { digit, seed });
        await Promise.resolve();
        right += img.getAttribute('aria-label').endsWith(`looks like ${digit}`) ? 1 : 0;
      }
    }
    return right;
  });
  expect(right).toBeGreaterThan(990);
});

test('z shows one digit, that which decode(z) gives', async ({ page }) => {
  const z = Array.from({ length: LATENT }, (_, i) => Math.sin(i));
  await openWith(page, `<digit-vae z="${z.join(', ')}"></digit-vae>`, { head: LISTEN });
  await ready(page);
  const shown = await ink(page);
  expect(shown.width).toBe(28);
  const decoded = await page.evaluate((z) => (document.querySelector('digit-vae') as any).decode(z).then(
    (values: Float32Array) => [...values]), z);
  expect(largestDifference(shown.values, decoded)).toBeLessThan(0.0025);
});

test('a morph goes from one digit to the other, by slider and by itself', async ({ page }) => {
  await openWith(page, '<digit-vae view="morph" from="3" to="8" steps="5"></digit-vae>', { head: LISTEN });
  await ready(page);
  const [main, strip] = [await ink(page, 'digit-vae', 0), await ink(page, 'digit-vae', 1)];
  expect(strip.width).toBe(5 * 28);
  expect(largestDifference(main.values, cell(strip, 0, 0))).toBeLessThan(0.0025);
  await expect(element(page).getByRole('img').first()).toHaveAttribute('aria-label', '0% of the way from one digit to the other: looks like 3');
  const slider = element(page).getByRole('slider', { name: 'Morph' });
  await slider.focus();
  await slider.press('End');
  await expect(element(page)).toHaveAttribute('t', '1');
  expect(largestDifference((await ink(page)).values, cell(strip, 4, 0))).toBeLessThan(0.0025);
  await element(page).getByRole('button', { name: 'Play' }).click();
  await expect.poll(async () => Number(await slider.inputValue())).toBeLessThan(0.9);
  await element(page).getByRole('button', { name: 'Pause' }).click();
  const stopped = await slider.inputValue();
  await page.waitForTimeout(100);
  expect(await slider.inputValue()).toBe(stopped);
  expect(Number(await element(page).getAttribute('t'))).toBeCloseTo(Number(stopped), 2);
});

test('sliders bend a digit, the most used latent first', async ({ page }) => {
  await openWith(page, '<digit-vae view="latent" digit="4" steps="6"></digit-vae>', { head: LISTEN });
  await ready(page);
  await expect(element(page).getByRole('slider')).toHaveCount(6);
  await expect(element(page).getByRole('img')).toHaveAttribute('aria-label', /looks like 4/);
  const before = await ink(page), slider = element(page).getByRole('slider').first();
  const name = await slider.evaluate((input: HTMLElement) => input.parentElement!.textContent);
  await slider.focus();
  await slider.press('End');
  const z: number[] = await ask(page, (e) => e.z);
  expect(z).toHaveLength(LATENT);
  expect(z[Number(name!.slice(1)) - 1]).toBe(3);
  expect(largestDifference((await ink(page)).values, before.values)).toBeGreaterThan(0.3);
  await element(page).getByRole('button', { name: 'Set to zero' }).click();
  expect(await ask(page, (e) => e.z)).toEqual(Array(LATENT).fill(0));
});

test('the map of two latents is the paper\'s manifold; a press moves the digit there', async ({ page }) => {
  await openWith(page, '<digit-vae view="map" src="aevb.decoder.bin" steps="11"></digit-vae>', { head: LISTEN });
  await ready(page);
  await expect.poll(async () => Math.max(...cell(await ink(page), 10, 10)), { timeout: 15000 }).toBeGreaterThan(0.5);
  const shown = await ink(page);
  const center = await page.evaluate(() => (document.querySelector('digit-vae') as any).decode([0, 0]).then(
    (values: Float32Array) => [...values]));
  expect(largestDifference(cell(shown, 5, 5), center)).toBeLessThan(0.0025);
  const box = (await element(page).getByRole('img').first().boundingBox())!;
  await page.mouse.click(box.x + box.width * 0.8413, box.y + box.height * 0.5);  // one standard deviation to the right
  const [x, y]: number[] = await ask(page, (e) => e.z);
  expect(x).toBeCloseTo(1, 1);
  expect(y).toBeCloseTo(0, 1);
  const across = element(page).getByRole('slider', { name: 'Across' });
  expect(Number(await across.inputValue())).toBeCloseTo(1, 1);
  await across.focus();
  await across.press('Home');
  expect((await ask(page, (e) => e.z))[0]).toBeCloseTo(-2.5, 5);
});

/** Draws a 3 with the pointer. */
async function drawThree(page: any) {
  const box = (await element(page).getByRole('img', { name: /Pad/ }).boundingBox())!;
  const at = (x: number, y: number) => [box.x + box.width * x / 255, box.y + box.height * y / 255] as const;
  const [first, ...rest] = [[85, 60], [110, 40], [145, 40], [165, 65], [155, 95], [120, 115], [155, 125], [175, 160],
    [160, 195], [120, 210], [85, 195]];
  await page.mouse.move(...at(first[0], first[1]));
  await page.mouse.down();
  for (const [x, y] of rest) await page.mouse.move(...at(x, y), { steps: 3 });
  await page.mouse.up();
}

test('a drawing is read; the encoder is fetched by the first stroke only', async ({ page }) => {
  const requests: string[] = [];
  page.on('request', (request) => requests.push(new URL(request.url()).pathname));
  await openWith(page, '<digit-vae view="draw"></digit-vae>', { head: LISTEN });
  await ready(page);
  expect(requests).not.toContain('/weights.encoder.bin');
  await drawThree(page);
  await expect(element(page).getByText('Looks like 3.')).toBeVisible();
  await expect(element(page).getByText(/In gray pixels its reconstruction costs \d+\.\d nats\./)).toBeVisible();  // no formula for its KL
  expect(requests.filter((path) => path === '/weights.encoder.bin')).toHaveLength(1);
  const reconstruction = await ink(page, 'digit-vae', 1);
  expect(reconstruction.values.filter((x) => x > 0.5).length).toBeGreaterThan(30);
  const { strokes } = await ask(page, (e) => e.getState());
  expect(strokes).toHaveLength(1);
  await element(page).getByRole('button', { name: 'Clear' }).click();
  await expect(element(page).getByText('Draw a digit in the square.')).toBeVisible();
  await ask(page, (e) => e.setState({ strokes: [[75, 55, 180, 50, 140, 125, 120, 210]] }));
  await expect(element(page).getByText('Looks like 7.')).toBeVisible();
});

test('a finger draws, and does not scroll the page', async ({ browser }) => {
  const context = await browser.newContext({ hasTouch: true, viewport: { width: 400, height: 500 } });
  const page = await context.newPage();
  await openWith(page, '<digit-vae view="draw" loading="eager"></digit-vae><div style="height: 3000px"></div>', { head: LISTEN });
  await ready(page);
  const box = (await element(page).getByRole('img', { name: /Pad/ }).boundingBox())!;
  const client = await context.newCDPSession(page);
  const touch = (type: string, y: number) => client.send('Input.dispatchTouchEvent' as any, { type,
    touchPoints: type === 'touchEnd' ? [] : [{ x: box.x + box.width / 2, y: box.y + y }] } as any);
  await touch('touchStart', box.height * 0.8);
  for (let share = 0.8; share > 0.1; share -= 0.1) await touch('touchMove', box.height * share);
  await touch('touchEnd', 0);
  await expect(element(page).getByText(/Looks like 1/)).toBeVisible();
  expect(await page.evaluate(() => scrollY)).toBe(0);
  await context.close();
});

test('attributes and properties are one', async ({ page }) => {
  await openWith(page, '<digit-vae view="latent" seed="7" t="0.5" from="3" to="1 2" digit="x" steps="-1" z="1 NaN"></digit-vae>');
  expect(await ask(page, (e) => [e.view, e.seed, e.t, e.from, e.to, e.digit, e.steps, e.z, e.autoplay, e.readonly, e.src]))
    .toEqual(['latent', 7, 0.5, 3, [1, 2], undefined, undefined, undefined, false, false, '']);
  await ask(page, (e) => { Object.assign(e, { view: 'morph', seed: 9, z: Float32Array.of(0.5, -0.25), readonly: true, to: null }); });
  await expect(element(page)).toHaveAttribute('view', 'morph');
  await expect(element(page)).toHaveAttribute('z', '0.5 -0.25');
  await expect(element(page)).toHaveAttribute('readonly', '');
  expect(await ask(page, (e) => e.hasAttribute('to'))).toBe(false);
});

test('properties set before the element was defined count', async ({ page }) => {
  await openWith(page, '<digit-vae></digit-vae>', { define: false, head: LISTEN });
  await page.evaluate(async () => {
    Object.assign(document.querySelector('digit-vae')!, { seed: 11, view: 'sample' });
    await import('/define.js' as string);
  });
  await expect(element(page)).toHaveAttribute('seed', '11');
  await ready(page);
});

test('a state goes into JSON and back into another element', async ({ page }) => {
  await openWith(page, '<digit-vae id="a" view="morph" from="3" to="8" t="0.25" seed="4"></digit-vae><digit-vae id="b"></digit-vae>',
    { head: LISTEN });
  await ready(page, 2);
  await page.evaluate(() => {
    const [a, b] = document.querySelectorAll('digit-vae') as any;
    b.setState(JSON.parse(JSON.stringify(a.getState())));
  });
  await expect(element(page, '#b')).toHaveAttribute('view', 'morph');
  await expect.poll(async () => largestDifference((await ink(page, '#b')).values, (await ink(page, '#a')).values)).toBe(0);
});

test('pictures: a PNG on its background', async ({ page }) => {
  await openWith(page, '<digit-vae z="0 0" src="aevb.decoder.bin" theme="dark"></digit-vae>', { head: LISTEN });
  await ready(page);
  const [bytes, url] = await page.evaluate(async () => {
    const e = document.querySelector('digit-vae') as any;
    return [[...new Uint8Array(await (await e.toBlob()).arrayBuffer())], e.toDataURL()];
  });
  expect(url).toMatch(/^data:image\/png;base64,/);
  const png = readPng(Buffer.from(bytes as number[]));
  expect([png.width, png.height]).toEqual([560, 560]);
  expect(png.at(2, 2)).toBeLessThan(40);  // dark paper
  expect(Math.max(...Array.from({ length: 560 }, (_, i) => png.at(i, 280)))).toBeGreaterThan(150);  // light ink
});

test('encode and sample as the module has them', async ({ page }) => {
  await openWith(page, '<digit-vae></digit-vae>');
  const [mu, first, z] = await page.evaluate(async () => {
    const e = document.querySelector('digit-vae') as any;
    const images = await e.sample(2);
    const posterior = await e.encode(images.subarray(0, 784));
    return [[...posterior.mu], images.length, e.seed];
  });
  expect(mu).toHaveLength(LATENT);
  expect([first, z]).toEqual([2 * 784, 2]);
  await expect(ask(page, (e) => e.decode([1, 2, 3]))).rejects.toThrow(/expected a multiple of 24 latents/);
  await expect(ask(page, (e) => e.encode([NaN]))).rejects.toThrow(/expected a multiple of 784/);
});

test('before it is in a page it computes, too; digits are of its class', async ({ page }) => {
  await openWith(page, '<digit-vae digit="7" steps="4" seed="5"></digit-vae>', { head: LISTEN });
  await ready(page);
  const [length, sevens] = await page.evaluate(async () => {
    const alone = document.createElement('digit-vae') as any, e = document.querySelector('digit-vae') as any;
    return [(await alone.decode(new Array(24).fill(0))).length, [...await e.sample(4)]];
  });
  expect(length).toBe(784);
  await expect(element(page).getByRole('img')).toHaveAttribute('aria-label', /looks like 7, 7, 7, 7$/);
  const shown = await ink(page);  // of the seed that sample() took
  for (let i = 0; i < 4; ++i) {
    expect(largestDifference(cell(shown, i % 2, Math.floor(i / 2)), sevens.slice(784 * i, 784 * (i + 1)))).toBeLessThan(0.0025);
  }
});

test('a failure stays told, once, whatever is set; what makes no sense counts as absent', async ({ page, silent }) => {
  await openWith(page, '<digit-vae src="http://"></digit-vae>', { head: LISTEN });
  await expect(page.getByText('The digits could not be loaded (network).')).toBeVisible();
  await ask(page, (e) => { e.setState({ seed: 9, z: [null, 'x'], t: 'x' }); e.view = 'morph'; });
  await expect(page.getByRole('button')).toHaveText(['Try again']);
  expect(await ask(page, (e) => e.getState())).toEqual({ view: 'morph', seed: 9, t: 0 });
  expect(await page.evaluate(() => (window as any).errors)).toEqual(['network']);
  silent.splice(0);
});

test('an encoder that cannot be had is asked for once', async ({ page, silent }) => {
  let asked = 0;
  await page.route('**/weights.encoder.bin', (route) => { ++asked; return route.fulfill({ status: 404 }); });
  await openWith(page, '<digit-vae view="draw"></digit-vae>', { head: LISTEN });
  await ready(page);
  await ask(page, (e) => { for (let i = 1; i < 9; ++i) e.setState({ strokes: [[0, 0, 20 * i, 20 * i]] }); });
  await expect(page.getByText('The digits could not be loaded (http).')).toBeVisible();
  await ask(page, (e) => e.setState({ strokes: [[0, 0, 99, 99]] }));
  await page.waitForTimeout(300);
  expect([asked, await page.evaluate(() => (window as any).errors)]).toEqual([1, ['http']]);
  await page.unroute('**/weights.encoder.bin');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText(/could not be loaded/)).toBeHidden();
  silent.splice(0);
});

test('destroy() gives everything back; inserted again it starts afresh', async ({ page }) => {
  await openWith(page, '<digit-vae></digit-vae>', { head: LISTEN });
  await ready(page);
  expect(await ask(page, (e) => { e.destroy(); return e.shadowRoot.childElementCount; })).toBe(0);
  await expect(ask(page, (e) => e.decode([0]))).rejects.toThrow(/destroyed/);
  await ask(page, (e) => { const parent = e.parentNode; e.remove(); parent.append(e); });
  await ready(page, 2);
  expect((await ink(page)).values.some((x) => x > 0.9)).toBe(true);
});

test('readonly: nothing to press, nothing to draw', async ({ page }) => {
  await openWith(page, SMALL.map((view) => `<digit-vae view="${view}" readonly loading="eager"></digit-vae>`).join('')
    + '<digit-vae view="morph" readonly autoplay></digit-vae>', { head: LISTEN });
  await ready(page, 6);
  await expect(page.getByRole('button')).toHaveCount(1);  // what moves by itself can be stopped
  await expect(page.getByRole('slider')).toHaveCount(0);
  for (const view of ['map', 'draw']) await element(page, `[view=${view}]`).getByRole('img').first().click({ position: { x: 20, y: 20 } });
  expect(await page.evaluate(() => (window as any).changes)).toEqual([]);
});

test('controls="none" hides them', async ({ page }) => {
  await openWith(page, '<digit-vae controls="none"></digit-vae>', { head: LISTEN });
  await ready(page);
  await expect(page.getByRole('button')).toHaveCount(0);
});

for (const [what, code, answer] of [
  ['404', 'http', { status: 404, body: 'no' }],
  ['500', 'http', { status: 500, body: '' }],
  ['a page of HTML', 'not-weights', { contentType: 'text/html', body: `<!doctype html>${' '.repeat(5000)}` }],
  ['nothing', 'truncated', { body: '' }],
  ['a file that is cut off', 'truncated', { body: readFileSync('build/dist/npm/weights.decoder.bin').subarray(0, 90000) }],
  ['a reset', 'network', null],
] as const) {
  test(`${what} in place of weights: text, ${code}, "Try again"`, async ({ page, silent }) => {
    await page.route('**/weights.decoder.bin', (route) => answer ? route.fulfill(answer as any) : route.abort());
    await openWith(page, '<digit-vae>A digit.</digit-vae>', { head: LISTEN });
    await expect(page.getByText(`The digits could not be loaded (${code}).`)).toBeVisible();
    const fallback = () => ask(page, (e) => !e.shadowRoot.querySelector('slot').hidden);
    expect(await fallback()).toBe(true);
    await expect(page.getByRole('button')).toHaveText(['Try again']);  // nothing else would do anything
    expect(await page.evaluate(() => (window as any).errors)).toEqual([code]);
    expect((await ink(page)).values.some((x) => x > 0.9), 'the poster').toBe(true);
    await page.unroute('**/weights.decoder.bin');
    await page.getByRole('button', { name: 'Try again' }).click();
    await ready(page);
    await expect(page.getByText(/could not be loaded/)).toBeHidden();
    expect(await fallback()).toBe(false);
    expect(silent.splice(0).filter((message) => !message.startsWith('Failed to load resource'))).toEqual([]);
  });
}

for (const name of ['weights.decoder.bin', 'digit-vae.wasm']) {
  test(`a server that stalls at ${name} is given up`, async ({ page }) => {
    await page.clock.install();
    let asked = false;
    await page.route(`**/${name}`, () => { asked = true; });
    await page.addInitScript(() => addEventListener('digit-error', ({ detail }: any) => { (window as any).told = detail.message; }));
    await openWith(page, '<digit-vae loading="eager"></digit-vae>', { head: LISTEN });
    await expect.poll(() => asked).toBe(true);
    await page.clock.runFor(21000);
    await expect(page.getByText('The digits could not be loaded (timeout).')).toBeVisible();
    expect(await page.evaluate(() => (window as any).told)).toContain(name);
  });
}

test('the lab view frames the lab, in the page\'s language', async ({ page }) => {
  await openWith(page, '<digit-vae view="lab"></digit-vae>', { lang: 'zh' });
  const lab = page.frameLocator('digit-vae iframe');
  await expect(lab.locator('#stage')).toBeVisible({ timeout: 20000 });
  await expect(lab.getByRole('heading')).toHaveText('手写数字实验室');
  await expect(page.getByRole('link')).toHaveAttribute('href', `${dist}/lab/index.html?lang=zh`);
});

/** The first module traps in this export once window.broken is 1. */
const breaking = (name: string) => `${LISTEN}<script>
  const instantiate = WebAssembly.instantiate;
  WebAssembly.instantiate = async (...args) => {
    const { exports } = await instantiate(...args), broken = window.modules = (window.modules ?? 0) + 1;
    return { exports: { ...exports, ${name}: (...more) => {
      if (window.broken >= broken) throw new WebAssembly.RuntimeError('unreachable');
      return exports.${name}(...more);
    } } };
  };</script>`;

test('when WebAssembly stops, the picture and a way back remain', async ({ page }) => {
  await openWith(page, '<digit-vae></digit-vae>', { head: breaking('vae_decode') });
  await ready(page);
  await expect.poll(async () => Math.max(...cell(await ink(page), 3, 2))).toBeGreaterThan(0.5);  // the whole sheet
  await page.evaluate(() => { (window as any).broken = 1; });
  await page.getByRole('button', { name: 'New digits' }).click();
  await expect(page.getByText('The digits could not be loaded (memory).')).toBeVisible();
  expect((await ink(page)).values.some((x) => x > 0.9)).toBe(true);
  await page.getByRole('button', { name: 'Try again' }).click();
  await ready(page, 2);
  await expect(page.getByText(/could not be loaded/)).toBeHidden();
  expect(await page.evaluate(() => (window as any).modules)).toBe(2);
});

test('when WebAssembly stops at reading a drawing, trying again reads it', async ({ page }) => {
  await openWith(page, '<digit-vae view="draw"></digit-vae>', { head: breaking('vae_encode') });
  await ready(page);
  await page.evaluate(() => { (window as any).broken = 1; });
  const box = (await element(page).getByRole('img').first().boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 4);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + 3 * box.height / 4, { steps: 5 });
  await page.mouse.up();
  await expect(page.getByText('The digits could not be loaded (memory).')).toBeVisible();
  await page.getByRole('button', { name: 'Try again' }).click();
  await ready(page, 2);
  await expect(page.getByText(/could not be loaded/)).toBeHidden();
  expect(await page.evaluate(() => (window as any).modules)).toBe(2);
});
