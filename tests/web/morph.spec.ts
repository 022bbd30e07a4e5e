// "Morph": both ways through up to eight stops, as a visitor has them.
import { readFileSync } from 'node:fs';
import { correlation, expect, inner, Lab, test } from './page';

test.use({ viewport: { width: 1024, height: 1500 } });

const length = (z: number[]) => Math.hypot(...z);

test.beforeEach(async ({ page }) => { await new Lab(page).open('#view=morph&playing=0'); });

test('lerp and slerp stand side by side at one t, and differ between the stops only', async ({ page }) => {
  const lab = new Lab(page);
  for (const t of [0, 1]) {
    await lab.set('t', t);
    expect(await lab.picture('lerp')).toEqual(await lab.picture(`stop:${t}`));
    expect(await lab.picture('slerp')).toEqual(await lab.picture(`stop:${t}`));
  }
  await lab.set('t', 0.5);
  const [lerp, slerp] = [await lab.picture('lerp'), await lab.picture('slerp')];
  expect(correlation(lerp, slerp)).toBeLessThan(0.999);
  const screens = await lab.screens(['lerp', 'slerp']);
  for (const [i, picture] of [lerp, slerp].entries()) {
    expect(correlation(inner(picture), inner(screens[i]).map((l) => -l))).toBeGreaterThan(0.98);
  }
  // A click takes what is seen; the straight line is nearer to the origin.
  await lab.click('lerp');
  const straight = (await lab.state()).z;
  await lab.click('slerp');
  expect(length((await lab.state()).z)).toBeGreaterThan(length(straight) * 1.1);
});

test('stops are added up to eight, changed and removed down to two', async ({ page }) => {
  const lab = new Lab(page);
  for (let i = 2; i < 8; ++i) await lab.click('add_stop');
  expect((await lab.state()).stops.length).toBe(8);
  await expect(lab.control('add_stop')).toHaveCount(0);
  await lab.set('t', 7);
  expect(await lab.picture('slerp')).toEqual(await lab.picture('stop:7'));
  await lab.click('stop:3');
  const before = (await lab.state()).stops;
  for (const source of ['stop_surprise', 'stop_this', 'stop_real', 'stop_class:4']) {
    const previous = (await lab.state()).stops[3];
    await lab.click(source);
    await expect.poll(async () => (await lab.state()).stops[3]).not.toEqual(previous);
  }
  const after = await lab.state();
  after.stops.forEach((stop, i) => i !== 3 && expect(stop).toEqual(before[i]));
  await expect(lab.control('stop:3')).toHaveText(/looks like 4/);
  await expect(lab.control('stop_ink')).toHaveCount(0);
  for (let i = 8; i > 2; --i) await lab.set('stop_remove');
  expect((await lab.state()).stops.length).toBe(2);
  expect((await lab.state()).t).toBe(1);
  await expect(lab.control('stop_remove')).toHaveCount(0);
});

test('what became of the stops can be undone here', async ({ page }) => {
  const lab = new Lab(page);
  const { stops } = await lab.state();
  await lab.click('add_stop');
  await lab.click('stop_surprise');
  const three = (await lab.state()).stops;
  await lab.click('stop_remove');
  await lab.click('undo');
  expect((await lab.state()).stops).toEqual(three);
  await lab.click('undo');
  await lab.click('undo');
  expect((await lab.state()).stops).toEqual(stops);
  await lab.click('redo');
  expect((await lab.state()).stops.length).toBe(3);
});

test('a stop is what a visitor drew', async ({ page }) => {
  const lab = new Lab(page);
  await lab.view('draw');
  const { x, y, w, h } = await lab.box('pad');
  await page.mouse.move(x + 0.5 * w, y + 0.2 * h);
  await page.mouse.down();
  await page.mouse.move(x + 0.5 * w, y + 0.8 * h, { steps: 10 });
  await page.mouse.up();
  await lab.settled();
  await lab.view('morph');
  await lab.click('stop:1');
  await lab.click('stop_ink');
  await expect(lab.control('stop:1')).toHaveText(/looks like 1/);
  const stroke = Array.from({ length: 784 }, (_, i) => (Math.abs(i % 28 - 14) < 2 && i > 112 && i < 672 ? 1 : 0));
  expect(correlation(await lab.picture('stop:1'), stroke)).toBeGreaterThan(0.6);
});

test('film strips have 5 to 21 frames that fit the width', async ({ page }) => {
  const lab = new Lab(page);
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 1500 });
    for (const frames of [5, 9, 21]) {
      await lab.set('frames', frames);
      for (const strip of ['strip', 'other']) {
        await expect(page.locator(`#controls [data-name^="${strip}:"]`)).toHaveCount(frames);
        for (const i of [0, frames - 1]) {
          const box = await lab.box(`${strip}:${i}`);
          expect(box.x).toBeGreaterThanOrEqual(0);
          expect(box.x + box.w).toBeLessThanOrEqual(width);
        }
        expect(await lab.picture(`${strip}:${frames - 1}`)).toEqual(await lab.picture('stop:1'));
      }
      expect(await lab.picture(`strip:${frames >> 1}`)).not.toEqual(await lab.picture(`other:${frames >> 1}`));
    }
  }
  await page.setViewportSize({ width: 1280, height: 1900 });
  await expect.poll(async () => (await lab.box('strip:0')).y).toBeLessThan(1700);
  await lab.settled();
  await lab.click('strip:0');
  expect((await lab.state()).t).toBe(0);
});

test('it plays, faster when told to, around in a loop', async ({ page }) => {
  const lab = new Lab(page);
  await lab.set('speed', 4);
  await lab.set('loop');
  await lab.set('t', 0.2);
  const press = () => lab.control('play').evaluate((button: HTMLElement) => button.click());
  await press();
  // Beyond B, towards A again. Every frame is looked at: looks a whole loop apart would all see the same t.
  await page.waitForFunction(() => (window as any).lab.state().t > 1.2);
  await press();
  await expect.poll(async () => (await lab.state()).playing).toBe(false);
});

test('the animation is saved as it is shown', async ({ page }) => {
  const lab = new Lab(page);
  await lab.set('frames', 7);
  const [download] = await Promise.all([page.waitForEvent('download'), lab.click('apng')]);
  const bytes = readFileSync(await download.path());
  const at = bytes.indexOf('acTL');
  expect(at).toBeGreaterThan(0);
  expect(bytes.readUInt32BE(at + 4)).toBe(12);  // there and back
});
