// build.mjs: everything that people take away, from build/web and web/element into build/dist.
//   npm/                   the package digit-vae, and digit-vae-VERSION.tgz, the same packed
//   digit-vae.html         lab and element in one file, for a double click
//   digit-vae.inline.js    the element in one classic script
//   digit-vae.anywidget.js the element for Jupyter, JupyterLab, MyST and marimo
//   digit-vae.scorm.zip    digit-vae.html as a SCORM 1.2 package
//   site/                  for any static host: package, lab, embed.html, gallery, API reference
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { inlineFiles } from './inline_files.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const web = join(root, 'build/web'), dist = join(root, 'build/dist'), work = join(root, 'build/dist.work');
const element = join(root, 'web/element'), here = join(root, 'web/dist');
const [, version] = readFileSync(join(root, 'CMakeLists.txt'), 'utf8').match(/project\(digit-vae VERSION (\S+)/);

/** Lets everybody read what is packed and served, whatever the umask was when the tree was cloned. */
const makeReadable = () => execFileSync('chmod', ['-R', 'a+rX', dist]);

function write(name, text) {
  mkdirSync(dirname(join(dist, name)), { recursive: true });
  writeFileSync(join(dist, name), text);
}

// ---- What is made of other things: texts, the poster

rmSync(dist, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
execFileSync('python3', [join(root, 'web/tools/strings.py'), join(root, 'web/strings.json'),
  join(work, 'element_strings.js'), join(work, 'site_strings.js')], { stdio: 'inherit' });

/** The first digit of the first sheet, 4 bits a pixel: what an element shows before anything was downloaded. */
async function posterModule() {
  const { loadModel } = await import(join(web, 'digit-vae.js'));
  const pixels = (await loadModel(readFileSync(join(web, 'weights.decoder.bin')))).sample(1, 1);
  const bytes = new Uint8Array(pixels.length / 2).map((_, i) =>
    Math.round(15 * pixels[2 * i]) << 4 | Math.round(15 * pixels[2 * i + 1]));
  return `const bytes = atob('${Buffer.from(bytes).toString('base64')}');\n`
    + 'export default Float32Array.from({ length: 784 }, (_, i) =>\n'
    + '  (bytes.charCodeAt(i >> 1) >> (i % 2 ? 0 : 4) & 15) / 15);\n';
}
writeFileSync(join(work, 'poster.js'), await posterModule());

// ---- Bundles

/** Where bundles find what is not in the source tree, and, with `files`, what is inside them. */
const parts = (files) => ({
  name: 'parts',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\/(poster|strings|site_strings)\.js$/ }, ({ path, importer }) => {
      if (importer.startsWith(web)) return { path: join(web, path) };
      return { path: join(work, path === './strings.js' ? 'element_strings.js' : path) };
    });
    if (!files) return;
    onResolve({ filter: /^\.\/(assets|files)\.js$/ }, ({ path }) => ({ path: join(here, `inline_${path.slice(2)}`) }));
    onResolve({ filter: /^inline:files$/ }, ({ path }) => ({ path, namespace: 'inline' }));
    onLoad({ filter: /./, namespace: 'inline' }, () => ({ contents: inlineFiles(web, files) }));
  },
});

/** One minified script's text. What has everything inside (`files`) asks nothing beside its own address. */
async function bundle(entry, { files, ...options } = {}) {
  const result = await build({ entryPoints: [entry], bundle: true, minify: true, format: 'esm',
    target: ['chrome91', 'firefox90', 'safari16.4'], charset: 'utf8', write: false, outdir: dist, legalComments: 'none', plugins: [parts(files)], logLevel: 'warning',
    define: files && { 'import.meta.url': '"inline:/"' }, ...options });
  return result.outputFiles[0].text;
}

const notices = (path) => `/* digit-vae ${version}. Notices of what is inside: ${path} */\n`;
const allNotices = readFileSync(join(web, 'licenses.txt'), 'utf8').replace(/^\uFEFF/, '');
const headlessNotices = readFileSync(join(web, 'digit-vae.licenses.txt'), 'utf8').replace(/^\uFEFF/, '');
const asComment = (text) => `/*!\n${text.replaceAll('*/', '* /')}*/\n`;

// ---- The package

/** What the package and the site have in common. */
function putFiles(folder) {
  for (const name of ['digit-vae.wasm', 'digit-vae-scalar.wasm', 'weights.decoder.bin', 'weights.encoder.bin',
    'aevb.decoder.bin', 'aevb.encoder.bin']) cpSync(join(web, name), join(dist, folder, name));
  cpSync(join(element, 'define.js'), join(dist, folder, 'define.js'));
  writeFileSync(join(dist, folder, 'index.js'), index);
  writeFileSync(join(dist, folder, 'licenses.txt'), allNotices);
  for (const name of readdirSync(web)) {
    if (!/^(digit-vae|weights\.(de|en)coder|aevb\.(de|en)coder)/.test(name)) {
      cpSync(join(web, name), join(dist, folder, 'lab', name));
    }
  }
  for (const name of ['digit-vae.js', 'digit-vae.wasm', 'digit-vae-scalar.wasm', 'weights.decoder.bin']) {
    cpSync(join(web, name), join(dist, folder, 'lab', name));  // the lab's page without WebGL
  }
}

const index = notices('licenses.txt') + await bundle(join(element, 'index.js'));
const inside = ['weights.bin', 'digit-vae.wasm', 'digit-vae-scalar.wasm'];
const inline = asComment(headlessNotices)
  + await bundle(join(here, 'inline.js'), { format: 'iife', files: inside });

putFiles('npm');
for (const name of ['index.d.ts', 'define.d.ts', 'custom-elements.json']) {
  cpSync(join(element, name), join(dist, 'npm', name));
}
cpSync(join(web, 'digit-vae.d.ts'), join(dist, 'npm/digit-vae.d.ts'));
cpSync(join(here, 'README.md'), join(dist, 'npm/README.md'));
const { name, ...manifest } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
write('npm/package.json', `${JSON.stringify({ name, version, ...manifest }, null, 2)}\n`);
cpSync(join(root, 'LICENSE'), join(dist, 'npm/LICENSE'));
write('npm/inline.js', inline);
write('digit-vae.inline.js', inline);
makeReadable();
execFileSync('npm', ['pack', '--silent', '--pack-destination', dist, join(dist, 'npm')], { stdio: 'ignore' });

write('digit-vae.anywidget.js', asComment(headlessNotices)
  + await bundle(join(here, 'anywidget.js'), { files: inside }));

// ---- One file

const lab = await bundle(join(here, 'one_file.js'), { format: 'iife', files: ['weights.bin', 'digits.bin', 'zh.txt',
  'lab.wasm', 'lab-scalar.wasm', 'digit-vae.wasm', 'digit-vae-scalar.wasm'] });
const style = await bundle(join(web, 'index.css'));

/** The lab's page with its style, its script and all that it fetches inside; `more` scripts go before. */
function oneFile(...more) {
  const tag = (text) => `<script>${text.replaceAll('</script', '<\\/script')}</script>`;
  const page = readFileSync(join(web, 'index.html'), 'utf8');
  return page.replace('<link rel="stylesheet" href="index.css">', () => `<style>${style}</style>`)
    .replaceAll(/<link rel="(module)?preload".*\n/g, '')
    .replace('<script type="module" src="index.js"></script>\n', '')
    .replace(/<p id="hint">.*?<\/p>/s, '')
    .replace(/ · <a href="licenses.txt".*?<\/p>/s, () => `</p><details><summary data-text="licenses"></summary><pre>${
      allNotices.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</pre></details>`)
    .replace('</body>', () => `${[...more, lab].map(tag).join('\n')}\n</body>`);
}
write('digit-vae.html', oneFile());

// ---- SCORM 1.2

write('scorm/index.html', oneFile(await bundle(join(here, 'scorm.js'), { format: 'iife' })));
write('scorm/imsmanifest.xml', readFileSync(join(here, 'imsmanifest.xml'), 'utf8').replaceAll('VERSION', version));
execFileSync('python3', ['-c', 'import sys, zipfile\n'
  + 'with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:\n'
  + '  for name in ("imsmanifest.xml", "index.html"):\n'
  + '    archive.write(f"{sys.argv[2]}/{name}", name)', join(dist, 'digit-vae.scorm.zip'), join(dist, 'scorm')]);
rmSync(join(dist, 'scorm'), { recursive: true });

// ---- The site

putFiles('site');
for (const name of ['embed.html', 'embed.js', 'index.html', 'gallery.css']) {
  cpSync(join(here, name), join(dist, 'site', name));
}
write('site/gallery.js', await bundle(join(here, 'gallery.js'), { define: { VERSION: JSON.stringify(version) } }));
for (const name of ['digit-vae.html', 'digit-vae.inline.js', 'digit-vae.anywidget.js', 'digit-vae.scorm.zip',
  `digit-vae-${version}.tgz`]) cpSync(join(dist, name), join(dist, 'site', name));
execFileSync('npx', ['--no-install', 'typedoc', '--options', join(here, 'typedoc.json'), '--out', join(dist, 'site/api')],
  { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });

makeReadable();

// ---- How much it weighs

const kilo = (bytes) => `${(bytes / 1000).toFixed(1).padStart(9)} KB`;
const zipped = (...names) => names.reduce((sum, name) => sum + gzipSync(readFileSync(join(dist, name)), { level: 9 }).length, 0);
const plain = (name) => readFileSync(join(dist, name)).length;
console.log(`element and module, gzip  ${kilo(zipped('npm/index.js', 'npm/define.js', 'npm/digit-vae.wasm'))}`);
for (const name of ['npm/weights.decoder.bin', 'npm/weights.encoder.bin', 'digit-vae.html', 'digit-vae.inline.js',
  'digit-vae.anywidget.js', 'digit-vae.scorm.zip', `digit-vae-${version}.tgz`]) {
  console.log(`${name.padEnd(25)} ${kilo(plain(name))}`);
}
