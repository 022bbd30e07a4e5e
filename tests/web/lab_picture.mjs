// node tests/web/lab_picture.mjs OUT.webp: the README's animated picture, taken from the page in build/web. Needs
// Debian's packages chromium and webp.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { chromiumPath } from './browser.mjs';

const PORT = 8433, SIZE = { width: 960, height: 700 };
const server = spawn('python3', ['.ci/serve.py', 'build/web', String(PORT)], { stdio: 'ignore' });
const folder = mkdtempSync(join(tmpdir(), 'lab-picture-'));
const browser = await chromium.launch({ executablePath: chromiumPath,
  args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'] });
const page = await browser.newPage({ viewport: SIZE, reducedMotion: 'reduce' });
const frames = [];

/** Waits until nothing is left to load, decode or draw, then takes a frame that stands for `milliseconds`. */
async function shoot(milliseconds) {
  await page.waitForTimeout(120);
  await page.evaluate(async () => {
    const count = () => window.lab.state().frames;
    for (let before = -1; before !== count();) {
      before = count();
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  });
  const file = join(folder, `${frames.length}.png`), top = await page.evaluate(() => {
    return document.getElementById('stage').getBoundingClientRect().top + scrollY - 12;
  });
  writeFileSync(file, await page.screenshot({ fullPage: true, clip: { x: 0, y: top, ...SIZE } }));
  frames.push('-d', milliseconds, file);
}

async function open(link, wait = '') {
  await page.goto('about:blank');
  await page.goto(`http://localhost:${PORT}/?lang=en#${link}`);
  await page.evaluate(() => window.lab.ready);
  if (wait) await page.waitForFunction((name) => window.lab.picture(name), wait, { timeout: 60000 });
}
const set = (name, value) => page.evaluate(([n, v]) => window.lab.remote(n, v), [name, value]);
/** @returns {Promise<[number, number]>} */
const at = async (name, x, y) => {
  const [item, canvas] = await page.evaluate((n) => [window.lab.item(n),
    document.getElementById('canvas').getBoundingClientRect()], name);
  return [canvas.x + item.x + x * item.w, canvas.y + item.y + y * item.h];
};

try {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await open('playing=0&view=morph');
  for (let t = 0; t <= 1.001; t += 0.1) { await set('t', t); await shoot(t < 0.05 || t > 0.95 ? 700 : 130); }
  await open('view=map&model=aevb');
  await page.waitForTimeout(2500);
  for (let i = 0; i <= 8; ++i) {
    await page.mouse.move(...await at('map', 0.12 + 0.08 * i, 0.75 - 0.06 * i));
    await shoot(i === 0 || i === 8 ? 700 : 220);
  }
  await open('view=draw');
  const three = [[0.3, 0.25], [0.45, 0.17], [0.62, 0.22], [0.63, 0.35], [0.48, 0.45], [0.64, 0.54], [0.66, 0.7], [0.5, 0.8],
    [0.3, 0.74]];
  await page.mouse.move(...await at('pad', 0.3, 0.25));
  await page.mouse.down();
  for (const [x, y] of three) {
    await page.mouse.move(...await at('pad', x, y), { steps: 6 });
    await shoot(150);
  }
  await page.mouse.up();
  await shoot(1600);
  await open('view=time&model=aevb&snapshot=0');
  await page.waitForFunction(() => window.lab.item('snapshot'), null, { timeout: 60000 });
  for (let i = 0; i < 16; ++i) { await set('snapshot', i); await shoot(i === 15 ? 1600 : 260); }
  execFileSync('img2webp', ['-loop', '0', '-mixed', '-q', '60', '-m', '6', ...frames.map(String), '-o', process.argv[2]]);
} finally {
  await browser.close();
  server.kill();
  rmSync(folder, { recursive: true });
}
