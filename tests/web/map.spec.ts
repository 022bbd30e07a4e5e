// The map, by mouse and by its native controls: what the pointer decodes, what a click takes, how it moves.
import { readFileSync } from 'node:fs';
import { correlation, expect, LATENT, Lab, test } from './page';
import { readPng } from './png.mjs';
import { importModule, largestDifference, weightsPath } from './support.mjs';

test.use({ viewport: { width: 1100, height: 900 } });

/** What only the map's state says: the middle in places, the magnification, and z under the pointer. */
type MapState = { map: [number, number, number]; hover: number[]; z: number[] };
const state = async (lab: Lab) => (await lab.state()) as unknown as MapState;

async function open(lab: Lab, more = '') {
  await lab.page.goto('about:blank');
  await lab.open(`#playing=0&view=map${more}`);
}

/** Moves the mouse to a place of the map, 0 to 1 across and down. */
async function point(lab: Lab, across: number, down: number) {
  const { x, y, w, h } = await lab.box('map');
  await lab.page.mouse.move(x + across * w, y + down * h);
  await lab.settled();
}

test('what the pointer decodes is exactly what the model makes of the z it names', async ({ lab }) => {
  const { loadModel } = await importModule();
  const model = await loadModel(readFileSync(weightsPath));
  for (const spacing of ['', '&even=1', '&axis_x=1000&axis_y=1001']) {
    await open(lab, spacing);
    const z = (await state(lab)).z;
    for (const [across, down] of [[0.3, 0.2], [0.81, 0.66]]) {
      await point(lab, across, down);
      const { hover } = await state(lab);
      expect(hover).toHaveLength(LATENT);
      expect(largestDifference(hover, z)).toBeGreaterThan(0.05);
      expect(largestDifference(await lab.picture('hover'), [...model.decode(Float32Array.from(hover))])).toBeLessThan(1e-4);
    }
  }
  await lab.page.mouse.move(2, 2);
  await lab.settled();
  expect((await state(lab)).hover).toEqual([]);
  model.free();
});

test('the axes are those of the plane: even steps, and equal shares of the prior', async ({ lab }) => {
  await open(lab, '&model=mlp&even=1&axis_x=3&axis_y=6');  // its prior is N(0, I)
  const { z } = await state(lab);
  await point(lab, 0.75, 0.25);
  let { hover } = await state(lab);
  expect(hover[3]).toBeCloseTo(1.5, 1);
  expect(hover[6]).toBeCloseTo(1.5, 1);
  expect(hover.filter((_, i) => i !== 3 && i !== 6)).toEqual(z.filter((_, i) => i !== 3 && i !== 6));
  await lab.set('map_spacing', 0);
  await point(lab, 0.75, 0.25);
  ({ hover } = await state(lab));
  expect(hover[3]).toBeCloseTo(0.674, 1);  // three quarters of N(0, 1) lie below
  expect(hover[6]).toBeCloseTo(0.674, 1);
});

test('a click takes the digit, undo gives it back, and taking hold of it moves it', async ({ lab }) => {
  await open(lab, '&even=1');
  const before = (await state(lab)).z;
  await point(lab, 0.25, 0.3);
  const { hover } = await state(lab), seen = await lab.picture('hover');
  await lab.page.mouse.down();
  await lab.page.mouse.up();
  await lab.settled();
  expect((await state(lab)).z).toEqual(hover);
  expect(await lab.picture('digit')).toEqual(seen);

  const mark = await lab.box('map_digit'), map = (await state(lab)).map;
  await lab.page.mouse.move(mark.x + mark.w / 2, mark.y + mark.h / 2);
  await lab.page.mouse.down();
  await lab.page.mouse.move(mark.x + 160, mark.y + 90, { steps: 8 });
  await lab.page.mouse.up();
  await lab.settled();
  const after = await state(lab);
  expect(after.map).toEqual(map);
  expect(after.z[0]).toBeGreaterThan(hover[0] + 0.5);
  expect(after.z[1]).toBeLessThan(hover[1] - 0.3);
  await lab.click('undo');
  expect((await state(lab)).z).toEqual(hover);  // one drag is one step
  await lab.click('undo');
  expect((await state(lab)).z).toEqual(before);
});

test('drag moves the map, buttons and Ctrl with the wheel magnify it, and a link reopens it', async ({ lab }) => {
  await open(lab, '&even=1&points=0');
  const { z } = await state(lab);
  await point(lab, 0.2, 0.8);
  const before = (await state(lab)).hover, { x, y, w } = await lab.box('map');
  await lab.page.mouse.down();
  await lab.page.mouse.move(x + 0.5 * w, y + 0.5 * w, { steps: 6 });
  await lab.page.mouse.up();
  await lab.settled();
  const moved = await state(lab);
  expect(moved.z).toEqual(z);
  expect(moved.map[0]).toBeCloseTo(-1.8, 0);
  expect(moved.map[1]).toBeCloseTo(-1.8, 0);
  expect(largestDifference(moved.hover, before)).toBeLessThan(0.1);  // what was taken hold of is still under the hand

  await lab.page.keyboard.down('Control');
  await lab.page.mouse.wheel(0, -480);
  await lab.page.keyboard.up('Control');
  await lab.settled();
  const near = await state(lab);
  expect(near.map[2]).toBeCloseTo(4, 1);
  expect(largestDifference(near.hover, moved.hover)).toBeLessThan(1e-3);
  await lab.set('map_in');
  expect((await state(lab)).map[2]).toBeCloseTo(8, 1);
  const kept = (await state(lab)).map;
  const link = await lab.page.evaluate(() => (window as any).lab.link());
  const cell = await lab.picture('cell');
  await lab.page.goto('about:blank');
  await lab.page.goto(`/#${link}`);
  await lab.ready();
  expect(largestDifference((await state(lab)).map, kept)).toBeLessThan(1e-5);
  expect(await lab.picture('cell')).toEqual(cell);
  await lab.set('map_reset');
  expect((await state(lab)).map).toEqual([0, 0, 1]);
});

test('the screen shows the pictures, crisp, and each layer can be switched off', async ({ lab }) => {
  await open(lab, '&even=1&points=0&circles=0');
  const shown = await lab.screen('cell'), drawn = await lab.picture('cell');
  expect(correlation(shown.map((l) => -l), drawn)).toBeGreaterThan(0.9);
  const inked = async () => (await lab.screen('map')).filter((luminance) => luminance < 128).length;
  expect(await inked()).toBeGreaterThan(30);  // of 784 places of the map
  await lab.set('map_pictures');
  expect(await inked()).toBeLessThan(6);  // the current digit's mark
  await lab.set('map_points');
  await expect(lab.control('map_class:3')).toHaveCount(1);
  const map = await lab.box('map'), clip = { x: map.x, y: map.y, width: map.w, height: map.h };
  await lab.fetched();
  const all = await lab.page.screenshot({ clip });
  await lab.set('map_class:3');
  const fewer = await lab.page.screenshot({ clip });
  expect(fewer.equals(all)).toBe(false);
  await lab.set('map_class:3');
  expect((await lab.page.screenshot({ clip })).equals(all)).toBe(true);
});

test('its sliders and steppers do without a pointer, and another axis changes the plane', async ({ lab }) => {
  await open(lab, '&even=1');
  await lab.set('map_x', 1.4);
  expect((await state(lab)).z[0]).toBeCloseTo(1.4, 5);
  const before = await lab.picture('cell');
  await lab.set('map_axis_x', 4);
  expect(largestDifference(await lab.picture('cell'), before)).toBeGreaterThan(0.05);
  await lab.set('map_x', -0.6);
  expect((await state(lab)).z[4]).toBeCloseTo(-0.6, 5);
  await lab.set('map_axis_y', 4);  // the axis across: the two change places
  await point(lab, 0.5, 0.1);
  const { hover } = await state(lab);
  expect(hover[4]).toBeGreaterThan(2);
});

test.describe('two fingers', () => {
  test.use({ hasTouch: true });

  test('spread on the map magnify it, and do not move the page', async ({ page, lab }) => {
    await open(lab, '&even=1');
    const { x, y, w, h } = await lab.box('map'), cdp = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', spread?: number) => cdp.send('Input.dispatchTouchEvent', {
      type, touchPoints: spread === undefined ? [] : [-1, 1].map((side, id) => (
        { x: x + w * (0.5 + side * spread), y: y + h / 2, id })) });
    const before = (await state(lab)).map[2];
    await touch('touchStart', 0.1);
    for (let spread = 0.12; spread <= 0.4; spread += 0.04) await touch('touchMove', spread);
    await touch('touchEnd');
    await lab.settled();
    expect((await state(lab)).map[2] / before).toBeGreaterThan(2);
    expect(await page.evaluate(() => scrollY)).toBe(0);
  });
});

test('on the smallest screen the test digits leave the pictures to be seen', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  const lab = new Lab(page);
  await lab.open('#playing=0&view=map&model=aevb');
  await lab.fetched();
  const { x, y, w, h } = await lab.box('map');
  const picture = async () => readPng(await page.screenshot({ fullPage: true, clip: { x, y, width: w, height: h } }));
  const all = await picture();
  await lab.set('map_points');
  const without = await picture();
  const covered = Array.from({ length: Math.floor(w) * Math.floor(h) }, (_, i) => [i % Math.floor(w), Math.floor(i / Math.floor(w))])
    .filter(([px, py]) => Math.abs(all.at(px, py) - without.at(px, py)) > 20).length / (w * h);
  expect(covered).toBeGreaterThan(0.02);
  expect(covered).toBeLessThan(0.26);
});

test('its native mirror says its keys: arrows move the digit, + and − zoom, Tab and Escape go on', async ({ page, lab }) => {
  await open(lab, '&even=1');
  const map = lab.control('map');
  await expect(map).toHaveAttribute('role', 'application');
  await expect(map).toHaveAttribute('aria-label', /Arrow keys.*Escape/);
  const before = (await state(lab)).z;
  await lab.control('model').focus();
  await page.keyboard.press('Tab');
  await expect(map).toBeFocused();
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowUp']) await page.keyboard.press(key);
  await lab.settled();
  const moved = (await state(lab)).z;
  expect(moved[0] - before[0]).toBeCloseTo(0.5, 2);  // a step is a 24th of six units
  expect(moved[1] - before[1]).toBeCloseTo(0.25, 2);
  await expect(page.locator('#live')).toContainText('z₁ = ');
  await page.keyboard.press('+');
  await lab.settled();
  expect((await state(lab)).map[2]).toBeCloseTo(2, 3);
  await page.keyboard.press('-');
  await page.keyboard.press('Control+z');  // all steps are one
  await lab.settled();
  expect((await state(lab)).map[2]).toBeCloseTo(1, 3);
  expect((await state(lab)).z).toEqual(before);
  await page.keyboard.press('Tab');
  await expect(lab.control('map_pictures')).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await expect(map).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(lab.control('map_pictures')).toBeFocused();
});

test('on the canvas Enter gives it the keys, Escape takes them away, and P and undo work all the while', async ({ page, lab }) => {
  await open(lab, '&even=1');
  const before = (await state(lab)).z, press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
    await lab.settled();
  };
  await page.focus('#canvas');
  await press('ArrowDown', 'ArrowDown', 'ArrowDown');  // views, model, map
  await press('ArrowRight', 'ArrowUp');                // passes over it
  expect((await state(lab)).z).toEqual(before);
  await press('Enter', 'ArrowLeft', 'ArrowLeft', 'ArrowDown');
  const { z } = await state(lab);
  expect(z[0] - before[0]).toBeCloseTo(-0.5, 2);
  expect(z[1] - before[1]).toBeCloseTo(-0.25, 2);
  await press('Control+z');
  expect((await state(lab)).z).toEqual(before);
  await page.keyboard.press('p');
  await expect.poll(async () => (await lab.state()).playing).toBe(true);
  await page.keyboard.press('p');
  await expect.poll(async () => (await lab.state()).playing).toBe(false);
  await press('+', '+', 'ArrowRight');
  expect((await state(lab)).map[2]).toBeCloseTo(4, 3);
  expect((await state(lab)).z[0] - before[0]).toBeCloseTo(0.0625, 3);
  const inside = (await state(lab)).z;
  await press('Escape', 'ArrowRight', 'ArrowDown', '+');
  expect((await state(lab)).z).toEqual(inside);
  await page.keyboard.press('Tab');
  await expect(page.locator('#canvas')).not.toBeFocused();
});
