// The lab as a visitor has it: what the screen shows after real mouse, touch and key events, on good days and bad.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test as base } from '@playwright/test';
import { correlation, expect, inkShare, inner, LATENT, Lab, test, withFlags } from './page';
import { largestDifference, weightsPath } from './support.mjs';

test.use({ viewport: { width: 1024, height: 1300 } });

/** Mean ink of the digits on the screen, one number each. */
async function inkOfSamples(lab: Lab) {
  const { count } = await lab.state();
  const names = Array.from({ length: count - 3 }, (_, i) => `sample:${i + 3}`);  // the first three carry badges
  const screens = await lab.screens(names);
  // Paper is what most of the screen is, ink what is farthest from it.
  const all = screens.flatMap(inner).sort((a, b) => a - b);
  const [low, high] = [all[0], all[all.length - 1]];
  const dark = all.filter((l) => l < (low + high) / 2).length > all.length / 2;
  return screens.map((screen) => inkShare(screen, dark ? low : high, dark ? high : low));
}
const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;

test.describe('first sight', () => {
  test('the page loads, and its screenshot holds digits', async ({ page, lab }) => {
    await expect(page.locator('h1')).toHaveText('Digit lab');
    await expect(page.locator('#notice')).toBeHidden();
    await expect(page.locator('#facts')).toContainText('latent=24');
    const ink = await inkOfSamples(lab);
    expect(ink.length).toBeGreaterThanOrEqual(12);
    expect(mean(ink)).toBeGreaterThan(0.08);  // MNIST's mean is 0.13
    expect(mean(ink)).toBeLessThan(0.2);
    for (const share of ink) expect(share).toBeGreaterThan(0.03), expect(share).toBeLessThan(0.4);
    // And they are the ones that the model drew, each its own.
    const names = ['sample:4', 'sample:11', 'morph', 'digit', 'A', 'B'], screens = await lab.screens(names);
    for (const [i, name] of names.entries()) {
      expect(correlation(inner(await lab.picture(name)), inner(screens[i]).map((l) => -l)), name).toBeGreaterThan(0.98);
    }
    expect(correlation(await lab.picture('sample:4'), await lab.picture('sample:11'))).toBeLessThan(0.9);
  });

  test('everything it takes comes once, and what its head names before its script asks', async ({ page }) => {
    const requests: string[] = [];
    page.on('request', (request) => { if (!request.url().startsWith('data:')) requests.push(new URL(request.url()).pathname); });
    await new Lab(page).open();
    expect(requests).toEqual([...new Set(requests)]);
    const named = await page.locator('link[rel=modulepreload], link[rel=preload]')
      .evaluateAll((links) => links.map((link) => new URL((link as HTMLLinkElement).href).pathname));
    expect(named).toContain('/lab.wasm');
    expect(requests.slice(0, requests.indexOf('/weights.bin'))).toEqual(expect.arrayContaining(named));
  });

  test('idle, it draws nothing and asks for no frame', async ({ page }) => {
    await page.addInitScript(() => {
      const real = window.requestAnimationFrame;
      (window as any).requested = 0;
      window.requestAnimationFrame = (callback) => { (window as any).requested += 1; return real(callback); };
      // While a page listens to gamepads, the browser looks for them all the time.
      const [add, remove] = [window.addEventListener, window.removeEventListener] as any[];
      (window as any).gamepads = 0;
      const count = (type: string, n: number) => { if (type.startsWith('gamepad')) (window as any).gamepads += n; };
      window.addEventListener = (type: string, ...rest: any[]) => { count(type, 1); add.call(window, type, ...rest); };
      window.removeEventListener = (type: string, ...rest: any[]) => { count(type, -1); remove.call(window, type, ...rest); };
    });
    const lab = new Lab(page);
    await lab.open();
    expect(await page.evaluate(() => (window as any).gamepads)).toBe(0);
    const counts = async () => [(await lab.state()).frames, await page.evaluate(() => (window as any).requested)];
    const before = await counts();
    expect(before[1]).toBeGreaterThan(0);
    await page.waitForTimeout(2000);
    expect(await counts()).toEqual(before);
  });

  test('nothing moves by itself, and what plays stops while it is scrolled away', async ({ page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const lab = new Lab(page);
    await lab.open('');
    expect((await lab.state()).playing).toBe(false);
    await page.evaluate(() => { document.body.style.paddingBottom = '4000px'; });
    const box = await lab.box('play');
    await page.mouse.click(box.x + box.w / 2, box.y + box.h / 2);
    const frames = async () => (await lab.state()).frames;
    const playing = await frames();
    await expect.poll(frames).toBeGreaterThan(playing + 3);
    await page.evaluate(() => scrollTo(0, 3500));
    await page.waitForTimeout(300);
    // The browser may tell of the scrolling a few frames late; from then on none comes.
    let away = -1;
    await expect.poll(async () => away === (away = await frames()), { intervals: [700] }).toBe(true);
    await page.waitForTimeout(700);
    expect(await frames()).toBe(away);
    await page.evaluate(() => scrollTo(0, 0));
    await expect.poll(frames).toBeGreaterThan(away + 1);
  });

  test('memory stays what it is through hundreds of digits and every view', async ({ page }) => {
    test.setTimeout(120_000);
    const lab = new Lab(page);
    await lab.open();
    const round = () => page.evaluate(async () => {
      const { remote } = (window as any).lab;
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      for (let view = 0; view < 8; ++view) {
        remote('view', view);
        await frame();
        for (let i = 0; i < 6; ++i) {
          for (const press of ['new', 'surprise', 'another', 'stop_surprise']) remote(press, 1);
          remote('t', (i % 10) / 10);
          remote('latent:0', i / 4 - 1.5);
          await frame();
        }
      }
      remote('view', 0);
      await frame();
      return (window as any).lab.memory();
    });
    await round();
    const before = await round();
    for (let i = 0; i < 5; ++i) expect(await round()).toBe(before);
  });

  test('a reload works as the first time', async ({ page, lab }) => {
    const before = await lab.screen('sample:5');
    for (let i = 0; i < 3; ++i) {
      await page.reload();
      await lab.ready();
    }
    expect(await lab.screen('sample:5')).toEqual(before);
  });
});

test.describe('mouse', () => {
  test('dragging a latent slider bends the digit on the screen', async ({ lab }) => {
    await lab.view('bend');
    const before = await lab.screen('bend'), { z } = await lab.state();
    const share = (value: number) => 0.5 + value / 6 * 0.9;  // roughly: the track has margins
    await lab.drag('latent:3', share(z[3]), 0.9);
    const after = await lab.screen('bend'), now = (await lab.state()).z;
    expect(now[3]).toBeGreaterThan(1.5);
    expect(now.filter((_, i) => i !== 3)).toEqual(z.filter((_, i) => i !== 3));
    expect(largestDifference(after, before)).toBeGreaterThan(60);
    expect(correlation(inner(await lab.picture('bend')), inner(after).map((l) => -l))).toBeGreaterThan(0.98);
    await lab.drag('latent:3', 0.9, 0.1);
    expect((await lab.state()).z[3]).toBeLessThan(-1.5);
  });

  test('a dragged slider has its picture within a frame', async ({ page }) => {
    await page.addInitScript(() => {
      const real = window.requestAnimationFrame;
      (window as any).milliseconds = [];
      window.requestAnimationFrame = (callback) => real((now) => {
        const start = performance.now();
        callback(now);
        (window as any).milliseconds.push(performance.now() - start);
      });
    });
    const lab = new Lab(page);
    await lab.open();
    await lab.view('bend');
    await page.evaluate(() => { (window as any).milliseconds.length = 0; });
    for (let i = 0; i < 5; ++i) await lab.drag('latent:2', 0.2 + 0.1 * (i % 2), 0.8);
    const times: number[] = await page.evaluate(() => (window as any).milliseconds);
    expect(times.length).toBeGreaterThan(20);
    expect(times.sort((a, b) => a - b)[times.length >> 1]).toBeLessThan(16.7);  // from input to all drawing commands
  });

  for (const way of ['lerp', 'slerp']) {
    test(`${way}: the morph is A at t = 0 and B at t = 1, in numbers and on the screen`, async ({ page, lab }) => {
      await lab.click(way === 'lerp' ? 'way:0' : 'way:1');
      expect((await lab.state()).slerp).toBe(way === 'slerp');
      for (const [t, from, to, end] of [[0, 0.5, -0.05, 'A'], [1, 0.02, 1.05, 'B']] as const) {
        await lab.drag('t', from, to);
        expect((await lab.state()).t).toBe(t);
        expect(largestDifference(await lab.picture('morph'), await lab.picture(end))).toBeLessThanOrEqual(1e-6);
        const [morph, same, other] = (await lab.screens(['morph', end, end === 'A' ? 'B' : 'A'])).map(inner);
        expect(largestDifference(morph, same)).toBeLessThanOrEqual(2);
        expect(largestDifference(morph, other)).toBeGreaterThan(60);
      }
      // The film strip runs from A to B.
      for (const [frame, end] of [['strip:0', 'A'], ['strip:8', 'B']]) {
        expect(largestDifference(await lab.picture(frame), await lab.picture(end))).toBeLessThanOrEqual(1e-6);
      }
      await page.mouse.move(2, 2);
    });
  }

  test('a click on a sample makes it the current digit, which can become A or B, and be undone', async ({ lab }) => {
    const first = await lab.picture('digit'), a = await lab.picture('A'), b = await lab.picture('B');
    await lab.click('sample:6');
    expect(await lab.picture('digit')).toEqual(await lab.picture('sample:6'));
    await lab.click('useA');
    expect(await lab.picture('A')).toEqual(await lab.picture('sample:6'));
    expect(await lab.picture('B')).toEqual(b);
    await lab.click('surprise');
    expect(await lab.picture('digit')).not.toEqual(await lab.picture('sample:6'));
    await lab.click('undo');
    expect(await lab.picture('digit')).toEqual(await lab.picture('sample:6'));
    await lab.click('undo');
    expect(await lab.picture('A')).toEqual(a);
    await lab.click('undo');
    expect(await lab.picture('digit')).toEqual(first);
    await lab.click('redo');
    expect(await lab.picture('digit')).toEqual(await lab.picture('sample:6'));
  });

  test('"a seven, please" gives sevens, and the temperature 0 the means of its components', async ({ lab }) => {
    await lab.click('class:8');
    expect((await lab.state()).digit).toBe(7);
    await expect(lab.control('sample:0')).toHaveText(/Sample 1, looks like .*7/);
    const words = await lab.page.locator('#controls [data-name^="sample:"]').allTextContents();
    expect(words.filter((text) => /looks like .*7/.test(text)).length).toBeGreaterThan(0.8 * words.length);
    const different = async () => new Set(await Promise.all(words.map(async (_, i) => String(await lab.picture(`sample:${i}`)))));
    expect((await different()).size).toBe(words.length);
    await lab.set('temperature', 0);
    expect((await different()).size).toBeLessThan(words.length / 2);
  });

  test('play walks from A to B and back until it is paused', async ({ page, lab }) => {
    const box = await lab.box('play');
    const press = () => page.mouse.click(box.x + box.w / 2, box.y + box.h / 2);
    await press();
    const seen = new Set<number>();
    await expect.poll(async () => seen.add((await lab.state()).t).size).toBeGreaterThan(4);
    await press();
    await lab.settled();
    expect((await lab.state()).playing).toBe(false);
    const { t } = await lab.state();
    await page.waitForTimeout(300);
    expect((await lab.state()).t).toBe(t);
  });

  test('"New samples" and "Set to zero" do what they say', async ({ lab }) => {
    const before = await lab.screen('sample:5'), { seed } = await lab.state();
    await lab.click('new');
    expect((await lab.state()).seed).not.toBe(seed);
    expect(largestDifference(await lab.screen('sample:5'), before)).toBeGreaterThan(60);
    await lab.view('bend');
    await lab.click('reset');
    expect((await lab.state()).z.every((value) => value === 0)).toBe(true);
  });

  test('the wheel scrolls the page, over the canvas too', async ({ page }) => {
    await page.setViewportSize({ width: 1024, height: 500 });
    const lab = new Lab(page);
    await lab.open();
    for (const [x, y] of [[500, 20], [700, 300], [200, 400]]) {
      await page.evaluate(() => scrollTo(0, 0));
      await page.mouse.move(x, y);
      await page.mouse.wheel(0, 250);
      await expect.poll(() => page.evaluate(() => scrollY), { message: `at ${x},${y}` }).toBeGreaterThan(200);
    }
  });
});

test.describe('touch', () => {
  test.use({ hasTouch: true });

  test('a finger drags a slider', async ({ page, lab }) => {
    await lab.view('bend');
    const cdp = await page.context().newCDPSession(page), { x, y, w, h } = await lab.box('latent:2');
    const touch = (type: string, at?: number) => cdp.send('Input.dispatchTouchEvent', {
      type: type as 'touchStart', touchPoints: at === undefined ? [] : [{ x: x + at * w, y: y + h / 2 }] });
    const before = await lab.screen('bend');
    await touch('touchStart', 0.5);
    for (let at = 0.5; at >= 0.15; at -= 0.03) await touch('touchMove', at);
    await touch('touchEnd');
    await lab.settled();
    expect((await lab.state()).z[2]).toBeLessThan(-1.2);
    expect(largestDifference(await lab.screen('bend'), before)).toBeGreaterThan(40);
  });

  test('a finger that moves up scrolls the page, even from a slider, which stays', async ({ page }) => {
    await page.setViewportSize({ width: 400, height: 700 });
    const lab = new Lab(page);
    await lab.open();
    await page.evaluate(() => { const { y } = (window as any).lab.item('t'); scrollTo(0, y - 300); });
    await lab.settled();
    const before = await page.evaluate(() => scrollY), { t } = await lab.state(), { x, y, w, h } = await lab.box('t');
    const cdp = await page.context().newCDPSession(page);
    const touch = (type: string, at?: number) => cdp.send('Input.dispatchTouchEvent', {
      type: type as 'touchStart', touchPoints: at === undefined ? [] : [{ x: x + 0.9 * w, y: at }] });
    await touch('touchStart', y + h / 2);
    for (let at = y + h / 2; at > y - 200; at -= 15) await touch('touchMove', at);
    await touch('touchEnd');
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(before + 100);
    await lab.settled();
    expect((await lab.state()).t).toBe(t);
  });
});

test.describe('keys', () => {
  test('space draws new samples and does not scroll', async ({ page, lab }) => {
    const before = await lab.picture('sample:0'), { seed } = await lab.state();
    await page.focus('#canvas');
    await page.keyboard.press(' ');
    await lab.settled();
    expect((await lab.state()).seed).not.toBe(seed);
    expect(await lab.picture('sample:0')).not.toEqual(before);
    expect(await page.evaluate(() => scrollY)).toBe(0);
  });

  test('arrows choose a slider and move it', async ({ page, lab }) => {
    await lab.view('bend');
    const { x, y } = await lab.box('latent:3');
    await page.mouse.move(x + 5, y + 5);  // keys go on from where the pointer is
    const { z } = await lab.state();
    await page.focus('#canvas');
    for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowUp', 'End']) {
      await page.keyboard.press(key);
      await lab.settled();
    }
    const moved = (await lab.state()).z.map((value, i) => value - z[i]);
    expect(z[3] + moved[3]).toBe(3);
    const others = moved.filter((by, i) => i !== 3 && by !== 0);
    expect(others.length).toBe(1);  // the one below it
    expect(others[0]).toBeCloseTo(0.2, 4);
  });

  test('a host page\'s own field keeps its keys: Backspace, space, arrows, Tab', async ({ page, lab }) => {
    await page.evaluate(() => {
      for (const id of ['host', 'next']) {
        const field = Object.assign(document.createElement('input'), { id });
        document.getElementById('stage')!.before(field);
      }
    });
    const before = await lab.state(), host = page.locator('#host');
    await host.click();
    await page.keyboard.type('ab c');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Backspace');
    await expect(host).toHaveValue('a ');
    await page.keyboard.press('Tab');
    await expect(page.locator('#next')).toBeFocused();
    const after = await lab.state();
    expect([after.seed, after.z, after.t]).toEqual([before.seed, before.z, before.t]);
  });

  test('Tab enters the canvas and leaves it, both ways', async ({ page }) => {
    const focused = () => page.evaluate(() => document.activeElement?.id ?? '');
    const lab = new Lab(page);
    await lab.open();
    for (const key of ['Tab', 'Shift+Tab']) {
      await page.focus('#canvas');
      await page.keyboard.press(key);
      expect(await focused(), key).not.toBe('canvas');
    }
    // On from the canvas to the native controls; the samples are one stop.
    await page.focus('#canvas');
    const seen: string[] = [];
    for (let i = 0; i < 8; ++i) {
      await page.keyboard.press('Tab');
      seen.push(await page.evaluate(() => (document.activeElement as HTMLElement)?.dataset.name ?? ''));
    }
    expect(seen).toEqual(expect.arrayContaining(['view', 'model', 'new', 'seed', 'class', 'temperature', 'sample:0']));
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => (document.activeElement as HTMLElement)?.dataset.name)).not.toContain('sample');
  });

  test('a typed seed gives the sheet that the headless module gives', async ({ page, lab }) => {
    const field = lab.control('seed');
    await field.click();
    await field.fill('20261124');
    await field.press('Enter');
    await expect.poll(async () => (await lab.state()).seed).toBe(20261124);
    await lab.settled();
    const { count } = await lab.state();
    const expected = await page.evaluate(async (n) => {
      const { loadModel } = await import('/digit-vae.js' as string);
      const model = await loadModel(await (await fetch('/weights.bin')).arrayBuffer());
      return [...model.sample(20261124, n)] as number[];
    }, count);
    for (let i = 0; i < count; ++i) {
      const difference = largestDifference(await lab.picture(`sample:${i}`), expected.slice(784 * i, 784 * i + 784));
      expect(difference, `sample ${i}`).toBeLessThanOrEqual(1e-5);
    }
    expect(correlation(inner(expected.slice(784 * 4, 784 * 5)), inner(await lab.screen('sample:4')).map((l) => -l)))
      .toBeGreaterThan(0.98);
  });

  test('what is no seed changes nothing', async ({ page, lab }) => {
    const { seed } = await lab.state(), field = lab.control('seed');
    for (const text of ['hello', '-3', '1.5', '']) {
      await field.fill(text);
      await field.press('Enter');
    }
    await lab.settled();
    expect((await lab.state()).seed).toBe(seed);
  });
});

test.describe('sizes and colours', () => {
  for (const deviceScaleFactor of [1, 1.5, 2, 3]) {
    test.describe(() => {
      test.use({ deviceScaleFactor, viewport: { width: 360, height: 740 } });
      test(`360 px wide at density ${deviceScaleFactor}: sharp, and no sideways scrolling`, async ({ page, lab }) => {
        const size = await page.evaluate(() => {
          const canvas = document.querySelector('canvas')!, { scrollWidth, clientWidth } = document.documentElement;
          return { width: canvas.width, height: canvas.height, cssWidth: canvas.clientWidth,
            cssHeight: canvas.clientHeight, scrollWidth, clientWidth };
        });
        expect(size.scrollWidth).toBeLessThanOrEqual(size.clientWidth);
        expect(Math.abs(size.width - size.cssWidth * deviceScaleFactor)).toBeLessThanOrEqual(1);
        expect(Math.abs(size.height - size.cssHeight * deviceScaleFactor)).toBeLessThanOrEqual(1);
        const places = ['samples', 'new', 't', 'A', 'B', 'morph', 'digit', 'useA', 'link'];
        for (const name of [...places, 'bend', 'latent:0', `latent:${LATENT - 1}`, 'reset']) {
          if (name === 'bend') await lab.view('bend');
          const { x, w } = await lab.box(name);
          expect(x, name).toBeGreaterThanOrEqual(0);
          expect(x + w, name).toBeLessThanOrEqual(360);
        }
        await lab.view('generate');
        expect(mean(await inkOfSamples(lab))).toBeGreaterThan(0.08);
      });
    });
  }

  test('dark and light follow the system, and both show digits', async ({ page, lab }) => {
    const paper: Record<string, number> = {};
    for (const colorScheme of ['dark', 'light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await expect.poll(async () => (await lab.state()).theme).toBe(colorScheme);
      await lab.settled();
      const share = mean(await inkOfSamples(lab));
      expect(share).toBeGreaterThan(0.08);
      expect(share).toBeLessThan(0.25);
      paper[colorScheme] = (await lab.screen('morph'))[28 * 14 + 1];
    }
    expect(paper.light - paper.dark).toBeGreaterThan(120);
  });

  test('size 0 and back, then a narrow window and back', async ({ page, lab }) => {
    const before = await lab.screen('sample:5');
    const stage = (style: string) =>
      page.evaluate((s) => { document.querySelector('main')!.style.cssText = s; }, style);
    for (const style of ['display: none', 'width: 0; overflow: hidden', 'height: 0; overflow: hidden']) {
      await stage(style);
      await page.waitForTimeout(150);
      await stage('');
      await lab.settled();
    }
    const sizes = () => page.evaluate(() => {
      const canvas = document.querySelector('canvas')!;
      return [canvas.width - canvas.clientWidth, canvas.height - canvas.clientHeight, innerWidth - canvas.clientWidth];
    });
    for (const [width, height] of [[200, 150], [640, 900], [1024, 1300]]) {
      await page.setViewportSize({ width, height });
      await expect.poll(async () => (await sizes()).map((d) => d <= 60)).toEqual([true, true, true]);
      await lab.settled();
      expect((await sizes()).slice(0, 2)).toEqual([0, 0]);  // the backing store follows
    }
    expect(await lab.screen('sample:5')).toEqual(before);
  });
});

test('a picture is saved as it is shown', async ({ page, lab }) => {
  const [download] = await Promise.all([page.waitForEvent('download'), lab.click('png')]);
  expect(download.suggestedFilename()).toBe('digit.png');
  expect(readFileSync(await download.path()).subarray(0, 4)).toEqual(Buffer.from('\x89PNG', 'latin1'));
});

test('without a clipboard, as on http, "Copy link" points to the address', async ({ page, lab }) => {
  await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await lab.click('link');
  await expect(page.locator('#live.seen')).toHaveText(/address/);
  await expect(page.locator('#notice')).toBeHidden();
});

test.describe('bad days', () => {
  const trained = readFileSync(weightsPath);
  const damaged = Buffer.from(trained);
  damaged[90000] ^= 1;
  const answers = {
    'http': [{ status: 404, body: 'nothing here' }, { status: 500, body: '' }],
    'not-weights': [{ contentType: 'text/html', body: '<!doctype html><title>Sign in</title><p>Sign in first.' }],
    'truncated': [{ body: trained.subarray(0, 100000) }, { body: '' }],
    'crc': [{ body: damaged }],
    'network': [null],
  };
  for (const [code, list] of Object.entries(answers)) {
    list.forEach((answer, i) => test(`weights that are ${code} (${i + 1}) give text with the code, and retry works`,
      async ({ page, silent }) => {
        await page.route('**/weights.bin', (route) => (answer ? route.fulfill(answer) : route.abort()));
        await page.goto('/#playing=0');
        const notice = page.locator('#notice');
        await expect(notice).toContainText(`(${code})`);
        await expect(notice).toBeVisible();
        await expect(page.locator('#stage')).toBeHidden();
        await page.unroute('**/weights.bin');
        await page.getByRole('button', { name: 'Try again' }).click();
        const lab = new Lab(page);
        await expect(page.locator('#stage')).toBeVisible();
        await lab.settled();
        await expect(notice).toBeHidden();
        expect(mean(await inkOfSamples(lab))).toBeGreaterThan(0.08);
        expect(silent.splice(0).filter((message) => !message.startsWith('Failed to load resource'))).toEqual([]);
      }));
  }

  test('trying again loads the model that the link names', async ({ page, silent }) => {
    await page.route('**/mlp.bin', (route) => route.fulfill({ status: 404 }));
    await page.goto('/#playing=0&model=mlp');
    await expect(page.locator('#notice')).toContainText('(http)');
    await page.unroute('**/mlp.bin');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.locator('#stage')).toBeVisible();
    await expect(page.locator('#facts')).toContainText('latent=20');
    expect(silent.splice(0).filter((message) => !message.startsWith('Failed to load resource'))).toEqual([]);
  });

  test('a module that cannot be had is told, however late the weights come', async ({ page, silent }) => {
    await page.route('**/lab.wasm', (route) => route.abort());
    await page.route('**/weights.bin', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 700));
      await route.continue().catch(() => {});
    });
    await page.goto('/#playing=0');
    await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
    await page.waitForTimeout(1500);
    await expect(page.locator('#notice')).toContainText('(wasm)');
    await page.unroute('**/lab.wasm');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.locator('#stage')).toBeVisible();
    silent.splice(0);
  });

  test('a decoder alone is refused in words', async ({ page, lab }) => {
    const decoder = readFileSync('build/web/weights.decoder.bin').toString('base64');
    const answer = await page.evaluate((b64) =>
      (window as any).lab.load(Uint8Array.from(atob(b64), (c) => c.charCodeAt(0))), decoder);
    expect(answer).toMatchObject({ code: 'names', message: /decoder alone/ as any });
    expect((await lab.state()).model).toBe('resnet');
  });

  test('WebGL that does not come back is told', async ({ page, lab, silent }) => {
    await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('#canvas')!;
      canvas.getContext('webgl2')!.getExtension('WEBGL_lose_context')!.loseContext();
    });
    await expect(page.locator('#notice')).toContainText('(webgl)', { timeout: 8000 });
    await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
    expect(await lab.state()).toBeNull();
    silent.splice(0);
  });

  test('after a failed start one\'s own file can be dropped; a folder is refused in words', async ({ page, silent }) => {
    await page.route('**/weights.bin', (route) => route.fulfill({ status: 404 }));
    await page.goto('/#playing=0');
    await expect(page.locator('#notice')).toContainText('(http)');
    const drop = (bytes: Buffer | null) => page.evaluate((content) => {
      const files = content ? [new File([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))], 'w.bin')]
        : [{ name: 'a folder', size: 0, arrayBuffer: () => Promise.reject(new Error('not a file')) }];
      const event = new Event('drop', { bubbles: true, cancelable: true });
      Object.defineProperty(event, 'dataTransfer', { value: { files } });
      document.body.dispatchEvent(event);
    }, bytes && bytes.toString('base64'));
    await drop(null);
    await expect(page.locator('#notice')).toContainText('a folder cannot be read as a file: not a file. (not-weights)');
    await expect(page.locator('#retry')).toBeVisible();  // the start can still be tried again
    await expect(page.locator('#close')).toBeHidden();
    await drop(readFileSync(weightsPath));
    await expect(page.locator('#stage')).toBeVisible();
    await expect(page.locator('#notice')).toBeHidden();
    const lab = new Lab(page);
    await lab.settled();
    expect(mean(await inkOfSamples(lab))).toBeGreaterThan(0.08);
    await drop(null);
    await expect(page.locator('#retry')).toBeHidden();
    await page.getByRole('button', { name: 'Close' }).click();
    await expect(page.locator('#notice')).toBeHidden();
    await expect(page.locator('#canvas')).toBeFocused();
    expect(silent.splice(0).filter((message) => !message.startsWith('Failed to load resource'))).toEqual([]);
  });

  test('a bad file given later changes nothing; a good one is taken', async ({ page, lab }) => {
    const before = await lab.picture('sample:3');
    const load = (bytes: Buffer) => page.evaluate((b64) =>
      (window as any).lab.load(Uint8Array.from(atob(b64), (c) => c.charCodeAt(0))), bytes.toString('base64'));
    expect(await load(damaged)).toMatchObject({ code: 'crc', message: /damaged/ as any });
    expect((await load(trained.subarray(0, 9999))).code).toBe('truncated');
    expect(await lab.picture('sample:3')).toEqual(before);
    expect(await load(trained)).toBeNull();
    await lab.settled();
    expect(await lab.picture('sample:3')).toEqual(before);
  });

  test('no canvas is read back, where browsers that protect from fingerprints give noise', async ({ page }) => {
    await page.addInitScript(() => {
      CanvasRenderingContext2D.prototype.getImageData = () => { throw new Error('read back'); };
    });
    await new Lab(page).open();
    await expect(page.locator('#notice')).toBeHidden();
  });

  test('a lost WebGL context that comes back is drawn again within a second', async ({ page, lab, silent }) => {
    await lab.click('new');
    const before = await lab.screen('sample:5');
    await page.evaluate(async () => {
      const gl = document.querySelector('canvas')!.getContext('webgl2')!;
      const extension = gl.getExtension('WEBGL_lose_context')!;
      const pause = () => new Promise((resolve) => setTimeout(resolve, 100));
      for (let i = 0; i < 2; ++i) {
        extension.loseContext();
        await pause();
        extension.restoreContext();
        await pause();
      }
    });
    await page.waitForTimeout(900);
    expect(await lab.screen('sample:5')).toEqual(before);
    await lab.click('new');
    expect(largestDifference(await lab.screen('sample:5'), before)).toBeGreaterThan(60);
    // Chromium announces the loss itself; an error of ours would be an INVALID_OPERATION.
    expect(silent.splice(0).filter((message) => !message.includes('CONTEXT_LOST_WEBGL'))).toEqual([]);
  });

  for (const [name, flag, code] of [['WebGL', '--disable-3d-apis', 'webgl'],
    ['WebAssembly', '--js-flags=--jitless', 'wasm']]) {
    base(`without ${name} the page says so`, async ({ baseURL, launchOptions }) => {
      await withFlags(launchOptions, [flag], baseURL, async (page) => {
        const errors: string[] = [];
        page.on('pageerror', (error) => errors.push(String(error)));
        await page.goto('/#playing=0');
        await expect(page.locator('#notice')).toContainText(`(${code})`);
        await expect(page.locator('#notice')).toContainText(new RegExp(`${name}.*[Pp]lease`));
        expect(errors).toEqual([]);
      });
    });
  }

  for (const [where, address] of [['', '/'], [', in the one file', pathToFileURL(resolve('build/dist/digit-vae.html')).href]]) {
    base(`without WebGL there are digits on plain canvases${where}`, async ({ baseURL, launchOptions }) => {
      await withFlags(launchOptions, ['--disable-3d-apis'], baseURL, async (page) => {
        await page.goto(address);
        await expect(page.locator('#notice')).toContainText('(webgl)');
        const [sheet, morph] = [page.locator('#plain digit-vae').first(), page.locator('#plain digit-vae').last()];
        // The opacity of a canvas' pixels, which is the ink.
        const ink = (element: typeof sheet) => element.getByRole('img').first().evaluate((canvas: HTMLCanvasElement) =>
          [...canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data]
            .filter((_, i) => i % 4 === 3).map((alpha) => alpha / 255));
        const width = 6 * 28, digitOf = (whole: number[], n: number) => Array.from({ length: 784 }, (_, i) =>
          whole[Math.floor(i / 28) * width + n * 28 + i % 28]);
        const difference = async (n: number) => largestDifference(await ink(morph), digitOf(await ink(sheet), n));
        await expect.poll(async () => Math.max(...(await ink(sheet)).slice(3 * 28 * width))).toBeGreaterThan(0.5);
        const first = await ink(sheet);
        expect(first.length).toBe(24 * 784);
        expect(mean(first)).toBeGreaterThan(0.08);
        expect(mean(first)).toBeLessThan(0.3);
        // The morph begins at the sheet's first digit, and ends at its second, also of the next sheet.
        await expect.poll(() => difference(0)).toBeLessThan(0.01);
        await sheet.getByRole('button', { name: 'New digits' }).click();
        await expect.poll(async () => largestDifference(await ink(sheet), first)).toBeGreaterThan(0.5);
        await expect.poll(() => difference(0)).toBeLessThan(0.01);
        await morph.getByRole('slider').fill('1');
        await expect.poll(() => difference(1)).toBeLessThan(0.01);
      });
    });
  }

  base('without WebGL, what cannot be fetched is told by its code, and can be tried again', async ({ baseURL, launchOptions }) => {
    await withFlags(launchOptions, ['--disable-3d-apis'], baseURL, async (page) => {
      await page.route('**/weights.decoder.bin', (route) => route.fulfill({ status: 404 }));
      await page.goto('/');
      const sheet = page.locator('#plain digit-vae').first();
      await expect(sheet.getByText('could not be loaded (http)')).toBeVisible();
      await page.unroute('**/weights.decoder.bin');
      await sheet.getByRole('button', { name: 'Try again' }).click();
      await expect(sheet.getByRole('button', { name: 'New digits' })).toBeVisible();
      await expect(page.locator('#notice')).toContainText('(webgl)');

      await page.route('**/element.js*', (route) => route.abort());
      await page.reload();
      await expect(page.locator('#notice')).toContainText('element.js');
      await page.unroute('**/element.js*');
      await page.locator('#retry').click();
      await expect(sheet.getByRole('button', { name: 'New digits' })).toBeVisible();
    });
  });

  base('without SIMD the scalar build draws the same digits', async ({ baseURL, launchOptions }) => {
    await withFlags(launchOptions, ['--js-flags=--no-enable-sse4-1 --no-enable-ssse3'], baseURL, async (page) => {
      const modules: string[] = [];
      page.on('request', (request) => modules.push(new URL(request.url()).pathname));
      const lab = new Lab(page);
      await lab.open();
      expect(modules).toContain('/lab-scalar.wasm');
      expect(mean(await inkOfSamples(lab))).toBeGreaterThan(0.08);
    });
  });
});
