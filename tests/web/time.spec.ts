// "Time": one training from noise to digits, by slider, curve, play and map.
import { correlation, expect, inner, Lab, test } from './page';
import { readPng } from './png.mjs';

test.use({ viewport: { width: 1280, height: 1200 } });

async function open(page: any, more = '') {
  const lab = new Lab(page);
  await lab.open(`#view=time&model=aevb${more}`);
  await expect(lab.control('snapshot')).toBeAttached({ timeout: 15_000 });
  await lab.settled();
  return lab;
}
/** Mean difference of two pictures. */
const difference = (a: number[], b: number[]) => a.reduce((sum, v, i) => sum + Math.abs(v - b[i]), 0) / a.length;
const last = async (lab: Lab) => Number(await lab.control('snapshot').getAttribute('max'));

test('the last snapshot draws what the model draws, the first one noise', async ({ page }) => {
  const lab = await open(page);
  const trained = await lab.picture('time:digit');
  expect(correlation(inner(trained), inner(await lab.screen('time:digit')).map((l) => -l))).toBeGreaterThan(0.98);
  await lab.set('snapshot', 0);
  expect((await lab.state() as any).snapshot).toBe(0);
  const untrained = await lab.picture('time:digit');
  expect(correlation(trained, untrained)).toBeLessThan(0.5);
  await lab.view('bend');
  expect(difference(trained, await lab.picture('bend'))).toBeLessThan(0.01);
});

test('a click on the curve goes to that moment, and the link remembers it', async ({ page }) => {
  const lab = await open(page);
  const { x, y, w, h } = await lab.box('curve');
  await page.mouse.click(x + 2, y + h / 2);
  await lab.settled();
  expect((await lab.state() as any).snapshot).toBe(0);
  await page.mouse.click(x + w - 2, y + h / 2);
  await lab.settled();
  expect((await lab.state() as any).snapshot).toBe(-1);
  await lab.set('snapshot', 4);
  expect(await page.evaluate(() => (window as any).lab.link())).toContain('snapshot=4');
  const words = await lab.control('snapshot').getAttribute('aria-valuetext');
  await open(await page.context().newPage(), '&snapshot=4').then(async (again) => {
    expect(await again.control('snapshot').getAttribute('aria-valuetext')).toBe(words);
  });
});

test('it plays from noise to digits and stops there', async ({ page }) => {
  test.setTimeout(60_000);
  const lab = await open(page);
  const end = await last(lab), seen = new Set<number>();
  await lab.control('time:play').evaluate((button: HTMLElement) => button.click());
  await expect.poll(async () => {
    const { snapshot } = await lab.state() as any;
    seen.add(snapshot);
    return snapshot === -1 && seen.size > 1;
  }, { timeout: 40_000, intervals: [100] }).toBe(true);
  expect(seen.size).toBeGreaterThan(end / 2);
  await lab.settled();  // nothing moves any more
});

test('a tile of the map is what a click on it decodes', async ({ page }) => {
  const lab = await open(page);
  const map = await lab.box('time:map'), tiles = Math.round(map.w / 28);
  for (const [column, row] of [[2, 1], [tiles - 3, 4], [5, tiles - 2]]) {
    const [x, y] = [map.x + column * 28, map.y + row * 28];
    const image = readPng(await page.screenshot({ clip: { x, y, width: 28, height: 28 } }));
    const tile = Array.from({ length: 784 }, (_, i) => -image.at(i % 28, Math.floor(i / 28)));
    await page.mouse.click(x + 14, y + 14);
    await page.mouse.move(2, 2);
    await lab.settled();
    expect(correlation(tile, await lab.picture('time:digit')), `tile ${column}, ${row}`).toBeGreaterThan(0.97);
  }
});

test('another model offers the way to the one that has snapshots', async ({ page }) => {
  const lab = new Lab(page);
  await lab.open('#view=time&model=mlp');
  await lab.click('time:use');
  await expect(lab.control('snapshot')).toBeAttached({ timeout: 15_000 });
  expect((await lab.state() as any).model).toBe('aevb');
});

test('snapshots that do not arrive can be asked for again', async ({ page }) => {
  await page.route('**/aevb.snapshots.bin', (route) => route.fulfill({ body: 'not snapshots' }));
  const lab = new Lab(page);
  await lab.open('#view=time&model=aevb');
  await expect(lab.control('again')).toBeAttached({ timeout: 15_000 });
  await page.unroute('**/aevb.snapshots.bin');
  await lab.control('again').evaluate((button: HTMLElement) => button.click());
  await expect(lab.control('snapshot')).toBeAttached({ timeout: 15_000 });
});

test('a moment beyond the last is the last', async ({ page }) => {
  const lab = await open(page, '&snapshot=99');
  expect((await lab.state() as any).snapshot).toBe(-1);
  expect(await page.evaluate(() => (window as any).lab.link())).not.toContain('snapshot');
  expect(await lab.control('snapshot').inputValue()).toBe(String(await last(lab)));
});

test('the map is of one moment in every frame', async ({ page }) => {
  await open(page);
  const [first, second] = await page.evaluate(async () => {
    const { lab } = window as any, canvas = document.querySelector('canvas')!;
    const copy = document.createElement('canvas'), { x, y, w, h } = lab.item('time:map');
    Object.assign(copy, { width: w, height: h });
    const framesOf = async (snapshot: number) => {
      const pictures: string[] = [];
      lab.remote('snapshot', snapshot);
      for (let frames = lab.state().frames; ; ++frames) {
        await new Promise(requestAnimationFrame);  // right after the lab's own frame, whose picture is still there
        if (lab.state().frames === frames) return pictures;
        copy.getContext('2d')!.drawImage(canvas, x, y, w, h, 0, 0, w, h);
        pictures.push(copy.toDataURL());
      }
    };
    return [await framesOf(2), await framesOf(5)];
  });
  const before = first.at(-1)!, after = second.at(-1)!;
  expect(after).not.toBe(before);
  for (const picture of second) expect([before, after]).toContain(picture);
});
