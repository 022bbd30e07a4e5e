// Bundles of what is written in JavaScript, minified, with what is made of other things: the texts, the attributes.
// `node bundle.mjs SITE` makes SITE/element.js, the element for the lab's page where there is no WebGL.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { minify } from 'terser';
import { inlineFiles } from '../dist/inline_files.mjs';
import { attributesModule } from './attributes.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const element = join(root, 'web/element'), here = join(root, 'web/dist');
const target = ['chrome91', 'firefox90', 'safari16.4'];

export const attributes = JSON.parse(readFileSync(join(element, 'attributes.json'), 'utf8'));

/**
 * A function that bundles one script: (entry, options of esbuild, and `files`, names in `web` that go inside, so that it
 * asks for nothing beside its own address) -> its text.
 * @param {string} web the folder of the lab's page, as CMake built it
 * @param {string} work a folder for what is made
 */
export async function bundler(web, work) {
  mkdirSync(work, { recursive: true });
  execFileSync('python3', [join(root, 'web/tools/strings.py'), join(root, 'web/strings.json'),
    join(work, 'element_strings.js'), join(work, 'site_strings.js')], { stdio: 'inherit' });
  writeFileSync(join(work, 'attributes.js'), attributesModule(attributes));

  const parts = (files) => ({
    name: 'parts',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\/(attributes|strings|site_strings)\.js$/ }, ({ path, importer }) => {
        if (importer.startsWith(web)) return { path: join(web, path) };
        const name = path.slice(path.lastIndexOf('/') + 1);
        return { path: join(work, name === 'strings.js' ? 'element_strings.js' : name) };
      });
      onResolve({ filter: /^\.\/(kinds|element)\.js$/ }, ({ path, importer }) => {
        if (importer.startsWith(work)) return { path: join(element, path) };
        if (importer.startsWith(web)) return { path: join(element, 'define.js') };  // the lab's page, in one file with it
      });
      onLoad({ filter: /element[\\/]style\.js$/ }, async ({ path }) => {
        const source = readFileSync(path, 'utf8'), css = source.match(/(?<=const css = `).*?(?=`;)/s)[0];
        const { code } = await transform(css, { loader: 'css', minify: true, target });
        return { contents: source.replace(css, () => code.trim()) };
      });
      if (!files) return;
      onResolve({ filter: /^\.\/(assets|files)\.js$/ }, ({ path }) => ({ path: join(here, `inline_${path.slice(2)}`) }));
      onResolve({ filter: /^inline:files$/ }, ({ path }) => ({ path, namespace: 'inline' }));
      onLoad({ filter: /./, namespace: 'inline' }, () => ({ contents: inlineFiles(web, files) }));
    },
  });

  /** @type {(entry: string, options?: import('esbuild').BuildOptions & { files?: string[] }) => Promise<string>} */
  return async (entry, { files, ...options } = {}) => {
    const result = await build({ entryPoints: [entry], bundle: true, minify: true, format: 'esm', target, charset: 'utf8',
      write: false, outdir: work, legalComments: 'none', plugins: [parts(files)], logLevel: 'warning',
      define: files && { 'import.meta.url': '"inline:/"' }, ...options });
    return result.outputFiles[0].text;
  };
}

/** Names of properties by which the element's files know each other and nobody else does: they become short. */
const own = ['translations', 'canvases', 'replaceControls', 'shownModel', 'shownSteps', 'shownEnds', 'answered', 'setting',
  'editable', 'withMemory', 'lastError', 'withEncoder', 'retire', 'latents', 'arrange', 'renew', 'sliders'];
export const shortNames = { mangleProps: new RegExp(`^(${own.join('|')})$`) };

/** A bundle once more through Terser, which finds 2 % that esbuild left. */
export async function squeezed(text) {
  return (await minify(text, { module: true, ecma: 2020, compress: { passes: 3 }, format: { comments: false } })).code;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const web = resolve(process.argv[2]), work = mkdtempSync(join(tmpdir(), 'digit-vae-'));
  try {
    const bundle = await bundler(web, work);
    writeFileSync(join(web, 'element.js'), await squeezed(await bundle(join(element, 'define.js'), shortNames)));
  } finally {
    rmSync(work, { recursive: true });
  }
}
