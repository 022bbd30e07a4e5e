// The lab as a guest: links that were damaged on their way, frames, paper, several pointers, slow frames.
import { expect, Lab, test } from './page';
import { readPng } from './png.mjs';

test.use({ viewport: { width: 1024, height: 1100 } });

const link = (lab: Lab): Promise<string> => lab.page.evaluate(() => (window as any).lab.link());

test('the address follows within a second while something plays', async ({ page }) => {
  const lab = new Lab(page);
  await page.goto('/');
  await page.evaluate(() => (window as any).lab.ready);
  expect((await lab.state()).playing).toBe(true);
  await page.evaluate(() => (window as any).lab.remote('surprise', 1));
  await expect.poll(() => page.evaluate(() => location.hash), { timeout: 5000 }).toContain('z=');
  const before = await page.evaluate(() => location.hash);
  await expect.poll(() => page.evaluate(() => location.hash), { timeout: 5000 }).not.toBe(before);
});

test('nothing is drawn where nothing moves, though a morph plays in another view', async ({ page }) => {
  const lab = new Lab(page);
  await lab.open('#playing=1&view=bend');
  await lab.settled();
  const { frames, playing } = await lab.state();
  expect(playing).toBe(true);
  await page.waitForTimeout(500);
  expect((await lab.state()).frames).toBe(frames);
});

test('a link that mail has damaged opens; what is not understood of it is told', async ({ page }) => {
  const lab = new Lab(page);
  await lab.open('#View=Map&amp;model=aevb&amp;playing=0.');
  expect(await lab.state()).toMatchObject({ view: 'map', model: 'aevb', playing: false });
  await expect(page.locator('#notice')).toBeHidden();
  await page.evaluate(() => { location.hash = '#view=draw&vew=map&seed=-1'; });
  await expect(page.locator('#notice')).toContainText('vew=map, seed=-1');
  await lab.settled();
  expect((await lab.state()).view).toBe('draw');
  await page.goto('about:blank');
  await lab.open('#playing=0&view=nowhere&model=nobody');
  await expect(page.locator('#notice')).toContainText('view=nowhere, model=nobody');
  expect(await link(lab)).not.toContain('no');
});

test('a link to another model waits for that alone, though the default began to come', async ({ page }) => {
  let come: () => void;
  const late = new Promise<void>((resolve) => { come = resolve; });
  await page.route('**/weights.bin', async (route) => {
    await late;
    await route.continue().catch(() => {});
  });
  const lab = new Lab(page);
  await lab.open('#playing=0&%6Dodel=aevb');
  expect((await lab.state()).model).toBe('aevb');
  come!();
  await page.waitForTimeout(500);
  await expect(page.locator('#notice')).toBeHidden();
});

test('an address that was just typed is not written over', async ({ page }) => {
  await page.addInitScript(() => {  // what the page does after 400 ms, the test does
    const later = window.setTimeout, due: (() => void)[] = [];
    (window as any).setTimeout = (f: any, ms?: number) => (ms === 400 ? due.push(f) : later(f, ms));
    (window as any).write = () => due.splice(0).map((f) => f()).length;
  });
  const lab = new Lab(page);
  await lab.open('#playing=0');
  await lab.set('surprise');
  expect(await page.evaluate(() => {
    location.hash = '#view=inside';
    return (window as any).write();
  })).toBe(1);
  await lab.settled();
  expect((await lab.state()).view).toBe('inside');
  await lab.set('surprise');
  await page.evaluate(() => (window as any).write());
  expect(await page.evaluate(() => location.hash)).toContain('view=inside');
});

test('in a frame that may not copy, "Copy link" shows the link', async ({ page }) => {
  await page.route('**/course.html', (route) => route.fulfill({ contentType: 'text/html',
    body: '<!doctype html><iframe style="width:1000px;height:1000px" src="/#playing=0&view=inside"></iframe>' }));
  await page.goto('/course.html');
  const frame = page.frames()[1];
  await frame.waitForFunction(() => (window as any).lab?.state()?.frames > 0);
  await frame.evaluate(() => {
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(new Error('denied')) } });
    (window as any).lab.remote('link', 1);
  });
  const field = frame.locator('#link');
  await expect(field).toHaveValue(/#.*view=inside/);
  expect(await field.evaluate((input: HTMLInputElement) => input.selectionEnd! - input.selectionStart!)).toBeGreaterThan(20);
  await frame.getByRole('button', { name: 'Close' }).click();
  await expect(frame.locator('#notice')).toBeHidden();
});

test('what is printed from a dark screen is dark on light, without buttons of the page', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  const lab = new Lab(page);
  await lab.open('#playing=0');
  const corner = async () => {
    const image = readPng(await page.screenshot({ clip: await page.locator('#canvas').boundingBox() as any }));
    const all = Array.from({ length: 4000 }, (_, i) => image.at((i * 37) % image.width, (i * 53) % image.height));
    return all.reduce((a, b) => a + b) / all.length;
  };
  expect(await corner()).toBeLessThan(90);
  await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
  await lab.settled();
  expect(await corner()).toBeGreaterThan(150);
  await page.emulateMedia({ colorScheme: 'dark', media: 'screen' });
  await lab.settled();
  expect(await corner()).toBeLessThan(90);
});

test('Ctrl and the wheel are the browser\'s zoom, but for the map', async ({ page }) => {
  const lab = new Lab(page);
  await lab.open('#playing=0&view=generate');
  await page.evaluate(() => addEventListener('wheel', (event) => {
    ((window as any).taken ??= []).push(event.defaultPrevented);
    event.preventDefault();
  }, { passive: false }));
  const over = async (x: number, y: number) => {
    await page.mouse.move(x, y);
    await lab.settled();
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, 20);
    await page.keyboard.up('Control');
    await expect.poll(() => page.evaluate(() => (window as any).taken?.length)).toBeGreaterThan(0);
    return page.evaluate(() => (window as any).taken.splice(0)[0]);
  };
  expect(await over(300, 400)).toBe(false);
  await lab.open('#playing=0&view=map&model=aevb');
  const { x, y, w, h } = await lab.box('map');
  await page.evaluate(() => addEventListener('wheel', (event) => ((window as any).taken ??= []).push(event.defaultPrevented)));
  expect(await over(x + w / 2, y + h / 2)).toBe(true);
  expect(await over(x + w / 2, y - 60)).toBe(false);
});

test.describe('fingers', () => {
  test.use({ hasTouch: true, viewport: { width: 400, height: 700 } });

  test('one that moves up from the map scrolls the page, and changes nothing', async ({ page }) => {
    const lab = new Lab(page);
    await lab.open('#playing=0&view=map&model=aevb&even=1&zoom=2');
    await page.evaluate(() => { scrollTo(0, (window as any).lab.item('map').y - 100); });
    await lab.settled();
    const before = await page.evaluate(() => scrollY), was = await link(lab), { x, y, w, h } = await lab.box('map');
    const cdp = await page.context().newCDPSession(page);
    const touch = (type: string, at?: number) => cdp.send('Input.dispatchTouchEvent', {
      type: type as 'touchStart', touchPoints: at === undefined ? [] : [{ x: x + 0.3 * w, y: at }] });
    await touch('touchStart', y + 0.7 * h);
    for (let at = y + 0.7 * h; at > y + 0.7 * h - 200; at -= 10) await touch('touchMove', at);
    await touch('touchEnd');
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(before + 60);
    await lab.settled();
    expect(await link(lab)).toBe(was);
  });
});

/** Sends pointer events to the drawing pad, all within one frame: [type, id, kind of pointer, x, y] in fractions of it. */
async function onPad(lab: Lab, events: [string, number, string, number, number][]) {
  await lab.page.evaluate((list) => {
    const pad = document.querySelector('#controls [data-name="pad"]')!, box = pad.getBoundingClientRect();
    for (const [type, pointerId, pointerType, x, y] of list) {
      pad.dispatchEvent(new PointerEvent(type, { pointerId, pointerType, isPrimary: true, bubbles: true, cancelable: true,
        button: type === 'pointermove' ? -1 : 0, clientX: box.x + x * box.width, clientY: box.y + y * box.height }));
    }
  }, events);
  await lab.settled();
}
const ring = (id: number, kind: string): [string, number, string, number, number][] => Array.from({ length: 41 }, (_, i) => {
  const [x, y] = [0.5 + 0.25 * Math.sin(i * Math.PI / 20), 0.5 - 0.35 * Math.cos(i * Math.PI / 20)];
  return [i === 0 ? 'pointerdown' : i === 40 ? 'pointerup' : 'pointermove', id, kind, x, y];
});

test.describe('pens', () => {
  const drawn = async (lab: Lab) => new URLSearchParams(await link(lab)).get('ink') ?? '';

  test('a stroke keeps its points when a whole ring comes within one frame', async ({ page }) => {
    const lab = new Lab(page);
    await lab.open('#playing=0&view=draw');
    await onPad(lab, ring(1, 'pen'));
    expect((await lab.state() as any).strokes).toBe(1);
    const picture = await lab.picture('input');
    expect(picture[28 * 14 + 14]).toBeLessThan(0.1);  // a zero is empty inside
    expect(picture.filter((ink) => ink > 0.5).length).toBeGreaterThan(50);
  });

  test('a palm beside the pen leaves no trace', async ({ page }) => {
    const lab = new Lab(page);
    await lab.open('#playing=0&view=draw');
    await onPad(lab, ring(1, 'pen'));
    const alone = await drawn(lab);
    await lab.set('clear');
    const mixed: [string, number, string, number, number][] = [];
    ring(1, 'pen').forEach((event, i) => {
      mixed.push(event);
      if (i === 5) mixed.push(['pointerdown', 2, 'touch', 0.9, 0.9]);
      if (i > 5 && i < 30) mixed.push(['pointermove', 2, 'touch', 0.9, 0.9 + i / 1000]);
      if (i === 30) mixed.push(['pointercancel', 2, 'touch', 0.9, 0.9]);
    });
    await onPad(lab, mixed);
    expect(await drawn(lab)).toBe(alone);
    await lab.set('clear');
    await onPad(lab, [['pointerdown', 2, 'touch', 0.9, 0.9], ['pointermove', 2, 'touch', 0.9, 0.8]]);
    await onPad(lab, ring(1, 'pen'));  // the pen takes over
    expect(await drawn(lab)).toBe(alone);
  });
});
