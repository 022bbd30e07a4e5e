// build.mjs: pages of others with <digit-vae> inside, each made by its own tool into build/hosts/NAME of what
// web/dist/snippets.js tells people to write. hosts.spec.ts and its neighbors open them.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { snippets } from '../../../web/dist/snippets.js';

const root = fileURLToPath(new URL('../../..', import.meta.url)), here = join(root, 'tests/web/hosts');
const dist = join(root, 'build/dist'), hosts = join(root, 'build/hosts'), work = join(root, 'build/hosts.work');
const python = join(root, 'build/hosts.venv/bin/python');
globalThis.VERSION = JSON.parse(readFileSync(join(dist, 'npm/package.json'), 'utf8')).version;  // snippets.js names it

/** What every page shows; hosts.ts knows how it looks. */
const MORPH = { view: 'morph', from: '3', to: '8', t: '0.25' };
/** Where a page's site is said to be when the page is not on this machine; the tests answer for it. */
const FAR = 'https://digit-vae.example/';

const files = (id, base, /** @type {Record<string, string>} */ attributes = MORPH) => snippets.find((snippet) => snippet.id === id).files(attributes, base);

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const page = (title, body) => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title><link rel="icon" href="data:,"></head>
<body>
${body}
</body>
</html>
`;

/** Runs a tool in silence; what it said is told when it fails. */
function run(command, args, options) {
  try {
    execFileSync(command, args, { stdio: 'pipe', ...options });
  } catch (error) {
    console.error(`${error.stdout}${error.stderr}`);
    throw error;
  }
}

/** A tool's sources, in a folder where it may leave more. */
function sources(name) {
  cpSync(join(here, name), join(work, name), { recursive: true });
  return join(work, name);
}

rmSync(hosts, { recursive: true, force: true });
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
cpSync(join(dist, 'npm'), join(hosts, 'digit-vae'), { recursive: true });

const build = {
  page() {
    write(join(hosts, 'page/index.html'), page('A page', files('page', '../digit-vae/')['page.html']));
  },

  csp() {
    const views = [MORPH, ...['sample', 'latent', 'map', 'draw'].map((view) => ({ view, steps: '4' }))];
    write(join(hosts, 'csp/index.html'), page('Under a strict policy',
      views.map((attributes) => files('page', '../digit-vae/', attributes)['page.html']).join('\n')));
    write(join(hosts, 'csp/lab.html'), page('The lab under a strict policy',
      files('page', '../digit-vae/', { view: 'lab' })['page.html']));
  },

  reveal() {
    cpSync(join(root, 'node_modules/reveal.js/dist'), join(hosts, 'reveal/dist'), { recursive: true });
    write(join(hosts, 'reveal/index.html'), page('Slides', `<link rel="stylesheet" href="dist/reveal.css">
<div class="reveal"><div class="slides">
<section>Before</section>
${files('reveal', '../digit-vae/')['slides.html']}
<section>After</section>
</div></div>
<script src="dist/reveal.js"></script>
<script>Reveal.initialize({ hash: true, transition: 'none' });</script>`));
  },

  mkdocs() {
    const folder = sources('mkdocs'), made = files('mkdocs', '../digit-vae/');
    write(join(folder, 'mkdocs.yml'), `${readFileSync(join(folder, 'mkdocs.yml'), 'utf8')}${made['mkdocs.yml']}\n`);
    write(join(folder, 'docs/index.md'), `# Digits\n\nA morph:\n\n${made['page.md']}\n`);
    run(python, ['-m', 'mkdocs', 'build', '--quiet', '--strict', '--site-dir', join(hosts, 'mkdocs')], { cwd: folder });
  },

  sphinx() {
    const folder = sources('sphinx'), made = files('sphinx', '../../digit-vae/');
    write(join(folder, 'conf.py'), `${readFileSync(join(folder, 'conf.py'), 'utf8')}${made['conf.py']}\n`);
    write(join(folder, 'page.rst'), `Digits\n======\n\n${made['page.rst']}\n`);
    write(join(folder, 'myst.md'), `# Digits\n\n${files('myst', '../../digit-vae/')['page.md']}\n`);
    run(python, ['-m', 'sphinx', '-q', '-W', folder, join(hosts, 'sphinx')]);
  },

  jupyter() {
    const folder = sources('jupyter'), path = join(folder, 'digits.ipynb');
    const notebook = JSON.parse(readFileSync(path, 'utf8'));
    notebook.cells[0].source = files('jupyter', FAR)['cell.py'];
    write(path, JSON.stringify(notebook));
    run(python, ['-m', 'nbconvert', '--execute', '--to', 'html', '--output-dir', join(hosts, 'jupyter'), path],
      { env: { ...process.env, JUPYTER_PATH: '', IPYTHONDIR: join(work, 'ipython') } });
  },

  vite() {
    const folder = join(work, 'vite');
    const made = files('vite', `${dist}/`), [, packed] = made.shell.match(/^npm install (.*)/);
    write(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
    run('npm', ['install', '--silent', '--offline', '--no-audit', '--no-fund', packed], { cwd: folder });
    write(join(folder, 'main.js'), `${made['main.js']}\n`);
    write(join(folder, 'vite.config.js'), `${made['vite.config.js']}\n`);
    write(join(folder, 'index.html'), page('Made by Vite', `${made['index.html']}
${files('vite', '', { view: 'lab' })['index.html']}
<script type="module" src="/main.js"></script>`));
    cpSync(join(folder, 'node_modules/digit-vae/lab'), join(folder, 'public/assets/lab'), { recursive: true });
    for (const [base, out] of [['/vite/', 'vite'], ['./', 'vite/in/a/folder']]) {
      run(join(root, 'node_modules/.bin/vite'), ['build', '--base', base, '--outDir', join(hosts, out)], { cwd: folder });
    }
  },

  file() {
    cpSync(join(dist, 'digit-vae.inline.js'), join(hosts, 'file/digit-vae.inline.js'));
    write(join(hosts, 'file/index.html'), page('From a file', files('inline', '')['page.html']));
  },

  scorm() {
    cpSync(join(here, 'scorm'), join(hosts, 'scorm'), { recursive: true });
    run('python3', ['-m', 'zipfile', '-e', join(dist, 'digit-vae.scorm.zip'), join(hosts, 'scorm/content')]);
  },
};

for (const make of Object.values(build)) make();
write(join(hosts, 'index.html'), page('Hosts',
  Object.keys(build).map((name) => `<a href="${name}/">${name}</a>`).join('\n')));
