// What is made of web/element/attributes.json, the table of the element's attributes: the module that reads them, their
// types and their entries in the manifest. build.mjs calls it. A row: name, kind, doc; by kind `values`, `low`, `high`,
// `default`; for the site's builder `label`, and as they apply `views`, `options`, `digits` (0 to 9 too), `range`.
//   choice     one of `values`        whole     a whole number       number    a number, held within its limits
//   numbers    finite numbers         end       a digit or numbers   text      as it stands
//   flag       there or not           language  what the platform has a property for

/** Kinds whose attributes are the element's state; each has a function in web/element/kinds.js. */
const STATE = ['choice', 'whole', 'number', 'numbers', 'end'];
const isState = ({ kind }) => STATE.includes(kind);
const quoted = (values) => values.map((value) => `'${value}'`).join(' | ');

/** attributes.js: how to read what is state, and the names of the rest. */
export function attributesModule(rows) {
  const names = (wanted) => JSON.stringify(rows.filter(({ kind }) => kind === wanted).map(({ name }) => name));
  const settings = rows.filter(isState).map(({ name, kind, values, low, high, default: fallback }) =>
    `  ${name}: [${[kind, ...[values, low, high, fallback].filter((x) => x !== undefined).map((x) => JSON.stringify(x))].join(', ')}],\n`);
  return `// Made by web/tools/attributes.mjs.\nimport { ${STATE.join(', ')} } from './kinds.js';\n`
    + `export const SETTINGS = {\n${settings.join('')}};\nexport const TEXTS = ${names('text')};\n`
    + `export const FLAGS = ${names('flag')};\nexport const NAMES = ${JSON.stringify(rows.map(({ name }) => name))};\n`;
}

/** A property's type where it is read, and where it is written if that differs. */
function types({ name, kind, values, default: fallback }) {
  if (kind === 'choice') return [name === 'view' ? 'DigitVaeView' : quoted(values)];
  if (kind === 'flag') return ['boolean'];
  if (kind === 'text') return ['string'];
  if (kind === 'numbers') return ['number[] | undefined', 'ArrayLike<number> | null | undefined'];
  if (kind === 'end') return ['number | number[] | undefined', 'number | ArrayLike<number> | null | undefined'];
  return [fallback === undefined ? 'number | undefined' : 'number'];
}

/** index.d.ts: its comments "attributes: ..." give way to what the table says. */
export function declarations(rows, template) {
  const view = rows.find(({ name }) => name === 'view');
  const property = (row) => {
    const [read, write] = types(row);
    return `  /** ${row.doc} */\n` + (write ? `  get ${row.name}(): ${read};\n  set ${row.name}(value: ${write});\n`
      : `  ${row.name}: ${read};\n`);
  };
  const made = {
    views: `export type DigitVaeView = ${quoted(view.values)};\n`,
    state: rows.filter(isState).map((row) =>
      `  /** ${row.doc} */\n  ${row.name}?: ${types(row)[0].replace(' | undefined', '')};\n`).join(''),
    properties: rows.filter(({ kind }) => kind !== 'language').map(property).join(''),
  };
  return template.replace(/^ *\/\/ attributes: (\w+)\n/gm, (_, what) => made[what]);
}

/** custom-elements.json with its attributes. */
export function manifest(rows, template) {
  const whole = JSON.parse(template);
  whole.modules[0].declarations[0].attributes = rows.map(({ name, kind, values, default: fallback, doc }) => ({
    name, type: { text: values ? quoted(values) : { whole: 'number', number: 'number', flag: 'boolean' }[kind] ?? 'string' },
    ...fallback === undefined ? {} : { default: String(fallback) }, description: doc, fieldName: name }));
  return `${JSON.stringify(whole, null, 2)}\n`;
}
