// <digit-vae> as a guest on other people's pages: what it downloads and when, what it leaves alone, many at once, and
// whatever anybody does to it.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import AxeBuilder from 'axe-core';
import { SMALL, LISTEN, dist, ink, openWith, ready } from './element_page';
import { expect, test } from './page';

const element = (page: any, selector = 'digit-vae') => page.locator(selector);
const hasInk = async (page: any, selector = 'digit-vae') => (await ink(page, selector)).values.some((x) => x > 0.5);
const file = (name: string) => readFileSync(`build/dist/npm/${name}`);

test('what is downloaded: at most 45 KB of script and module, the decoder alone at most 670 KB', async () => {
  const code = ['index.js', 'define.js', 'digit-vae.wasm'].map((name) => gzipSync(file(name), { level: 9 }).length);
  expect(code.reduce((a, b) => a + b), String(code)).toBeLessThanOrEqual(45_000);
  expect(file('weights.decoder.bin').length).toBeLessThanOrEqual(670_000);
  expect(readFileSync('build/dist/digit-vae.html').length).toBeLessThanOrEqual(1_200_000);
});

test('far from the viewport there is a poster and no download; near it everything comes', async ({ page }) => {
  const requests: string[] = [];
  page.on('request', (request) => requests.push(new URL(request.url()).pathname));
  await openWith(page, '<div style="height: 3000px"></div><digit-vae></digit-vae>', { head: LISTEN });
  await expect.poll(() => hasInk(page)).toBe(true);
  await page.waitForTimeout(300);
  expect(requests.filter((path) => /wasm|bin/.test(path))).toEqual([]);
  await element(page).scrollIntoViewIfNeeded();
  await ready(page);
  expect(requests.filter((path) => /wasm|bin/.test(path)).sort()).toEqual(['/digit-vae.wasm', '/weights.decoder.bin']);
});

test('loading="eager" asks for the weights before it draws anything', async ({ page }) => {
  await page.addInitScript(() => {
    const done: string[] = (window as any).done = [], { fetch } = window, { getContext } = HTMLCanvasElement.prototype as any;
    window.fetch = (...rest) => { done.push('fetch'); return fetch(...rest); };
    HTMLCanvasElement.prototype.getContext = function (...rest: any[]) { done.push('draw'); return getContext.apply(this, rest); };
  });
  await openWith(page, '<digit-vae loading="eager"></digit-vae>', { head: LISTEN });
  await ready(page);
  expect(await page.evaluate(() => (window as any).done[0])).toBe('fetch');
});

test('loading="eager" does not wait, and an author\'s poster is shown until then', async ({ page }) => {
  const digit = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';
  let answer: () => void = () => {};
  await page.route('**/*.wasm', async (route) => { await new Promise<void>((resolve) => { answer = resolve; }); await route.continue(); });
  await openWith(page, `<div style="height: 3000px"></div><digit-vae loading="eager" poster="${digit}"></digit-vae>`, { head: LISTEN });
  await expect(element(page).locator('img')).toHaveAttribute('src', digit);
  await expect.poll(() => { answer(); return page.evaluate(() => (window as any).ready); }).toBe(1);
  await expect(element(page).locator('img')).toBeHidden();
});

/** Notes every memory and every GL context that the page makes. */
const COUNT = `<script>
  window.memories = new Set(); window.contexts = 0; window.drawn = [];
  const instantiate = WebAssembly.instantiate;
  WebAssembly.instantiate = async (...args) => {
    const result = await instantiate(...args);
    memories.add((result.instance ?? result).exports.memory);
    return result;
  };
  const getContext = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    if (/gl/.test(kind)) ++contexts;
    return getContext.call(this, kind, ...more);
  };
  addEventListener('digit-ready', () => drawn.push(performance.now()));
</script>`;

for (const [count, limit] of [[50, 1500], [200, 6000]]) {
  test(`${count} elements: one module, one memory, no GL`, async ({ page }) => {
    const views = Array.from({ length: count }, (_, i) => `<digit-vae loading="eager" seed="${i}" view="${
      ['sample', 'morph', 'latent', 'draw'][i % 4]}"></digit-vae>`);
    await openWith(page, views.join(''), { head: LISTEN + COUNT });
    await ready(page, count);
    const { span, memories, contexts, bytes } = await page.evaluate(() => {
      const { drawn, memories, contexts } = window as any;
      return { span: drawn.at(-1) - drawn[0], memories: memories.size, contexts,
        bytes: [...memories][0].buffer.byteLength };
    });
    console.info(`${count} elements: the last ${span.toFixed(0)} ms after the first, ${bytes / 2 ** 20} MiB`);
    expect(span).toBeLessThan(limit);
    expect([memories, contexts]).toEqual([1, 0]);
    expect(bytes).toBeLessThanOrEqual(16 * 2 ** 20);
    for (const i of [0, 1, 2, count - 2]) expect(await hasInk(page, `digit-vae[seed="${i}"]`), `element ${i}`).toBe(true);
  });
}

/** Heap in use, nodes and listeners, after the garbage was collected. */
async function usage(page: any) {
  const client = await page.context().newCDPSession(page);
  await page.waitForTimeout(3500);  // models that nobody uses are kept for 3 seconds
  for (let i = 0; i < 3; ++i) await client.send('HeapProfiler.collectGarbage');
  const { metrics } = await client.send('Performance.enable').then(() => client.send('Performance.getMetrics'));
  const of = (name: string) => metrics.find((m: any) => m.name === name)!.value;
  await client.detach();
  return { heap: of('JSHeapUsedSize'), nodes: of('Nodes'), listeners: of('JSEventListeners') };
}

for (const [what, act] of [
  ['1000 mounts and unmounts', async (n: number) => {
    for (let i = 0; i < n; ++i) {
      const e: any = document.createElement('digit-vae');
      e.view = ['sample', 'morph', 'latent', 'map', 'draw', 'lab'][i % (i < 60 ? 6 : 5)];
      e.autoplay = i % 3 === 0;
      document.querySelector('main')!.append(e);
      if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 30));
      e.remove();
    }
  }],
  ['1000 changes of src', async (n: number) => {
    const e: any = document.querySelector('digit-vae');
    for (let i = 0; i < n; ++i) {
      e.src = ['weights.decoder.bin', 'aevb.decoder.bin', ''][i % 3];
      if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 30));
    }
    e.src = '';
  }],
] as const) {
  test(`${what} leave nothing behind`, async ({ page }) => {
    test.setTimeout(90_000);
    await openWith(page, '<digit-vae view="morph"></digit-vae>', { head: LISTEN });
    await ready(page);
    await page.evaluate(act as any, 60);  // what is made once
    const before = await usage(page);
    await page.evaluate(act as any, 1000);
    const after = await usage(page);
    expect(after.heap - before.heap).toBeLessThan(1e6);
    expect(after.nodes - before.nodes).toBeLessThanOrEqual(5);
    expect(after.listeners - before.listeners).toBeLessThanOrEqual(0);
    expect(await hasInk(page)).toBe(true);
    expect(await page.evaluate(() => [(window as any).errors, (window as any).rejections])).toEqual([[], []]);
  });
}

test('moved, cloned, removed and given another src while it loads, the last one wins', async ({ page, silent }) => {
  test.setTimeout(90_000);
  await openWith(page, '<digit-vae loading="eager"></digit-vae><div id="other"></div>', { head: LISTEN });
  await page.evaluate(async () => {
    let seed = 1;
    const random = (n: number) => (seed = seed * 48271 % 2147483647) % n;
    const places = [document.querySelector('main')!, document.querySelector('#other')!];
    let e: any = document.querySelector('digit-vae');
    for (let i = 0; i < 500; ++i) {
      const what = random(5);
      if (what === 0) places[random(2)].append(e);
      if (what === 1) e.remove();
      if (what === 2) e.src = ['weights.decoder.bin', 'aevb.decoder.bin', 'nothing.bin?' + i % 5][random(20) === 0 ? 2 : random(2)];
      if (what === 3) { const copy = e.cloneNode(true); e.replaceWith(copy); if (copy.isConnected) e = copy; }
      if (what === 4) e.view = ['sample', 'morph', 'latent', 'map', 'draw'][random(5)];
      if (random(3) === 0) await new Promise((resolve) => setTimeout(resolve, random(12)));
    }
    Object.assign(window, { ready: 0 });
    e.view = 'sample';
    e.src = 'weights.bin';
    e.src = 'aevb.decoder.bin';
    places[0].append(e);
  });
  await ready(page);
  expect(await page.evaluate(() => (document.querySelector('digit-vae') as any).decode([0, 0]).then((x: any) => x.length))).toBe(784);
  expect(await page.evaluate(() => (window as any).rejections)).toEqual([]);
  expect(silent.splice(0).filter((message) => !message.startsWith('Failed to load resource'))).toEqual([]);
});

test('10 000 random attributes and states: no exception, no harm', async ({ page }) => {
  test.setTimeout(90_000);
  await openWith(page, '<digit-vae></digit-vae>', { head: LISTEN });
  await ready(page);
  await page.evaluate(async () => {
    let seed = 7;
    const random = (n: number) => (seed = seed * 48271 % 2147483647) % n;
    const e: any = document.querySelector('digit-vae');
    const names = ['view', 'seed', 'z', 'from', 'to', 't', 'steps', 'digit', 'theme', 'lang', 'controls', 'autoplay', 'loading',
      'readonly', '__proto__', 'constructor', 'onclick'];
    const texts = ['', ' ', '-1', '1e999', 'NaN', '0', '9', '10', '0.5', '1 2 3', '1,'.repeat(5000), '<img src=x>', '__proto__',
      'constructor', '{"a":1}', '\\u0000', 'draw', 'map', 'morph', 'latent', 'sample', 'x'.repeat(100000), '９', '1e308,'.repeat(20),
      'javascript:alert(1)', 'toString', '∞', '9007199254740993', '-0', '0x10', 'none', 'zh', 'dark'];
    const values: unknown[] = [...texts, null, undefined, 3, -3, NaN, Infinity, [], [1, 2], [NaN], {}, { toString: 0 }, new Array(20).fill(1e308), true, 1n];
    for (let i = 0; i < 10000; ++i) {
      const name = names[random(names.length)];
      if (random(2)) e.setAttribute(name === 'onclick' ? 'data-x' : name, texts[random(texts.length)]);
      else {
        const state = JSON.parse('{"__proto__": {"polluted": 1}}');
        state[name === '__proto__' ? 'z' : name] = values[random(values.length)];
        state.strokes = values[random(values.length)];
        e.setState(state);
      }
      if (i % 50 === 0) await new Promise(requestAnimationFrame);
    }
    for (const name of e.getAttributeNames()) e.removeAttribute(name);
  });
  await expect.poll(() => page.evaluate(() => JSON.stringify((document.querySelector('digit-vae') as any).getState())))
    .toMatch(/^{"view":"sample","seed":1,"t":0/);
  expect(await page.evaluate(() => ({} as any).polluted)).toBeUndefined();
  expect(await page.evaluate(() => Object.keys(Object.prototype))).toEqual([]);
  expect(await page.evaluate(() => (window as any).rejections)).toEqual([]);
  expect(await hasInk(page)).toBe(true);
});

test('embed.html with random queries and hashes: only its own names are taken, and nothing runs', async ({ page }) => {
  test.setTimeout(60_000);
  const random = ((seed) => (n: number) => (seed = seed * 48271 % 2147483647) % n)(11);
  const names = ['view', 'seed', 'z', 'from', 't', 'steps', 'digit', 'theme', 'lang', 'autoplay', 'onload', 'style', 'id',
    '__proto__', 'constructor', 'innerHTML', 'is', 'class', 'loading'];
  const texts = ['', '-1', 'NaN', '1e999', '3', '0.5', '1 2 3', '<img src=x onerror=alert(1)>', '"><script>window.hurt=1</script>',
    'javascript:window.hurt=1', 'map', 'draw', 'DRAW', '%', '%E0%A4%A', 'x'.repeat(3000), 'zh', 'dark'];
  const query = () => Array.from({ length: random(6) }, () =>
    `${names[random(names.length)]}=${random(2) ? encodeURIComponent(texts[random(texts.length)]) : texts[random(14)]}`).join('&');
  for (let i = 0; i < 40; ++i) {
    await page.goto(`${dist}/embed.html?${query()}#${query()}`);
    const [attributes, hurt, polluted] = await page.evaluate(() => [document.querySelector('digit-vae')!.getAttributeNames(),
      'hurt' in window, Object.keys(Object.prototype).length] as const);
    expect([hurt, polluted]).toEqual([false, 0]);
    expect(attributes.filter((name) => ['onload', 'id', '__proto__', 'constructor', 'innerhtml', 'is', 'class'].includes(name))).toEqual([]);
  }
});

test('keys, wheel and scrolling stay the page\'s; a focused control keeps its own', async ({ page }) => {
  await openWith(page, '<digit-vae view="morph" from="1" to="2"></digit-vae><div style="height: 3000px"></div>', { head: LISTEN
    + '<script>window.keys = []; addEventListener("keydown", ({key}) => keys.push(key));</script>' });
  await ready(page);
  for (const key of ['ArrowRight', ' ', 'Enter', 'p', 'Home']) await page.keyboard.press(key);
  expect(await page.evaluate(() => (window as any).keys)).toEqual(['ArrowRight', ' ', 'Enter', 'p', 'Home']);
  const slider = element(page).getByRole('slider');
  await slider.focus();
  for (const key of ['ArrowRight', 'End', 'p', 'Control+ArrowRight', 'Escape']) await page.keyboard.press(key);
  expect((await page.evaluate(() => (window as any).keys)).slice(5)).toEqual(['p', 'Control', 'ArrowRight', 'Escape']);
  await page.evaluate(() => scrollTo(0, 0));
  await element(page).getByRole('img').first().hover();
  await expect.poll(async () => {  // a wheel that turns while Home still scrolls counts for nothing
    await page.mouse.wheel(0, 300);
    return page.evaluate(() => scrollY);
  }).toBeGreaterThan(100);
});

test('Tab goes through the controls and out, and the focus is seen', async ({ page }) => {
  await openWith(page, '<a href="#">before</a><digit-vae view="morph"></digit-vae><a href="#" id="after">after</a>', { head: LISTEN });
  await ready(page);
  await page.getByText('before').focus();
  for (const _ of ['Play', 'Morph', 'New digits']) {
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => {
      const style = getComputedStyle(document.activeElement!.shadowRoot!.activeElement!);
      return [document.activeElement!.tagName, style.outlineStyle, style.outlineWidth];
    })).toEqual(['DIGIT-VAE', 'solid', '3px']);
  }
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement!.id)).toBe('after');
});

/** Frames that the page asked for. */
const FRAMES = `<script>window.frames_ = 0; const raf = requestAnimationFrame;
  window.requestAnimationFrame = (f) => raf((t) => { ++frames_; f(t); });</script>`;
const framesIn = async (page: any, milliseconds: number) => {
  const before = await page.evaluate(() => (window as any).frames_);
  await page.waitForTimeout(milliseconds);
  return await page.evaluate(() => (window as any).frames_) - before;
};

test('it idles without frames; a morph plays only while it is seen', async ({ page }) => {
  await openWith(page, '<digit-vae view="morph" autoplay></digit-vae><div style="height: 3000px"></div>', { head: LISTEN + FRAMES });
  await ready(page);
  await expect.poll(() => framesIn(page, 500)).toBeGreaterThan(3);
  await page.evaluate(() => scrollTo(0, 2500));
  await page.waitForTimeout(500);
  expect(await framesIn(page, 500)).toBe(0);
  await page.evaluate(() => scrollTo(0, 0));
  await expect.poll(() => framesIn(page, 200)).toBeGreaterThan(1);
  await element(page).getByRole('button', { name: 'Pause' }).click();
  await page.waitForTimeout(200);
  expect(await framesIn(page, 500)).toBe(0);
  await page.evaluate(() => { scrollTo(0, 2500); });
  await page.waitForTimeout(300);
  await page.evaluate(() => { scrollTo(0, 0); });
  await page.waitForTimeout(300);
  expect(await framesIn(page, 300), 'what a visitor stopped stays so').toBe(0);
});

test('nothing moves by itself for those who prefer so', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openWith(page, '<digit-vae view="morph" autoplay></digit-vae>', { head: LISTEN + FRAMES });
  await ready(page);
  await page.waitForTimeout(300);
  expect(await framesIn(page, 400)).toBe(0);
  await element(page).getByRole('button', { name: 'Play' }).click();
  expect(await framesIn(page, 400)).toBeGreaterThan(2);
});

test('it follows the page\'s colors, at once', async ({ page }) => {
  await openWith(page, '<digit-vae z="0 0" src="aevb.decoder.bin"></digit-vae>', { head: LISTEN
    + '<style>:root { color-scheme: light } :root.dark { color-scheme: dark }</style>' });
  await ready(page);
  const colors = () => page.evaluate(() => {
    const canvas = document.querySelector('digit-vae')!.shadowRoot!.querySelector('canvas')!;
    const copy = Object.assign(document.createElement('canvas'), { width: 28, height: 28 }).getContext('2d', { willReadFrequently: true })!;
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, 28, 28);
    let darkest = 0;
    for (let i = 0; i < 784; ++i) if (data[4 * i + 3] > data[4 * darkest + 3]) darkest = i;
    return [data[4 * darkest], Number(getComputedStyle(canvas).backgroundColor.match(/\d+/)![0])];
  });
  const [ink, paper] = await colors();
  expect(ink).toBeLessThan(60);
  expect(paper).toBe(255);
  await page.evaluate(() => document.documentElement.classList.add('dark'));
  await expect.poll(async () => (await colors())[0]).toBeGreaterThan(200);
  expect((await colors())[1]).toBeLessThan(60);
  await page.evaluate(() => (document.querySelector('digit-vae') as any).style.setProperty('--digit-vae-ink', 'rgb(200, 0, 0)'));
  await expect.poll(async () => (await colors())[0]).toBeGreaterThan(150);
  await page.emulateMedia({ forcedColors: 'active' });
  expect(await hasInk(page)).toBe(true);
});

test('on paper the picture stays and the controls go', async ({ page }) => {
  await openWith(page, '<digit-vae></digit-vae>', { head: LISTEN });
  await ready(page);
  await page.emulateMedia({ media: 'print' });
  await expect(element(page).getByRole('img')).toBeVisible();
  await expect(element(page).getByRole('button')).toHaveCount(0);
});

test('in a page from right to left, sliders and pictures still agree', async ({ page }) => {
  await openWith(page, '<div dir="rtl"><digit-vae view="morph" t="0"></digit-vae></div>', { head: LISTEN });
  await ready(page);
  const slider = element(page).getByRole('slider');
  const box = (await slider.boundingBox())!;
  await page.mouse.click(box.x + box.width - 3, box.y + box.height / 2);
  expect(Number(await slider.inputValue())).toBeGreaterThan(0.9);
});

test('no global name, and a second script or version changes nothing', async ({ page }) => {
  await openWith(page, '<digit-vae></digit-vae>', { head: LISTEN + '<script>window.names = new Set(Object.getOwnPropertyNames(window));</script>' });
  await ready(page);
  await page.evaluate(() => import('/define.js?another' as string));
  await page.addScriptTag({ url: `${dist}/digit-vae.inline.js` });
  const added = await page.evaluate(() => Object.getOwnPropertyNames(window).filter((name) => !(window as any).names.has(name)));
  expect(added.filter((name) => !['names', 'ready', 'errors', 'changes', 'rejections'].includes(name))).toEqual([]);
  expect(await hasInk(page)).toBe(true);
});

for (const [colorScheme, lang] of [['light', 'en'], ['dark', 'zh']] as const) {
  test(`axe finds nothing in any view, ${colorScheme}, ${lang}`, async ({ page, silent }) => {
    await page.emulateMedia({ colorScheme });
    await openWith(page, `<h1>Digits</h1>${SMALL.map((view) => `<digit-vae view="${view}" loading="eager"></digit-vae>`).join('')}
      <digit-vae src="nothing.bin" loading="eager"></digit-vae>`, { lang, head: `${LISTEN}<meta name="color-scheme" content="light dark">` });
    await ready(page, SMALL.length);
    await page.addScriptTag({ content: AxeBuilder.source });
    const { violations } = await page.evaluate(() => (window as any).axe.run());
    expect(violations.map((v: any) => `${v.id}: ${v.nodes[0].html}`)).toEqual([]);
    silent.length = 0;  // of the weights that are not there
  });
}

test('flags and languages as frameworks and pages set them', async ({ page }) => {
  await openWith(page, '<div id="outer"><digit-vae view="morph" autoplay="false" readonly="false"></digit-vae></div>', { head: LISTEN });
  await ready(page);
  const play = element(page).getByRole('button').first();
  await expect(play).toHaveText('Play');
  expect(await element(page).evaluate((one: any) => [one.autoplay, one.readonly])).toEqual([false, false]);
  await page.evaluate(() => { document.getElementById('outer')!.lang = 'zh-TW'; });  // an ancestor, later
  await expect(play).toHaveText('播放');
  await page.evaluate(() => { document.getElementById('outer')!.removeAttribute('lang'); document.documentElement.lang = 'en'; });
  await expect(play).toHaveText('Play');
  await page.evaluate(() => {  // within a shadow root, whose host has the language
    const host = document.body.appendChild(document.createElement('section'));
    host.lang = 'zh';
    host.attachShadow({ mode: 'open' }).append(document.querySelector('digit-vae')!);
  });
  await expect(page.locator('section').getByRole('button').first()).toHaveText('播放');
  await page.evaluate(() => { document.querySelector('section')!.lang = 'en'; });
  await expect(page.locator('section').getByRole('button').first()).toHaveText('Play');
});

test('pause is a change: told, written and spoken', async ({ page }) => {
  await openWith(page, '<digit-vae view="morph" autoplay></digit-vae>', { head: LISTEN });
  await ready(page);
  await page.waitForTimeout(300);
  await element(page).getByRole('button', { name: 'Pause' }).click();
  const t = await element(page).evaluate((one: any) => one.t);
  expect(t).toBeGreaterThan(0);
  expect(await page.evaluate(() => (window as any).changes.map((change: any) => change.t))).toEqual([t]);
  expect(await element(page).getAttribute('t')).toBe(String(t));
  await expect(element(page).locator('[aria-live]')).toHaveText(new RegExp(`${Math.round(100 * t)}% of the way`));
});

test('what moves can be stopped without controls, and stops when motion is to be reduced', async ({ page }) => {
  await openWith(page, '<digit-vae view="morph" autoplay controls="none"></digit-vae>', { head: LISTEN });
  await ready(page);
  const moves = async () => {
    const before = await element(page).evaluate((one: any) => one.getState().t);
    await page.waitForTimeout(200);
    return await element(page).evaluate((one: any) => one.getState().t) !== before;
  };
  expect(await moves()).toBe(true);
  await expect(element(page).getByRole('slider')).toBeHidden();
  await element(page).getByRole('button', { name: 'Pause' }).click();
  expect(await moves()).toBe(false);
  await element(page).getByRole('button', { name: 'Play' }).click();
  expect(await moves()).toBe(true);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await expect.poll(moves).toBe(false);
  await element(page).getByRole('button', { name: 'Play' }).click();  // whoever asks for it gets it
  expect(await moves()).toBe(true);
});

test('sliders speak short numbers and what they mean', async ({ page }) => {
  await openWith(page, '<digit-vae view="latent" steps="2"></digit-vae><digit-vae view="morph" t="0.3333333"></digit-vae>', { head: LISTEN });
  await ready(page, 2);
  for (const slider of await element(page, 'digit-vae').first().getByRole('slider').all())
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/^-?\d\.\d$/);
  await expect(element(page).nth(1).getByRole('slider')).toHaveAttribute('aria-valuetext', /^33% of the way/);
});

test('without constructible style sheets, and moved into another document, it looks the same', async ({ page }) => {
  await page.addInitScript(() => { CSSStyleSheet.prototype.replaceSync = () => { throw new Error('not here'); }; });
  await openWith(page, '<digit-vae steps="4"></digit-vae>', { head: LISTEN });
  await ready(page);
  const width = () => page.evaluate(() => document.querySelector('digit-vae')!.getBoundingClientRect().width);
  expect(await width()).toBe(320);
  await openWith(page, '<digit-vae steps="4"></digit-vae><iframe id="other" style="width: 600px"></iframe>', { head: LISTEN });
  await ready(page);
  expect(await page.evaluate(() => {
    const frame = document.getElementById('other') as HTMLIFrameElement;
    frame.contentDocument!.body.append(document.querySelector('digit-vae')!);
    return frame.contentDocument!.querySelector('digit-vae')!.getBoundingClientRect().width;
  })).toBe(320);
});

test('printed from a dark page: dark on white, also what was never near, but no stand-in', async ({ page }) => {
  await openWith(page, '<digit-vae id="near"></digit-vae><div style="height: 3000px"></div><digit-vae id="far" digit="7"></digit-vae>'
    + '<digit-vae id="other" src="aevb.decoder.bin"></digit-vae>', { head: `${LISTEN}<style>:root { color-scheme: dark }</style>` });
  await ready(page);
  const inks = (event?: string) => page.evaluate(async (event) => {
    if (event) dispatchEvent(new Event(event));
    for (let i = 0; i < 20; ++i) await null;  // what a browser does before it goes on to print, and no more
    return [...document.querySelectorAll('digit-vae')].map((one) => {
      const canvas = one.shadowRoot!.querySelector('canvas')!, { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      const inked = data.map((_, i) => data[i | 3]), light = data.some((x, i) => i % 4 === 0 && x > 50 && inked[i] > 50);
      return `${canvas.width / 28} ${inked.some((x) => x > 200) ? light ? 'light' : 'dark' : 'empty'}`;
    });
  }, event);
  expect((await inks())[0]).toBe('4 light');
  expect(await inks('beforeprint')).toEqual(['4 dark', '4 dark', '4 empty']);
  expect((await inks('afterprint'))[0]).toBe('4 light');
});
