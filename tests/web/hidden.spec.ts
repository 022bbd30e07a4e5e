// The lab in a tab that nobody sees. Playwright keeps every page that it holds visible (focus emulation), so these tabs
// belong to a headed Chromium's own context, which it leaves alone, on a screen of Xvfb; they are spoken to by the
// browser's own protocol.
import { spawn } from 'node:child_process';
import { chromium, expect, test as base, type CDPSession } from '@playwright/test';
import { headlessOnly } from './browser.mjs';

class Tab {
  private constructor(private browser: CDPSession, private target: string, private session: string) {}

  static async open(browser: CDPSession, url: string, background = false) {
    const { targetId } = await browser.send('Target.createTarget', { url, background });
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: false });
    return new Tab(browser, targetId, sessionId);
  }
  show() { return this.browser.send('Target.activateTarget', { targetId: this.target }); }
  evaluate<T>(expression: string): Promise<T> {
    return new Promise((resolve) => {
      const hear = ({ sessionId, message }: { sessionId: string; message: string }) => {
        if (sessionId !== this.session) return;
        this.browser.off('Target.receivedMessageFromTarget', hear);
        resolve(JSON.parse(message).result.result.value);
      };
      this.browser.on('Target.receivedMessageFromTarget', hear);
      const params = { expression, awaitPromise: true, returnByValue: true };
      const message = JSON.stringify({ id: 1, method: 'Runtime.evaluate', params });
      this.browser.send('Target.sendMessageToTarget', { sessionId: this.session, message });
    });
  }
  visibility() { return this.evaluate<string>('document.visibilityState'); }
  lab(): Promise<{ frames: number; t: number; seed: number }> {
    return this.evaluate('Promise.resolve(window.lab && window.lab.ready).then(() => window.lab && window.lab.state())');
  }
  async frames() { return (await this.lab())?.frames; }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const test = base.extend<{ browserOnScreen: CDPSession }>({
  browserOnScreen: async ({ launchOptions }, use) => {
    const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x1024x24'],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    const display = await new Promise((resolve, reject) => {
      screen.stdio[3]!.once('data', (number) => resolve(`:${String(number).trim()}`));
      screen.once('error', reject);
    });
    const browser = await chromium.launch({ ...launchOptions, headless: false,
      env: { ...process.env, DISPLAY: String(display) } });
    try {
      await use(await browser.newBrowserCDPSession());
    } finally {
      await browser.close();
      screen.kill();
    }
  },
});

test.skip(headlessOnly, 'this Chromium cannot open a window');

test('what plays stands still in a hidden tab, and goes on at once when it is shown', async ({ browserOnScreen, baseURL }) => {
  const tab = await Tab.open(browserOnScreen, `${baseURL}/`);
  await expect.poll(() => tab.frames(), { timeout: 15_000 }).toBeGreaterThan(5);  // it has started, and plays
  const other = await Tab.open(browserOnScreen, 'about:blank');
  await expect.poll(() => tab.visibility()).toBe('hidden');
  await pause(200);
  const before = await tab.lab();
  await tab.evaluate('window.lab.remote("seed", 0, "99")');  // pictures to decode: they wait
  await pause(1500);
  expect(await tab.lab()).toEqual(before);

  await tab.evaluate(`window.shown = new Promise((resolve) => document.addEventListener('visibilitychange',
    () => requestAnimationFrame(() => resolve(window.lab.state())), {once: true})), 0`);
  await tab.show();
  const first = await tab.evaluate<typeof before>('window.shown');
  expect(first.frames).toBe(before.frames + 1);
  expect(first.seed).toBe(99);
  expect(Math.abs(first.t - before.t)).toBeLessThan(0.01);  // the time away is no time that passed for the morph
  await expect.poll(() => tab.frames()).toBeGreaterThan(first.frames + 3);
  expect(await other.visibility()).toBe('hidden');
});

test('opened in a tab behind, it loads there and draws nothing before it is shown', async ({ browserOnScreen, baseURL }) => {
  await Tab.open(browserOnScreen, 'about:blank');
  const tab = await Tab.open(browserOnScreen, `${baseURL}/`, true);
  await expect.poll(() => tab.frames()).toBe(0);
  expect(await tab.visibility()).toBe('hidden');
  await pause(500);
  expect(await tab.frames()).toBe(0);
  await tab.show();
  await expect.poll(() => tab.frames()).toBeGreaterThan(3);
});
