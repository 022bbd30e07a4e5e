// What the browser tests share: a page that must stay silent, and the lab as a visitor has it, by its screen,
// mouse and keys. window.lab (web/page/index.js) says where things are.
import { chromium, expect, test as base, type Page } from '@playwright/test';
import { readPng } from './png.mjs';

export { expect };

/** The default model's latents. */
export const LATENT = 24;

/** Not the page's doing: Chromium on its own drawing, which screenshots slow down. */
const browserNoise = (text: string) => /GL Driver Message|GPU stall due to ReadPixels/.test(text);

/** Every page must stay silent: no console message, no uncaught error. What a test provokes it takes out. */
export const test = base.extend<{ silent: string[]; lab: Lab }>({
  silent: [async ({ page }, use) => {
    const messages: string[] = [];
    page.on('console', (message) => { if (!browserNoise(message.text())) messages.push(message.text()); });
    page.on('pageerror', (error) => messages.push(String(error)));
    await use(messages);
    expect(messages).toEqual([]);
  }, { auto: true }],
  lab: async ({ page }, use) => {
    const lab = new Lab(page);
    await lab.open();
    await use(lab);
  },
});

/** Another browser with flags of its own; `use` gets a page of it. */
export async function withFlags(launchOptions: any, flags: string[], baseURL: string | undefined,
    use: (page: Page) => Promise<void>) {
  const browser = await chromium.launch({ ...launchOptions, args: [...launchOptions.args, ...flags] });
  try {
    await use(await browser.newPage({ baseURL, viewport: { width: 1024, height: 1300 } }));
  } finally {
    await browser.close();
  }
}

type Box = { x: number; y: number; w: number; h: number };
export type State = { view: string; views: string[]; model: string; latent: number; seed: number; count: number; digit: number;
  temperature: number; t: number; slerp: boolean; playing: boolean; frames: number; theme: string; language: string;
  z: number[]; stops: number[][] };

export class Lab {
  constructor(readonly page: Page) {}

  /** `address`: what follows the page's own, "?lang=zh#view=map" for example. A fresh lab plays; this one stands. */
  async open(address = '#playing=0') {
    await this.page.goto(`/${address}`);
    await this.ready();
  }
  /** The native mirror of a control. */
  control(name: string) { return this.page.locator(`#controls [data-name="${name}"]`); }
  /** Sets a native range, select or text field, or presses a button, as a keyboard or screen reader would. */
  async set(name: string, value?: number | string) {
    await this.control(name).evaluate((element: any, to) => {
      if (element.tagName === 'BUTTON') return element.click();
      if (element.tagName === 'SELECT') element.selectedIndex = to;
      else element.value = to;
      element.dispatchEvent(new Event(element.type === 'range' ? 'input' : 'change', { bubbles: true }));
    }, value);
    await this.settled();
  }
  /** Changes to another view by the bar above it. */
  async view(name: string) {
    await this.page.evaluate((wanted) => {
      const lab = (window as any).lab, views: string[] = lab.state().views, index = views.indexOf(wanted);
      const rows = document.querySelectorAll('#controls [data-name^="view"]').length, columns = Math.ceil(views.length / rows);
      lab.remote(rows === 1 ? 'view' : `views:${Math.floor(index / columns)}`, index % columns);
    }, name);
    await this.settled();
    expect((await this.state()).view).toBe(name);
  }
  async ready() {
    await this.page.evaluate(() => (window as any).lab.ready);
    await expect(this.page.locator('#stage')).toBeVisible();
    await this.settled();
  }
  /** Waits until no further frame is drawn. The lab asks for its frames before this does, and so gets them first. */
  async settled() {
    await this.page.evaluate(async () => {
      const frames = () => (window as any).lab.state().frames;
      const twoFrames = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      for (let before = -1; before !== frames() || before === 0;) {
        before = frames();
        await twoFrames();
      }
    });
  }
  /** Waits until every file that the lab asked for has come, and is drawn. */
  async fetched() {
    await this.page.waitForFunction(() => (window as any).lab.fetching() === 0);
    await this.settled();
  }
  state(): Promise<State> { return this.page.evaluate(() => (window as any).lab.state()); }
  picture(name: string): Promise<number[]> {
    return this.page.evaluate((n) => [...(window as any).lab.picture(n)], name);
  }
  /** Where a control is on the page, in CSS pixels of the viewport; waits for it, since files may still be coming. */
  async box(name: string): Promise<Box> {
    let box: Box | null = null;
    await expect(async () => {
      box = await this.page.evaluate((n) => {
        const item = (window as any).lab.item(n), canvas = document.getElementById('canvas')!.getBoundingClientRect();
        return item && { x: item.x + canvas.x, y: item.y + canvas.y, w: item.w, h: item.h };
      }, name);
      expect(box, `the lab has no "${name}"`).not.toBeNull();
    }).toPass({ timeout: 5000 });
    return box!;
  }
  async click(name: string) {
    const { x, y, w, h } = await this.box(name);
    await this.page.mouse.click(x + w / 2, y + h / 2);
    await this.settled();
  }
  /** Drags from one fraction of a control's width to another with the mouse, in steps as a hand does. */
  async drag(name: string, from: number, to: number) {
    const { x, y, w, h } = await this.box(name);
    await this.page.mouse.move(x + from * w, y + h / 2);
    await this.page.mouse.down();
    await this.page.mouse.move(x + to * w, y + h / 2, { steps: 6 });
    await this.page.mouse.up();
    await this.page.mouse.move(2, 2);
    await this.settled();
  }
  /** The digit that the screen shows there: 28 x 28 luminances, 0 to 255, at the centers of its pixels. */
  async screen(name: string): Promise<number[]> { return (await this.screens([name]))[0]; }
  /** Several of them from one screenshot. */
  async screens(names: string[]): Promise<number[][]> {
    const boxes: Box[] = [];
    for (const name of names) boxes.push(await this.box(name));
    const x0 = Math.min(...boxes.map((b) => b.x)), y0 = Math.min(...boxes.map((b) => b.y));
    const width = Math.max(...boxes.map((b) => b.x + b.w)) - x0, height = Math.max(...boxes.map((b) => b.y + b.h)) - y0;
    const scrolled = await this.page.evaluate(() => ({ x: scrollX, y: scrollY }));
    const image = readPng(await this.page.screenshot({ fullPage: true,
      clip: { x: x0 + scrolled.x, y: y0 + scrolled.y, width, height } }));
    await this.settled();  // for its picture of the full page Playwright resizes the window, and the lab follows
    const scale = image.width / width;
    return boxes.map(({ x, y, w, h }) => Array.from({ length: 784 }, (_, i) => image.at(
      Math.floor((x - x0 + ((i % 28) + 0.5) * w / 28) * scale),
      Math.floor((y - y0 + (Math.floor(i / 28) + 0.5) * h / 28) * scale))));
  }
}

/** Pearson's correlation of two pictures. */
export function correlation(a: number[], b: number[]) {
  const mean = (v: number[]) => v.reduce((x, y) => x + y) / v.length;
  const [ma, mb] = [mean(a), mean(b)];
  const dot = (f: (i: number) => number) => a.reduce((sum, _, i) => sum + f(i), 0);
  return dot((i) => (a[i] - ma) * (b[i] - mb))
    / Math.sqrt(dot((i) => (a[i] - ma) ** 2) * dot((i) => (b[i] - mb) ** 2));
}

/** The middle 24 x 24 of 28 x 28, where no frame or badge lies over the digit. */
export const inner = (picture: number[]) =>
  picture.filter((_, i) => i % 28 >= 2 && i % 28 < 26 && i >= 56 && i < 784 - 56);

/** Share of ink in a digit on the screen, 0 to 1, given the luminances of paper and full ink. */
export const inkShare = (screen: number[], paper: number, ink: number) =>
  inner(screen).reduce((sum, l) => sum + Math.min(1, Math.max(0, (l - paper) / (ink - paper))), 0) / 784;
