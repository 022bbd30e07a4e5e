// "Draw" as a visitor has it: a digit by mouse, a real one, its code and what it costs.
import { correlation, expect, inkShare, inner, Lab, test } from './page';
import { readParity } from './support.mjs';

test.use({ viewport: { width: 1280, height: 1100 } });

const view = '#view=draw&playing=0';
const parities = readParity();

/** Draws with the mouse through points in fractions of the pad. */
async function stroke(lab: Lab, points: [number, number][]) {
  const { x, y, w, h } = await lab.box('pad');
  const at = ([px, py]: [number, number]) => [x + px * w, y + py * h] as const;
  await lab.page.mouse.move(...at(points[0]));
  await lab.page.mouse.down();
  for (const point of points.slice(1)) await lab.page.mouse.move(...at(point), { steps: 8 });
  await lab.page.mouse.up();
  await lab.settled();
}
const drawOne = (lab: Lab) => stroke(lab, [[0.5, 0.15], [0.5, 0.85]]);

/** Luminances at a few places of the pad. */
async function padShows(lab: Lab, x: number, y: number) {
  return (await lab.screen('pad'))[Math.floor(y * 28) * 28 + Math.floor(x * 28)];
}

test.describe('drawing', () => {
  test('a one drawn by mouse is on the pad, in the model’s picture and in its reconstruction', async ({ page }) => {
    const lab = new Lab(page);
    await lab.open(`${view}&gray=1`);
    const before = (await lab.state()).z;
    await drawOne(lab);
    const state: any = await lab.state();
    expect(state.strokes).toBe(1);
    expect(state.nats.length).toBe(2);
    expect(state.nats[1]).toBeGreaterThan(1);
    expect(state.z).not.toEqual(before);  // the code is the current digit
    expect(await padShows(lab, 0.5, 0.5)).toBeLessThan(80);
    expect(await padShows(lab, 0.2, 0.5)).toBeGreaterThan(220);
    // MNIST's frame: 20 pixels high, centered, as thick as there.
    const input = await lab.picture('input');
    const rows = Array.from({ length: 28 }, (_, y) => Math.max(...input.slice(28 * y, 28 * y + 28)));
    expect(rows.filter((most) => most > 0.5).length).toBe(20);
    const middle = input.slice(28 * 14, 28 * 15).reduce((a, b) => a + b);
    expect(middle).toBeGreaterThan(2), expect(middle).toBeLessThan(4);
    expect(correlation(input, await lab.picture('reconstruction'))).toBeGreaterThan(0.6);
    const screen = await lab.screen('reconstruction');
    expect(correlation(inner(await lab.picture('reconstruction')), inner(screen).map((l) => -l)))
      .toBeGreaterThan(0.98);
    expect(await lab.picture('digit')).toEqual(await lab.picture('reconstruction'));
  });

  test('while the pen is down the model reads along, and the current digit waits', async ({ page }) => {
    const lab = new Lab(page);
    await lab.open(view);
    const before = (await lab.state()).z;
    const { x, y, w, h } = await lab.box('pad');
    await page.mouse.move(x + w * 0.3, y + h * 0.2);
    await page.mouse.down();
    await page.mouse.move(x + w * 0.7, y + h * 0.2, { steps: 5 });
    await lab.settled();
    const early = await lab.picture('reconstruction');
    await page.mouse.move(x + w * 0.4, y + h * 0.9, { steps: 5 });
    await lab.settled();
    expect(await lab.picture('reconstruction')).not.toEqual(early);
    expect((await lab.state()).z).toEqual(before);
    await page.mouse.up();
    await lab.settled();
    expect((await lab.state()).z).not.toEqual(before);
    await lab.set('undo');
    expect((await lab.state()).z).toEqual(before);
  });

  test('strokes can be undone and cleared, and a link brings them back', async ({ page }) => {
    const lab = new Lab(page);
    await lab.open(view);
    await drawOne(lab);
    const one = await lab.picture('input');
    await stroke(lab, [[0.2, 0.5], [0.8, 0.5]]);
    expect(await lab.picture('input')).not.toEqual(one);
    await lab.set('undo_stroke');
    expect(await lab.picture('input')).toEqual(one);
    const link = await page.evaluate(() => (window as any).lab.link());
    await page.goto('about:blank');
    await lab.open(`#${link}`);
    expect(await lab.picture('input')).toEqual(one);
    await lab.set('clear');
    const empty: any = await lab.state();
    expect(empty.strokes).toBe(0), expect(empty.nats).toEqual([]);
    expect(inkShare(await lab.screen('input'), 240, 20)).toBeLessThan(0.01);
  });
});

test('Ctrl+Z brings back what was cleared, a stroke, and the real digit that a stroke replaced', async ({ page }) => {
  const lab = new Lab(page);
  await lab.open(view);
  await lab.set('real', 3);
  const real = await lab.picture('input'), atReal = (await lab.state()).z;
  await drawOne(lab);
  const one = await lab.picture('input'), atOne = (await lab.state()).z;
  await lab.set('clear');
  expect(((await lab.state()) as any).strokes).toBe(0);
  await page.focus('#canvas');
  for (const [key, input, z] of [['z', one, atOne], ['z', real, atReal], ['y', one, atOne]] as const) {
    await page.keyboard.press(`Control+${key}`);
    await lab.settled();
    expect(await lab.picture('input')).toEqual(input);
    expect((await lab.state()).z).toEqual(z);
  }
});

test.describe('a real digit', () => {
  test('a three by its button: its own pixels, and nats near the test set’s', async ({ page }) => {
    const lab = new Lab(page);
    await lab.open(view);
    await lab.set('real', 3);
    const state: any = await lab.state();
    expect(state.test_digit).toBe(60);
    const input = await lab.picture('input');
    expect(input.filter((p) => p !== 0 && p !== 1)).toEqual([]);  // black or white, as the model was trained
    expect(state.nats[0] + state.nats[1]).toBeGreaterThan(40), expect(state.nats[0] + state.nats[1]).toBeLessThan(180);
    expect(correlation(input, await lab.picture('reconstruction'))).toBeGreaterThan(0.8);
    await lab.set('another');
    expect(((await lab.state()) as any).test_digit).toBe(61);
    expect(await lab.picture('input')).not.toEqual(input);
    await drawOne(lab);  // the pen takes its place
    expect(((await lab.state()) as any).test_digit).toBe(-1);
  });

  for (const parity of parities) {
    test(`${parity.weights}: 20 digits cost what native_eval --per-image says, for the same pixels and noise`, async ({ page }) => {
      test.setTimeout(120_000);
      const lab = new Lab(page), model = parity.weights === 'assets/mlp.bin' ? '&model=mlp' : '';
      await lab.open(`${view}&sampled=1${model}`);
      for (const [digit, reconstruction, kl, atMu] of parity.page.slice(0, 20)) {
        for (const [sampled, expected] of [[1, reconstruction], [0, atMu]]) {
          await page.evaluate((hash) => { location.hash = hash; }, `${view}&sampled=${sampled}&test_digit=${digit}${model}`);
          await expect.poll(async () => ((await lab.state()) as any).test_digit).toBe(digit);
          await lab.settled();
          const { nats } = await lab.state() as any;
          expect(Math.abs(nats[0] - expected), `digit ${digit}: ${nats}`).toBeLessThan(0.02);
          expect(Math.abs(nats[1] - kl), `digit ${digit}: ${nats}`).toBeLessThan(0.02);
        }
      }
    });
  }

  test('the model sees black or white, drawn again on request; or gray, which is not compared', async ({ page }) => {
    const lab = new Lab(page);
    await lab.open(`${view}&test_digit=60&playing=0`);
    const input = await lab.picture('input'), first: any = await lab.state();
    expect(input.filter((p) => p !== 0 && p !== 1)).toEqual([]);
    await lab.set('pixels');
    const again = await lab.picture('input');
    expect(again.filter((p, i) => p !== input[i]).length).toBeGreaterThan(3);
    expect(((await lab.state()) as any).nats).not.toEqual(first.nats);
    await lab.set('gray', 1);
    const gray = await lab.picture('input');
    expect(gray.some((p) => p > 0.1 && p < 0.9)).toBe(true);
    expect(await page.evaluate(() => (window as any).lab.item('nats_average'))).toBeNull();
    await lab.set('gray', 0);
    expect(await lab.picture('input')).toEqual(again);
    expect(await page.evaluate(() => (window as any).lab.item('nats_average'))).not.toBeNull();
  });

  test('z = mu or sampled: another reconstruction, the same KL, and the same seed says the same', async ({ page }) => {
    const lab = new Lab(page);
    await lab.open(`${view}&test_digit=60`);
    const atMu: any = await lab.state();
    await lab.set('sampled', 1);
    const sampled: any = await lab.state(), picture = await lab.picture('reconstruction');
    expect(sampled.sampled).toBe(true);
    expect(sampled.nats[1]).toBe(atMu.nats[1]);
    expect(sampled.nats[0]).not.toBe(atMu.nats[0]);
    await lab.set('resample');
    expect(await lab.picture('reconstruction')).not.toEqual(picture);
    await lab.set('epsilon', '1');
    expect(await lab.picture('reconstruction')).toEqual(picture);
    expect(((await lab.state()) as any).nats).toEqual(sampled.nats);
  });

  test('the plain autoencoder offers no sampling and has no KL', async ({ page }) => {
    const lab = new Lab(page);
    await lab.open(`${view}&model=autoencoder&test_digit=60`);
    await expect.poll(async () => ((await lab.state()) as any).nats.length).toBe(2);
    expect(((await lab.state()) as any).nats[1]).toBe(0);
    await expect(lab.control('sampled')).toHaveCount(0);
  });
});

test('a finger draws, and the page does not scroll', async ({ browser, baseURL }) => {
  const page = await browser.newPage({ baseURL, viewport: { width: 390, height: 844 }, hasTouch: true });
  const lab = new Lab(page);
  await lab.open(view);
  const { x, y, w, h } = await lab.box('pad');
  const client = await page.context().newCDPSession(page);
  const touch = (type: string, px: number, py: number) => client.send('Input.dispatchTouchEvent',
    { type: type as any, touchPoints: type === 'touchEnd' ? [] : [{ x: x + px * w, y: y + py * h }] });
  await touch('touchStart', 0.5, 0.2);
  for (let i = 1; i <= 8; ++i) await touch('touchMove', 0.5, 0.2 + 0.07 * i);
  await touch('touchEnd', 0, 0);
  await lab.settled();
  const state: any = await lab.state();
  expect(state.strokes).toBe(1);
  expect(Math.max(...await lab.picture('input'))).toBeGreaterThan(0.9);
  expect(await page.evaluate(() => scrollY)).toBe(0);
  await page.close();
});
