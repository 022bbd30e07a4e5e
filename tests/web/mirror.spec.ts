// The native controls beside the canvas, which keyboards and screen readers use: complete, in step with the canvas both
// ways, and in the visitor's language. And the links that carry what was chosen.
import { readFileSync } from 'node:fs';
import AxeBuilder from 'axe-core';
import { expect, LATENT, Lab, test } from './page';
import { readPng } from './png.mjs';

test.use({ viewport: { width: 1024, height: 1300 } });

test('what a native control does, the canvas shows; what the canvas does, the control shows', async ({ lab }) => {
  await lab.set('t', 0.25);
  expect((await lab.state()).t).toBe(0.25);
  await lab.drag('t', 0.25, 1.05);
  await expect(lab.control('t')).toHaveValue('1');
  await expect(lab.control('t')).toHaveAttribute('aria-valuetext', 't = 1.00');
  await lab.set('way', 0);
  expect((await lab.state()).slerp).toBe(false);
  await lab.click('way:1');
  expect(await lab.control('way').evaluate((select: HTMLSelectElement) => select.selectedIndex)).toBe(1);
  await lab.set('sample:4');
  expect(await lab.picture('digit')).toEqual(await lab.picture('sample:4'));
});

test('every control has a name, lies where the lab draws it, and none is left over', async ({ page, lab }) => {
  for (const view of (await lab.state()).views) {
    await lab.view(view);
    const controls = await page.evaluate(() => {
      const canvas = document.getElementById('canvas')!.getBoundingClientRect();
      return [...document.querySelectorAll<HTMLElement>('#controls > *')].map((element) => {
        const box = element.getBoundingClientRect(), item = (window as any).lab.item(element.dataset.name);
        return { name: element.dataset.name, label: element.textContent || element.getAttribute('aria-label'),
          off: item ? Math.max(Math.abs(box.x - canvas.x - item.x), Math.abs(box.y - canvas.y - item.y)) : -1 };
      });
    });
    expect(controls.length, view).toBeGreaterThan(2);
    expect(new Set(controls.map(({ name }) => name)).size, view).toBe(controls.length);
    for (const { name, label, off } of controls) {
      expect(label, `${view}: ${name}`).toBeTruthy();
      expect(off, `${view}: ${name}`).toBeGreaterThanOrEqual(0);
      expect(off, `${view}: ${name}`).toBeLessThan(2);
    }
  }
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing wrong in any view, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    const lab = new Lab(page);
    await lab.open();
    await page.addScriptTag({ content: AxeBuilder.source });
    for (const view of (await lab.state()).views) {
      await lab.view(view);
      const { violations } = await page.evaluate(() => (window as any).axe.run());
      expect(violations.map((v: any) => `${v.id}: ${v.nodes[0].html}`), view).toEqual([]);
    }
  });
}

test('the keyboard alone goes from view to view and presses what is there', async ({ page, lab }) => {
  await page.focus('#canvas');
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.name)).toBe('view');
  for (const view of ['morph', 'bend']) {
    await page.keyboard.press('ArrowRight');
    await expect.poll(async () => (await lab.state()).view).toBe(view);
  }
  await lab.settled();
  await lab.control('reset').focus();
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await lab.state()).z.every((value) => value === 0)).toBe(true);
});

test('the live line says what there is to see', async ({ page, lab }) => {
  await lab.click('class:4');
  await lab.click('sample:0');
  await expect(page.locator('#live')).toHaveText(/samples of seed 27\. The digit looks like 3\./);
});

test.describe('links', () => {
  test('a fresh page has a clean address; what is chosen is in it, and a reload brings it back', async ({ page }) => {
    const lab = new Lab(page);
    await page.goto('/');
    await page.evaluate(() => (window as any).lab.ready);
    await expect.poll(async () => (await lab.state()).t).not.toBe(0.5);  // it plays
    await page.waitForTimeout(700);
    expect(new URL(page.url()).hash).toBe('');
    await page.evaluate(() => (window as any).lab.remote('play', 1));
    await lab.settled();
    await lab.set('seed', '99');
    await lab.set('temperature', 0.5);
    await lab.set('t', 0.75);
    await lab.set('sample:3');
    await lab.view('bend');
    await lab.set('latent:2', -2.5);
    const before = await lab.state(), picture = await lab.picture('bend');
    await expect.poll(() => page.evaluate(() => location.hash === `#${(window as any).lab.link()}`)).toBe(true);
    expect(new URL(page.url()).hash).toContain('seed=99');
    await page.reload();
    await lab.ready();
    const after = await lab.state();
    for (const key of ['view', 'model', 'seed', 'temperature', 't', 'z', 'stops'] as const) {
      expect(after[key], key).toEqual(before[key]);
    }
    expect(await lab.picture('bend')).toEqual(picture);
  });

  test('a link to another model fetches that one only', async ({ page }) => {
    const fetched: string[] = [];
    page.on('request', (request) => { if (request.url().endsWith('.bin')) fetched.push(new URL(request.url()).pathname); });
    const lab = new Lab(page);
    await lab.open('#playing=0&model=tf-mlp');
    expect((await lab.state()).model).toBe('tf-mlp');
    expect(fetched).toEqual(['/tf-mlp.bin']);
  });

  test('a hostile link is a fresh lab', async ({ page }) => {
    const lab = new Lab(page);
    await lab.open('#playing=0&view=%00&model=__proto__&seed=1e99&z=' + 'A'.repeat(5000) + '&a=<img src=x onerror=alert(1)>');
    const { view, model, seed, latent, z } = await lab.state();
    expect([view, model, seed, z.length]).toEqual(['generate', 'resnet', 27, latent]);
  });

  test('a view that there is not is the first one, in the next link too', async ({ page }) => {
    const lab = new Lab(page);
    await lab.open('#playing=0&view=nowhere');
    expect((await lab.state()).view).toBe('generate');
    expect(await page.evaluate(() => (window as any).lab.link())).not.toContain('view=');
  });

  test('a link to weights of one\'s own says what it cannot bring, and shows its state once they are there', async ({ page }) => {
    const lab = new Lab(page), file = readFileSync('assets/mlp.bin').toString('base64');
    const load = () => page.evaluate((b64) => (window as any).lab.load(Uint8Array.from(atob(b64), (c) => c.charCodeAt(0))), file);
    await lab.open('#playing=0&view=bend');
    await load();
    await lab.set('surprise');
    const { z } = await lab.state(), link = await page.evaluate(() => (window as any).lab.link());
    expect(link).toContain('model=own');
    await page.goto('about:blank');
    await lab.open(`#${link}`);
    expect((await lab.state()).model).toBe('resnet');
    await expect(page.locator('#notice')).toContainText('(own)');
    await expect(page.locator('#stage')).toBeVisible();
    await load();
    expect(await lab.state()).toMatchObject({ model: 'own', view: 'bend', z });
  });

  test('going back in the history goes back in the lab', async ({ page, lab }) => {
    await page.evaluate(() => { location.hash = 'playing=0&view=bend&seed=5'; });
    await expect.poll(async () => (await lab.state()).view).toBe('bend');
    await page.goBack();
    await expect.poll(async () => (await lab.state()).view).toBe('generate');
  });
});

test.describe('models', () => {
  test('the chooser loads another model, and the digit stays what it is', async ({ page, lab }) => {
    const before = await lab.picture('digit');
    await lab.click('model');
    await expect(lab.control('model:tf-mlp')).toHaveText(/tf-mlp: .*20 latents, 112.6 nats/);
    await lab.set('model:tf-mlp');
    await expect.poll(() => page.locator('#facts').textContent()).toContain('tf-mlp');
    await lab.settled();
    const after = await lab.picture('digit');
    const difference = after.reduce((sum, value, i) => sum + Math.abs(value - before[i]), 0) / 784;
    expect(difference).toBeGreaterThan(0);
    expect(difference).toBeLessThan(0.08);
  });

  test('a model that cannot be fetched says so below the bar and aloud, and can be tried again', async ({ page, lab, silent }) => {
    await page.route('**/tf-mlp.bin', (route) => route.fulfill({ status: 404 }));
    await lab.click('model');
    await lab.control('model:tf-mlp').focus();
    await page.keyboard.press('Enter');
    await expect(lab.control('model')).toBeFocused();  // the list's button is gone
    await expect(page.locator('#live')).toHaveText(/^Not loaded: .*404/);
    expect((await lab.state()).z.length).toBe(LATENT);
    await page.unroute('**/tf-mlp.bin');
    await lab.set('again');
    await expect.poll(() => page.locator('#facts').textContent()).toContain('tf-mlp');
    silent.splice(0);
  });
});

test.describe('Chinese', () => {
  test('?lang=zh speaks Chinese everywhere', async ({ page }) => {
    const lab = new Lab(page);
    await lab.open('?lang=zh#playing=0');
    expect((await lab.state()).language).toBe('zh');
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-Hans');
    await expect(page.locator('h1')).toHaveText('手写数字实验室');
    await expect(lab.control('new')).toHaveText('新样本');
    await expect(lab.control('view').locator('option').first()).toHaveText('生成');
  });

  test.describe(() => {
    test.use({ locale: 'zh-CN' });
    test('a Chinese browser gets it by itself, and ?lang=en turns it off', async ({ page }) => {
      const lab = new Lab(page);
      await lab.open();
      expect((await lab.state()).language).toBe('zh');
      await lab.open('?lang=en#playing=0');
      expect((await lab.state()).language).toBe('en');
    });
  });
});

for (const colorScheme of ['dark', 'light'] as const) {
  test(`forced colors, ${colorScheme}: the system's own, legible in every view, and nothing of the mirror shows`, async ({ page }) => {
    await page.emulateMedia({ forcedColors: 'active', colorScheme });
    const lab = new Lab(page);
    await lab.open('#playing=0&test_digit=61&other=autoencoder');
    const canvas = await page.evaluate(() => {
      const probe = document.body.appendChild(document.createElement('i'));
      probe.style.color = 'Canvas';
      return getComputedStyle(probe).color.match(/\d+/g)!.map(Number);
    });
    const [corner] = await lab.screens(['samples']);
    expect(Math.abs(corner[0] - canvas[0])).toBeLessThan(12);
    const light = (luminance: number) => (luminance / 255) ** 2.2 + 0.05;
    for (const view of (await lab.state()).views) {
      await lab.view(view);
      await lab.fetched();
      const names: string[] = await page.evaluate(() => {
        const mirror = [...document.querySelectorAll<HTMLElement>('#controls > button, #controls > select')];
        const names = mirror.flatMap((element) => element instanceof HTMLSelectElement
          ? Array.from(element.options, (_, i) => `${element.dataset.name}:${i}`) : [element.dataset.name!]);
        // Not the pictures, not the classes' own colors, not what is pale because it has nothing to do.
        const others = /^(sample|map_class):|^(undo|redo|undo_stroke|clear)$/;
        return names.filter((name) => (window as any).lab.item(name) && !others.test(name));
      });
      expect(names.length, view).toBeGreaterThan(8);
      const boxes = await Promise.all(names.map((name) => lab.box(name)));
      const screen = readPng(await page.screenshot({ fullPage: true }));
      for (const [i, { x, y, w, h }] of boxes.entries()) {
        const inside = Array.from({ length: Math.floor(w - 12) * Math.floor(h - 12) }, (_, p) => screen.at(
          Math.ceil(x) + 6 + p % Math.floor(w - 12), Math.ceil(y) + 6 + Math.floor(p / Math.floor(w - 12))));
        const contrast = light(Math.max(...inside)) / light(Math.min(...inside));
        expect(contrast, `${view}: ${names[i]}`).toBeGreaterThan(4.5);
      }
      const colors = await page.locator('#controls > *').evaluateAll((all) => all.map((element) =>
        [getComputedStyle(element).color, getComputedStyle(element).backgroundColor]).flat());
      expect(new Set(colors), view).toEqual(new Set(['rgba(0, 0, 0, 0)']));
    }
    // The losses of the training: what is filled is neither the paper nor the curve's own color.
    await lab.open('#playing=0&view=time&model=aevb');
    await lab.box('curve');
    await lab.settled();
    const [x, y, w, h] = Object.values(await lab.box('curve'));
    const fill = readPng(await page.screenshot({ clip: { x: x + w * 0.8, y: y + h - 6, width: 8, height: 4 } })).at(4, 2);
    const [paper, ink] = colorScheme === 'dark' ? [0, 255] : [255, 0];
    for (const other of [paper, ink]) {
      const pair = [light(fill), light(other)].sort((a, b) => b - a);
      expect(pair[0] / pair[1]).toBeGreaterThan(3);
    }
  });
}

test('keys for the whole lab work wherever the focus is: undo, redo, play, Escape', async ({ page, lab }) => {
  await expect(lab.control('undo')).toHaveAttribute('aria-disabled', 'true');
  await expect(lab.control('surprise')).toHaveAttribute('aria-disabled', 'false');
  const before = (await lab.state()).z;
  for (const focus of ['#canvas', '#controls [data-name="seed"] ~ button']) {
    await lab.set('surprise');
    const after = (await lab.state()).z;
    await page.locator(focus).first().focus();
    await page.keyboard.press('Control+z');
    await expect.poll(async () => (await lab.state()).z).toEqual(before);
    await page.keyboard.press('Control+Shift+z');
    await expect.poll(async () => (await lab.state()).z).toEqual(after);
    await page.keyboard.press('Control+z');
    await expect.poll(async () => (await lab.state()).z).toEqual(before);
  }
  await lab.control('new').focus();
  await page.keyboard.press('p');
  await expect.poll(async () => (await lab.state()).playing).toBe(true);
  await page.keyboard.press('p');
  await expect.poll(async () => (await lab.state()).playing).toBe(false);
  await lab.click('model');
  await expect(lab.control('model:aevb')).toBeAttached();
  await page.keyboard.press('Escape');
  await expect(lab.control('model:aevb')).not.toBeAttached();
});

test('a link to a real digit makes it the current one', async ({ page }) => {
  const lab = new Lab(page);
  await lab.open('#playing=0&model=mlp&view=draw&test_digit=61');
  await lab.fetched();
  await expect.poll(async () => (await lab.state()).z[0]).toBeCloseTo(1.13, 1);  // mu of z1, as its code says
});

test('Space draws new samples only where samples are seen', async ({ page, lab }) => {
  for (const [view, more] of [['generate', 1], ['bend', 0], ['map', 0], ['compare', 1], ['inside', 0]] as const) {
    await lab.view(view);
    const { seed } = await lab.state();
    await page.focus('#canvas');
    await page.keyboard.press('Space');
    await lab.settled();
    expect((await lab.state()).seed, view).toBe(seed + more);
  }
});

test('on a narrow screen the chooser says of every model what it is', async ({ page, lab }) => {
  await page.setViewportSize({ width: 320, height: 900 });
  await lab.open();
  await lab.set('model');
  const rows = await Promise.all(['mlp', 'tf-conv', 'autoencoder'].map((id) => lab.box(`model:${id}`)));
  for (const { x, w, h } of rows) {
    expect(x + w).toBeLessThanOrEqual(320);
    expect(h).toBeGreaterThan(70);  // its name, lines of words, its numbers
  }
  expect(rows[1].h).toBeGreaterThan(rows[2].h);  // the longer words wrap
});
