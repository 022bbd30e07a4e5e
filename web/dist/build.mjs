// build.mjs: everything that people take away, from build/web and web/element into build/dist.
//   npm/                   the package digit-vae, and digit-vae-VERSION.tgz, the same packed
//   digit-vae.html         lab and element in one file, for a double click
//   digit-vae.inline.js    the element in one classic script
//   digit-vae.anywidget.js the element for Jupyter, JupyterLab, MyST and marimo
//   digit-vae.scorm.zip    digit-vae.html as a SCORM 1.2 package
//   site/                  for any static host: package, lab, embed.html, gallery, references of JavaScript and C++
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { declarations, manifest as elementManifest } from '../tools/attributes.mjs';
import { attributes, bundler, shortNames, squeezed } from '../tools/bundle.mjs';

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

rmSync(dist, { recursive: true, force: true });
const bundle = await bundler(web, work);

const notices = (path) => `/* digit-vae ${version}. Notices of what is inside: ${path} */\n`;
const allNotices = readFileSync(join(web, 'licenses.txt'), 'utf8').replace(/^\uFEFF/, '');
const headlessNotices = readFileSync(join(web, 'digit-vae.licenses.txt'), 'utf8').replace(/^\uFEFF/, '');
const asComment = (text) => `/*!\n${text.replaceAll('*/', '* /')}*/\n`;

// ---- The package

/** What the package and the site have in common. */
function putFiles(folder) {
  for (const name of ['digit-vae.wasm', 'digit-vae-scalar.wasm', 'weights.decoder.bin', 'weights.encoder.bin',
    'aevb.decoder.bin', 'aevb.encoder.bin']) cpSync(join(web, name), join(dist, folder, name));
  writeFileSync(join(dist, folder, 'define.js'), define);
  writeFileSync(join(dist, folder, 'index.js'), index);
  writeFileSync(join(dist, folder, 'licenses.txt'), allNotices);
  for (const name of readdirSync(web)) {
    if (!/^(digit-vae|weights\.(de|en)coder|aevb\.(de|en)coder)/.test(name)) {
      cpSync(join(web, name), join(dist, folder, 'lab', name));
    }
  }
  write(`${folder}/lab/element.js`, "import '../define.js';\n");  // for the lab's page without WebGL
}

const index = notices('licenses.txt') + await squeezed(await bundle(join(element, 'index.js'), shortNames));
const define = await bundle(join(element, 'define.js'), { external: ['./index.js'] });
const inside = ['weights.bin', 'digit-vae.wasm', 'digit-vae-scalar.wasm'];
const inline = asComment(headlessNotices)
  + await bundle(join(here, 'inline.js'), { format: 'iife', files: inside, charset: 'ascii' });  // for pages in any encoding

putFiles('npm');
cpSync(join(element, 'define.d.ts'), join(dist, 'npm/define.d.ts'));
/** @type {[string, Function][]} */
const described = [['index.d.ts', declarations], ['custom-elements.json', elementManifest]];
for (const [name, made] of described) {
  write(`npm/${name}`, made(attributes, readFileSync(join(element, name), 'utf8')));
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

/** The C++ reference of shared/. Every class, enumeration and free function has a comment, or this throws. */
function cppReference(folder) {
  mkdirSync(folder);
  execFileSync('doxygen', [join(here, 'cpp/Doxyfile')],
    { cwd: root, env: { ...process.env, OUTPUT: folder }, stdio: ['ignore', 'ignore', 'inherit'] });
  const warnings = readFileSync(join(folder, 'warnings.txt'), 'utf8').split('\n').filter((line) => line !== ''
    && !(line.endsWith(' is not documented.') && /Member .* of (struct|class) |\((variable|typedef)\)/.test(line)));
  if (warnings.length) throw new Error(`doxygen: ${warnings.join('\n')}`);
  for (const name of readdirSync(folder)) if (!/\.(html|css)$/.test(name)) rmSync(join(folder, name));
}

putFiles('site');
for (const name of ['embed.html', 'index.html', 'gallery.css']) {
  cpSync(join(here, name), join(dist, 'site', name));
}
write('site/embed.js', await bundle(join(here, 'embed.js'), { format: 'iife' }));
write('site/gallery.js', await bundle(join(here, 'gallery.js'), { define: { VERSION: JSON.stringify(version) } }));
for (const name of ['digit-vae.html', 'digit-vae.inline.js', 'digit-vae.anywidget.js', 'digit-vae.scorm.zip',
  `digit-vae-${version}.tgz`]) cpSync(join(dist, name), join(dist, 'site', name));
execFileSync('npx', ['--no-install', 'typedoc', '--options', join(here, 'typedoc.json'), '--out', join(dist, 'site/api')],
  { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
cppReference(join(dist, 'site/cpp'));

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
