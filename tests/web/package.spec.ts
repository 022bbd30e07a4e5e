// The package digit-vae as `npm pack` makes it: its files, its types, Node, its manifest.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@playwright/test';

const { version } = JSON.parse(readFileSync('build/dist/npm/package.json', 'utf8'));

/** A folder with the package installed. */
function project() {
  mkdirSync('build/playwright', { recursive: true });
  const folder = mkdtempSync(resolve('build/playwright/project-'));
  mkdirSync(join(folder, 'node_modules/digit-vae'), { recursive: true });
  execFileSync('tar', ['-xzf', `build/dist/digit-vae-${version}.tgz`, '-C', join(folder, 'node_modules/digit-vae'), '--strip-components=1']);
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  return folder;
}

test('is a library in Node, without a page', () => {
  const folder = project();
  writeFileSync(join(folder, 'use.js'), `
    import { readFile } from 'node:fs/promises';
    import { loadModel, DigitVaeElement } from 'digit-vae';
    import 'digit-vae/define';
    const file = (name) => readFile(new URL(import.meta.resolve('digit-vae/' + name)));
    const model = await loadModel(file('weights.decoder.bin'));
    const images = model.sample(7, 16);
    model.addEncoder(await file('weights.encoder.bin'));
    const { mu } = model.encode(images);
    console.log([images.length, mu.length, images.some((x) => x > 0.9), typeof DigitVaeElement].join(' '));`);
  expect(execFileSync('node', ['use.js'], { cwd: folder, encoding: 'utf8' })).toBe('12544 384 true function\n');
  rmSync(folder, { recursive: true });
});

test('its types fit what users write, and refuse what they should not', () => {
  const folder = project();
  writeFileSync(join(folder, 'use.ts'), readFileSync('tests/web/package_use.ts'));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ files: ['use.ts'], compilerOptions: { strict: true, noEmit: true,
    target: 'es2022', module: 'nodenext', lib: ['es2022', 'dom', 'dom.iterable'], types: [] } }));
  execFileSync(resolve('node_modules/.bin/tsc'), ['-p', folder], { stdio: 'inherit' });
  rmSync(folder, { recursive: true });
});

test('every attribute of the table is in the types, the manifest and the element, whose sources ask for it', async () => {
  const table = JSON.parse(readFileSync('web/element/attributes.json', 'utf8'));
  const types = readFileSync('build/dist/npm/index.d.ts', 'utf8'), manifest = readFileSync('build/dist/npm/custom-elements.json', 'utf8');
  const sources = readdirSync('web/element').filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join('web/element', name), 'utf8')).join('\n');
  const { DigitVaeElement } = await import(pathToFileURL(resolve('build/dist/npm/index.js')).href);
  expect(DigitVaeElement.observedAttributes).toEqual(table.map(({ name }: any) => name));
  expect(types).not.toContain('// attributes:');
  for (const { name, kind, doc, values, label, options } of table) {
    if (kind !== 'language') expect(types, name).toMatch(new RegExp(`/\\*\\* .*\n  (get )?${name}(\\(\\))?: `));
    expect(types.includes(doc) || kind === 'language', name).toBe(true);
    expect(JSON.parse(manifest).modules[0].declarations[0].attributes).toContainEqual(expect.objectContaining({ name, description: doc }));
    expect(sources, `nothing in web/element asks for ${name}`).toMatch(
      new RegExp(`(this|self|host)\\.${name}\\b|(setting|end|getAttribute)\\('${name}'|'${name}'|\\[${name}[=\\]]`));
    for (const text of [label, ...Object.values(options ?? {})].filter(Boolean)) {
      expect(Object.keys(text as object), name).toEqual(['en', 'zh']);
    }
    if (kind === 'choice') expect(options && Object.keys(options), name).toEqual(values);
  }
});

test('has what its exports and its manifest name, and the notices of what is inside', async () => {
  const folder = project(), inside = (name: string) => readFileSync(join(folder, 'node_modules/digit-vae', name));
  const { exports, sideEffects, dependencies } = JSON.parse(inside('package.json').toString());
  expect(dependencies).toBeUndefined();
  for (const target of [...Object.values(exports).flatMap((e: any) => typeof e === 'string' ? e : Object.values(e)), ...sideEffects]) {
    if (!String(target).includes('*')) expect(inside(String(target)).length, String(target)).toBeGreaterThan(10);
  }
  const manifest = JSON.parse(inside('custom-elements.json').toString());
  const [{ attributes, members }] = manifest.modules[0].declarations;
  const { DigitVaeElement } = await import(pathToFileURL(join(folder, 'node_modules/digit-vae/index.js')).href);
  expect(attributes.map(({ name }: any) => name).sort()).toEqual([...DigitVaeElement.observedAttributes].sort());
  for (const { name } of members) expect(typeof DigitVaeElement.prototype[name], name).toBe('function');
  for (const name of ['licenses.txt', 'LICENSE', 'README.md', 'lab/index.html']) expect(inside(name).length).toBeGreaterThan(100);
  for (const part of ['Eigen', 'Dear ImGui', 'musl']) expect(inside('licenses.txt').toString()).toContain(part);
  expect(readFileSync('build/dist/digit-vae.inline.js', 'utf8')).toMatch(/musl[^]*Eigen|Eigen[^]*musl/);
  expect(readFileSync('build/dist/digit-vae.html', 'utf8')).toContain('Omar Cornut');
  rmSync(folder, { recursive: true });
});
