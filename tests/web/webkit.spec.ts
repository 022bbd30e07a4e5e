// A smoke run in WebKitGTK, which stands in for Safari: its MiniBrowser on a screen of its own, spoken to by WebDriver
// (www.w3.org/TR/webdriver2).
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { expect, test as base } from '@playwright/test';
import { dist } from './element_page';
import { readPng } from './png.mjs';

const DRIVER = '/usr/bin/WebKitWebDriver';
const port = Number(process.env.DIGIT_VAE_PORT ?? 8417) + 7;

class WebKit {
  private constructor(private processes: ChildProcess[], private path: string) {}

  static async start() {
    const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1300x1400x24', '-nolisten', 'tcp'],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    const display = await new Promise<string>((resolve) => createInterface(screen.stdio[3] as any).once('line', resolve));
    const driver = spawn(DRIVER, [`--port=${port}`], { stdio: 'ignore',
      env: { ...process.env, DISPLAY: `:${display}`, GDK_BACKEND: 'x11', LIBGL_ALWAYS_SOFTWARE: '1' } });
    const libraries = readdirSync('/usr/lib').filter((name) => name.endsWith('-linux-gnu')).map((name) => `/usr/lib/${name}`);
    const browser = libraries.flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}/MiniBrowser`))
      .find((path) => existsSync(path));
    const webkit = new WebKit([driver, screen], '');
    await expect.poll(() => webkit.call('GET', '/status').then(({ ready }) => ready, () => false)).toBe(true);
    const { sessionId } = await webkit.call('POST', '/session', { capabilities: { alwaysMatch: {
      'webkitgtk:browserOptions': { binary: browser, args: ['--automation'] } } } });
    webkit.path = `/session/${sessionId}`;
    return webkit;
  }
  private async call(method: string, path: string, body?: object): Promise<any> {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body) });
    const { value } = await response.json();
    if (!response.ok) throw new Error(value.message);
    return value;
  }
  open(url: string) { return this.call('POST', `${this.path}/url`, { url }); }
  evaluate(expression: string): Promise<any> {
    return this.call('POST', `${this.path}/execute/sync`, { script: `return ${expression}`, args: [] });
  }
  async screenshot() { return readPng(Buffer.from(await this.call('GET', `${this.path}/screenshot`), 'base64')); }
  async stop() {
    await this.call('DELETE', this.path).catch(() => {});
    for (const process of this.processes) {
      const over = new Promise((resolve) => process.once('exit', resolve));
      process.kill();
      await over;
    }
  }
}

const test = base.extend<{ webkit: WebKit }>({
  webkit: async ({}, use) => {
    const webkit = await WebKit.start();
    await use(webkit);
    await webkit.stop();
  },
});
test.skip(!existsSync(DRIVER), 'webkit2gtk-driver is not installed');
test.describe.configure({ mode: 'serial', timeout: 90_000 });  // one driver at a time, its start included

const ELEMENT = 'document.querySelector("digit-vae")';
/** Share of an element's canvas that has ink. */
const inked = (index: number) => `(() => {
  const canvas = ${ELEMENT}?.shadowRoot?.querySelectorAll('canvas')[${index}];
  if (!canvas) return 0;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((x, i) => i % 4 === 3 && x > 128).length / (data.length / 4);
})()`;

test('every small view draws in WebKit, and a drawing is read', async ({ webkit }) => {
  for (const view of ['sample', 'morph', 'latent', 'map', 'draw']) {
    await webkit.open(`${dist}/embed.html?view=${view}&from=3&to=8`);
    if (view === 'draw') {
      await expect.poll(() => webkit.evaluate(`Boolean(${ELEMENT}?.setState)`)).toBe(true);
      await webkit.evaluate(`${ELEMENT}.setState({ strokes: [[75, 55, 180, 50, 140, 125, 120, 210]] })`);
      await expect.poll(() => webkit.evaluate(`${ELEMENT}.shadowRoot.textContent.includes('Looks like 7.')`)).toBe(true);
    } else {
      // The label tells of the digits once the model is there.
      await expect.poll(() => webkit.evaluate(
        `${ELEMENT}?.shadowRoot?.querySelector('canvas').getAttribute('aria-label') ?? ''`), view).toMatch(/ike|Chart/);
    }
    await expect.poll(() => webkit.evaluate(inked(view === 'draw' ? 1 : 0)), view).toBeGreaterThan(0.02);
  }
});

for (const page of ['lab/index.html', 'digit-vae.html']) {
  test(`the lab runs in WebKit, with letters of one weight: ${page}`, async ({ webkit }) => {
    await webkit.open(`${dist}/${page}#playing=0`);
    await expect.poll(() => webkit.evaluate('Boolean(window.lab?.state?.()) && document.getElementById("notice").hidden'),
      { timeout: 60_000 }).toBe(true);
    await webkit.evaluate('scrollTo(0, 0)');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    // "Compare" in the row of views. Letters have soft edges; where transparency is mistaken for light they have none.
    const { x, y, w, h } = await webkit.evaluate(`(() => {
      const item = window.lab.item('view:6'), box = document.getElementById('canvas').getBoundingClientRect();
      return { x: item.x + box.x, y: item.y + box.y, w: item.w, h: item.h };
    })()`);
    const { at } = await webkit.screenshot();
    const ink: number[] = [];
    for (let row = Math.ceil(y + 4); row < y + h - 4; ++row) {
      for (let column = Math.ceil(x + 4); column < x + w - 4; ++column) ink.push(at(column, row));
    }
    const [paper, pen] = [Math.max(...ink), Math.min(...ink)], covered = ink.map((l) => (paper - l) / (paper - pen));
    const share = (low: number, high: number) => covered.filter((c) => c > low && c < high).length;
    expect(share(0.2, 0.8)).toBeGreaterThan(0.3 * share(0.79, 2));
  });
}
