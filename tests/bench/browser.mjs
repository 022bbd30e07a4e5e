// The browser half of `make bench`: this project's WebAssembly against TensorFlow.js and ONNX Runtime in one headless
// Chromium page, one thread each, and what a visitor waits for and downloads. Writes build/bench/browser.json.
//   node tests/bench/browser.mjs [--quick] [--only mlp,tf-conv,weights,first,idle,soak]
// after make dist and .ci/install bench. soak, half an hour of a playing lab, runs only where it is named.
import { execFileSync } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { chromium } from '@playwright/test';
import { chromiumPath } from '../web/browser.mjs';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url)), here = join(root, 'tests/bench'), work = join(root, 'build/bench');
const modules = join(work, 'node_modules'), dist = join(root, 'build/dist');
const quick = process.argv.includes('--quick');
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1]?.split(',') ?? [] : null;
const wanted = (part) => only === null || only.includes(part);
const rounds = quick ? 3 : 15, leastMs = quick ? 30 : 100, visits = quick ? 1 : 7;

// ---- What the page needs: the models as others take them, the peak's loop, one script with both opponents

mkdirSync(work, { recursive: true });
execFileSync(join(root, 'build/bench/venv/bin/python'), [join(here, 'opponents.py'), join(work, 'models'),
  join(root, 'assets/mlp.bin'), join(root, 'assets/weights.bin'), join(root, 'assets/tf-conv.bin')], { stdio: 'inherit' });
execFileSync('em++', ['-O2', '-msimd128', join(here, 'peak.cpp'), '-o', join(work, 'peak.wasm'), '-sSTANDALONE_WASM', '--no-entry',
  '-sEXPORTED_FUNCTIONS=_peak'], { stdio: 'inherit', env: { ...process.env, NODE_PATH: '/usr/share/nodejs' } });
for (const script of ['browser_page', 'first_digit_tfjs']) {
  await build({ entryPoints: [join(here, `${script}.js`)], outfile: join(work, `${script}.js`), bundle: true, minify: true,
    format: 'esm', nodePaths: [modules], logLevel: 'error', external: ['/site/*'] });
}

// ---- A server for all of it; compressed as static hosts do

const places = { '/site/': join(root, 'build/web'), '/package/': join(dist, 'npm'), '/lab/': join(dist, 'site/lab'), '/assets/': join(root, 'assets'),
  '/models/': join(work, 'models'), '/tfjs/': join(modules, '@tensorflow/tfjs-backend-wasm/dist'),
  '/ort/': join(modules, 'onnxruntime-web/dist') };
const z = [0.3, -0.5, 1.1, 0.2, -1, 0.4, 0.7, -0.2, 0.1, 0.9, -0.6, 0.5, -0.3, 0.8, -0.9, 0.2, 0.6, -0.4, 1.2, -0.7];  // of the mlp
const drawn = 'window.drawn = () => requestAnimationFrame(() => setTimeout(() => { window.first = performance.now(); }));';
const pages = {
  '/': '<!doctype html><script type="module" src="/browser_page.js"></script>',
  '/empty.html': `<!doctype html><canvas width="28" height="28"></canvas><script>${drawn}</script>
    <script type="module" src="/first_digit_empty.js"></script>`,
  '/tfjs.html': `<!doctype html><canvas width="28" height="28"></canvas><script>window.z = ${JSON.stringify(z)}; ${drawn}</script>
    <script type="module" src="/first_digit_tfjs.js"></script>`,
  '/element.html': `<!doctype html><script>${drawn} addEventListener('digit-ready', drawn);</script>
    <digit-vae view="sample" loading="eager"></digit-vae><script type="module" src="/package/define.js"></script>`,
};
const types = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.html': 'text/html', '.css': 'text/css', '.json': 'application/json',
  '.wasm': 'application/wasm' };
const server = createServer((request, response) => {
  const path = decodeURIComponent(request.url.split(/[?#]/)[0]);
  response.setHeader('content-type', types[extname(path)] ?? (pages[path] ? 'text/html' : 'application/octet-stream'));
  if (pages[path]) return response.end(pages[path]);
  if (path === '/first_digit_empty.js') return response.end('drawn();');
  const place = Object.keys(places).find((prefix) => path.startsWith(prefix));
  const file = place ? join(places[place], path.slice(place.length) || 'index.html') : join(work, path);
  if (!existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
  if (path === '/lab/') response.setHeader('content-type', 'text/html');
  createReadStream(file).pipe(response);
}).listen(0);
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
const address = `http://localhost:${port}`;
const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox',
  '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking'] });

// ---- Decoding and encoding

const entries = [];
function add(entry) {
  entries.push(entry);
  process.stderr.write(`${entry.name}: ${[entry.ours, entry.theirs, entry.ratio].map((x) => x.toPrecision(3)).join(' ')} (${entry.limit})\n`);
}
/** `least`: how many times faster we must be, or `most`: times slower, or larger, at most. */
function enter(name, ours, theirs, unit, /** @type {{ least?: number, most?: number }} */ { least, most }) {
  const ratio = least === undefined ? ours / theirs : theirs / ours;
  const limit = least === undefined ? `<= ${most}` : `>= ${least}`;
  add({ name, ours, theirs, unit, ratio, limit, ok: least === undefined ? ratio <= most : ratio >= least });
}

let seed = 1;
const uniform = () => (seed = seed * 48271 % 2147483647) / 2147483647;
const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
const digit = Array.from(readFileSync(join(root, 'build/mnist/t10k-images-idx3-ubyte')).subarray(16, 16 + 784), (byte) => byte / 255);
const cases = [
  { name: 'mlp', half: 'decoder', n: 1, latent: 20, least: 5 }, { name: 'mlp', half: 'decoder', n: 400, latent: 20, least: 1.5 },
  { name: 'mlp', half: 'encoder', n: 1, least: 1 },
  { name: 'tf-conv', half: 'decoder', n: 1, latent: 8, least: 2.5 }, { name: 'tf-conv', half: 'decoder', n: 400, latent: 8, least: 1.3 },
  { name: 'tf-conv', half: 'encoder', n: 1, least: 1 },
  { name: 'weights', half: 'decoder', n: 1, latent: 24, least: 1, mostUs: 1000 },
  { name: 'weights', half: 'decoder', n: 400, latent: 24, least: 1 }, { name: 'weights', half: 'encoder', n: 1, least: 1 },
];
const multiplyAdds = 20 * 400 + 400 * 784;  // multiply-adds of a digit of the mlp

const page = await browser.newPage();
page.on('pageerror', (error) => console.error(String(error)));
await page.goto(`${address}/`);
await page.waitForFunction(() => window.measure);
for (const { name, half, n, latent, least, mostUs } of cases.filter((c) => wanted(c.name))) {
  const inputs = half === 'encoder' ? digit : Array.from({ length: n * latent }, normal);
  const few = name === 'tf-conv' && n > 1;
  const what = `${name} ${half}, ${n === 1 ? 'one' : n}`;
  const { times, difference, peak } = await page.evaluate((c) => window.measure(c), { name, half, n, inputs, leastMs, rounds: few ? Math.min(rounds, 3) : rounds });
  if (!(difference < 1e-4)) throw new Error(`${what}: the outputs differ by ${difference}, so the times say nothing`);
  const opponents = name === 'weights' || (name === 'tf-conv' && half === 'decoder') ? ['onnx'] : ['tensorflow', 'onnx'];
  const fastest = opponents.reduce((a, b) => (times[a] < times[b] ? a : b));
  const each = (ms) => 1000 * ms / n;
  enter(`${what} (${fastest === 'onnx' ? 'ONNX Runtime' : 'TensorFlow.js'})`, each(times.ours), each(times[fastest]), 'us', { least });
  if (mostUs) {
    add({ name: `${what}, on this machine`, ours: each(times.ours), theirs: mostUs, unit: 'us', ratio: each(times.ours) / mostUs,
      limit: '<= 1', ok: each(times.ours) <= mostUs });
  }
  if (name === 'mlp' && n === 400) {
    const reached = multiplyAdds * n / times.ours;
    add({ name: 'mlp decoder, 400, of the SIMD peak', ours: reached / 1e6, theirs: peak / 1e6, unit: 'GMAC/s',
      ratio: reached / peak, limit: '>= 0.6', ok: reached >= 0.6 * peak });
  }
}
for (const n of wanted('mlp') ? [1, 400] : []) {
  const inputs = Array.from({ length: n * 20 }, normal);
  const { times } = await page.evaluate((c) => window.measure(c), { name: 'mlp', half: 'decoder', n, inputs, rounds, leastMs, scalar: true });
  enter(`mlp decoder, ${n === 1 ? 'one' : n}, without SIMD`, 1000 * times.scalar / n, 1000 * times.ours / n, 'us', { most: 4 });
}
await page.close();

// ---- From the navigation to the first digit: cold cache, a processor four times slower

async function visit(path) {
  const context = await browser.newContext({ viewport: { width: 1024, height: 768 } }), visitor = await context.newPage();
  const session = await context.newCDPSession(visitor);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await visitor.addInitScript(() => {
    const watch = () => {
      const shown = window.lab?.ready;
      if (!shown) return setTimeout(watch, 5);
      shown.then(() => requestAnimationFrame(() => setTimeout(() => { window.first = performance.now(); })));
    };
    if (location.pathname === '/lab/') watch();
  });
  await visitor.goto(address + path);
  let time;
  for (let looks = 0; !time; ++looks) {  // seldom: what Playwright puts into a page to answer takes a slow processor 70 ms
    if (looks > 10) throw new Error(`${path} shows no digit`);
    await visitor.waitForTimeout(3000);
    time = await visitor.evaluate(() => window.first);
  }
  await context.close();
  return time;
}
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const waits = { '/empty.html': [], '/tfjs.html': [], '/element.html': [], '/lab/': [] };
if (wanted('first')) {
  for (let i = 0; i < visits; ++i) for (const path of Object.keys(waits)) waits[path].push(await visit(path));
  const [floor, theirs, element, lab] = Object.values(waits).map(median);
  enter('first digit of the element (a TensorFlow.js page)', element, theirs, 'ms', { least: 3 });
  enter('first digit of the lab (a TensorFlow.js page)', lab, theirs, 'ms', { least: 2 });
  add({ name: 'a page whose script does nothing but say so', ours: floor, theirs: floor, unit: 'ms', ratio: 1, limit: 'none', ok: true });
}
// ---- What an open lab costs: nothing while it stands, and after half an hour no more than after five minutes

async function openLab(state) {
  const visitor = await browser.newPage({ viewport: { width: 1024, height: 768 } });
  await visitor.goto(`${address}/lab/#${state}`);
  await visitor.waitForFunction(() => window.lab?.ready);
  await visitor.evaluate(() => window.lab.ready);
  await visitor.waitForTimeout(3000);
  return visitor;
}
/** Seconds of processor time of all of the browser's processes so far. */
async function processorTime() {
  const { processInfo } = await (await browser.newBrowserCDPSession()).send('SystemInfo.getProcessInfo');
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}
if (wanted('idle')) {
  const visitor = await openLab('playing=0'), seconds = quick ? 10 : 60, before = await processorTime();
  await visitor.waitForTimeout(1000 * seconds);
  const used = 100 * (await processorTime() - before) / seconds;
  add({ name: 'a lab that stands, of a core', ours: used, theirs: 0.5, unit: '%', ratio: used / 0.5, limit: '<= 1', ok: used <= 0.5 });
  await visitor.close();
}
if (only?.includes('soak')) {
  const visitor = await openLab('view=morph&playing=1'), session = await visitor.context().newCDPSession(visitor);
  const megabytes = async () => {
    await session.send('HeapProfiler.collectGarbage');
    return [await visitor.evaluate(() => window.lab.memory()), (await session.send('Runtime.getHeapUsage')).usedSize].map((n) => n / 1e6);
  };
  const minutes = async (n) => {  // through the views, new digits every three seconds, playing where there is something to play
    for (const end = performance.now() + 60_000 * n; performance.now() < end;) {
      for (const view of [0, 1, 2, 3, 4, 5, 6, 7]) {
        await visitor.evaluate((index) => window.lab.remote(`views:${index >> 2}`, index % 4), view);
        for (let i = 0; i < 3; ++i) {
          await visitor.evaluate(() => window.lab.remote('surprise', 1));
          await visitor.waitForTimeout(3000);
        }
      }
    }
    return megabytes();
  };
  const more = quick ? 1 : 25, early = await minutes(5), late = await minutes(more);
  ['WebAssembly memory', 'JavaScript heap'].forEach((what, i) => add({ name: `${what} of a playing lab after ${5 + more} minutes, and 5`,
    ours: late[i], theirs: early[i], unit: 'MB', ratio: late[i] / early[i], limit: '<= 1.05', ok: late[i] <= 1.05 * early[i] }));
  await visitor.close();
}
await browser.close();
server.close();

// ---- What is downloaded

const size = (names) => names.map((name) => readFileSync(name)).reduce((sum, data) => ({ raw: sum.raw + data.length,
  gzip: sum.gzip + gzipSync(data, { level: 9 }).length, brotli: sum.brotli + brotliCompressSync(data).length }), { raw: 0, gzip: 0, brotli: 0 });
const web = (...names) => names.map((name) => join(root, 'build/web', name));
const files = [...web(...readdirSync(join(root, 'build/web'))), ...readdirSync(dist).map((name) => join(dist, name))]
  .filter((file) => statSync(file).isFile());
const sizes = files.map((file) => ({ file: file.slice(root.length + 6), ...size([file]) }));
const lab = size(web('lab.wasm', 'lab.js', 'index.html', 'index.css', 'index.js', 'mirror.js', 'files.js', 'download.js', 'strings.js'));
add({ name: 'lab: code, font and scripts, gzip', ours: lab.gzip / 1000, theirs: 190, unit: 'KB', ratio: lab.gzip / 190_000, limit: '<= 1',
  ok: lab.gzip <= 190_000 });

writeFileSync(join(work, 'browser.json'), JSON.stringify(entries, null, 1));
writeFileSync(join(work, 'sizes.json'), JSON.stringify(sizes, null, 1));
