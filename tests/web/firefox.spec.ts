// A smoke run in Debian's Firefox, which Playwright does not drive: spoken to by WebDriver BiDi, its own protocol
// (www.w3.org/TR/webdriver-bidi).
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test as base } from '@playwright/test';
import { ws as WebSocket } from 'playwright-core/lib/utilsBundle';
import { dist } from './element_page';

class Firefox {
  private id = 0;
  private context = '';
  private constructor(private process: ChildProcess, private profile: string, private socket: any) {}

  static async start() {
    const profile = mkdtempSync(join(tmpdir(), 'firefox-'));
    const process = spawn('firefox-esr', ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'],
      { stdio: ['ignore', 'ignore', 'pipe'] });
    const address = await new Promise<string>((resolve) => createInterface(process.stderr!).on('line', (line) => {
      const found = /WebDriver BiDi listening on (ws:\S+)/.exec(line);
      if (found) resolve(found[1]);
    }));
    const socket = new WebSocket(`${address}/session`);
    await new Promise((resolve) => socket.once('open', resolve));
    const firefox = new Firefox(process, profile, socket);
    await firefox.send('session.new', { capabilities: {} });
    firefox.context = (await firefox.send('browsingContext.create', { type: 'tab' })).context;
    return firefox;
  }
  private send(method: string, params: object): Promise<any> {
    const id = ++this.id;
    return new Promise((resolve, reject) => {
      const hear = (data: any) => {
        const message = JSON.parse(String(data));
        if (message.id !== id) return;
        this.socket.off('message', hear);
        if (message.type === 'error') reject(new Error(`${message.error}: ${message.message}`));
        else resolve(message.result);
      };
      this.socket.on('message', hear);
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }
  open(url: string) { return this.send('browsingContext.navigate', { context: this.context, url, wait: 'complete' }); }
  /** The value of an expression, or of its promise, that JSON can hold. */
  async evaluate(expression: string): Promise<any> {
    const { result, exceptionDetails } = await this.send('script.evaluate', { expression: `Promise.resolve(${expression}).then(JSON.stringify)`,
      target: { context: this.context }, awaitPromise: true });
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return JSON.parse(result.value ?? 'null');
  }
  async stop() {
    this.socket.close();
    const over = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill();
    await over;
    rmSync(this.profile, { recursive: true, force: true });
  }
}

const test = base.extend<{ firefox: Firefox }>({
  firefox: async ({}, use) => {
    const firefox = await Firefox.start();
    await use(firefox);
    await firefox.stop();
  },
});
test.skip(!existsSync('/usr/bin/firefox-esr') && !process.env.CI, 'Debian\'s firefox-esr is not installed');

/** Share of a canvas that has ink. */
const inked = (canvas: string) => `(() => {
  const canvas = ${canvas}, { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((x, i) => i % 4 === 3 && x > 128).length / (data.length / 4);
})()`;

test.describe.configure({ timeout: 90_000 });  // Firefox's start included

test('every small view draws in Firefox, and a drawing is read', async ({ firefox }) => {
  for (const view of ['sample', 'morph', 'latent', 'map', 'draw']) {
    await firefox.open(`${dist}/embed.html?view=${view}&from=3&to=8`);
    const element = 'document.querySelector("digit-vae")';
    // Asking for a digit waits for the model.
    expect(await firefox.evaluate(`customElements.whenDefined('digit-vae').then(() => ${element}.sample()).then((x) => x.length)`)).toBe(784);
    if (view === 'draw') {
      await firefox.evaluate(`${element}.setState({ strokes: [[75, 55, 180, 50, 140, 125, 120, 210]] })`);
      await expect.poll(() => firefox.evaluate(`${element}.shadowRoot.textContent.includes('Looks like 7.')`)).toBe(true);
    }
    const index = view === 'draw' ? 1 : 0;
    await expect.poll(() => firefox.evaluate(inked(`${element}.shadowRoot.querySelectorAll('canvas')[${index}]`)), view)
      .toBeGreaterThan(0.02);
  }
});
