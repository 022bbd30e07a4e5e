// The site's front page: every view live, and a builder whose text can be pasted into a page of one's own. VERSION comes
// from the build.

import attributes from '../element/attributes.json';
import { make } from '../element/make.js';
import { languages, texts } from './site_strings.js';
import { snippets } from './snippets.js';

const find = (id) => /** @type {any} */ (document.getElementById(id));
const wishes = [new URLSearchParams(location.search).get('lang'), ...navigator.languages];
const language = wishes.map((tag) => String(tag).slice(0, 2).toLowerCase()).find((tag) => languages.includes(tag)) ?? 'en';
const say = (key) => texts[key][languages.indexOf(language)];

document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
document.title = say('title');
/** @type {NodeListOf<HTMLElement>} */
const worded = document.querySelectorAll('[data-text]');
for (const element of worded) element.textContent = say(element.dataset.text);
find('code').setAttribute('aria-label', say('host'));

/** The attributes that the builder knows, by name; `flag` is the value of one that is there or not. */
const CONTROLS = Object.fromEntries(attributes.filter(({ label }) => label).map((row) => [row.name, { ...row,
  flag: row.kind === 'flag' ? '' : row.options || row.range ? undefined : row.values[0] }]));

// ---- The views

const EXAMPLES = {
  sample: { view: 'sample', digit: '7' },
  morph: { view: 'morph', from: '3', to: '8', autoplay: '' },
  latent: { view: 'latent', digit: '4' },
  map: { view: 'map', src: 'aevb.decoder.bin', steps: '13' },
  draw: { view: 'draw' },
};

function digits(attributes) {
  const element = make('digit-vae');
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

for (const [view, attributes] of Object.entries(EXAMPLES)) {
  const title = CONTROLS.view.options[view][language];
  const take = make('button', { type: 'button', textContent: say('take'), onclick: () => {
    choose(attributes);
    find('build').scrollIntoView({ behavior: 'smooth' });
  } });
  take.setAttribute('aria-label', `${say('take')}: ${title}`);
  find('views').append(make('li', {}, make('h3', { textContent: title }), digits(attributes), make('p', {}, take)));
}

// ---- The builder: a control for each attribute that its view knows

const DIGITS = [...'0123456789'].map((digit) => [digit, digit]);
const inputs = {};
for (const [name, { label, options, digits, range, flag }] of Object.entries(CONTROLS)) {
  const values = options && [...Object.entries(options).map(([value, title]) => [value, title[language]]), ...digits ? DIGITS : []];
  const input = inputs[name] = values ? make('select', {}, ...values.map(([value, textContent]) => make('option', { value, textContent })))
    : make('input', { type: range ? 'number' : 'checkbox', min: range?.[0] ?? '', max: range?.[1] ?? '' });
  const element = make('label', {}, make('span', { textContent: label[language] }), input);
  if (flag !== undefined) element.className = 'flag';
  find('options').append(element);
}

/** The attributes that the form stands for. */
function chosen() {
  const view = inputs.view.value;
  /** @type {Record<string, string>} */
  const attributes = {};
  for (const [name, { flag, views }] of Object.entries(CONTROLS)) {
    if (views && !views.includes(view)) continue;
    const value = flag === undefined ? inputs[name].value : inputs[name].checked ? flag : null;
    if (value !== null && (value !== '' || flag === '') && inputs[name].validity.valid) attributes[name] = value;
  }
  return attributes;
}

function choose(attributes) {
  for (const [name, { flag }] of Object.entries(CONTROLS)) {
    if (flag === undefined) inputs[name].value = attributes[name] ?? '';
    else inputs[name].checked = name in attributes;
  }
  show();
}

function show() {
  const attributes = chosen();
  for (const [name, { views }] of Object.entries(CONTROLS)) {
    inputs[name].parentElement.hidden = Boolean(views && !views.includes(inputs.view.value));
  }
  find('preview').replaceChildren(digits(attributes));
  write();
}

/** The text to copy. A model's address is that of the site, wherever the text goes, unless it has to do without. */
function write() {
  const { src, ...attributes } = chosen(), base = new URL('.', location.href).href;
  const snippet = snippets.find(({ id }) => id === find('host').value), { alone } = snippet;
  find('code').textContent = snippet.code(src && !alone ? { ...attributes, src: new URL(src, base).href } : attributes, base);
  find('note').textContent = [snippet.note?.[language], alone && src && say('alone_model'),
    snippet.id === 'inline' && attributes.view === 'lab' && say('alone_lab')].filter(Boolean).join(' ');
  find('said').textContent = '';
}

find('host').append(...snippets.map(({ id, title }) => make('option', { value: id, textContent: title[language] })));
find('host').addEventListener('change', write);
find('options').addEventListener('input', ({ target }) => {
  if (target === inputs.view) inputs.src.value = EXAMPLES[inputs.view.value]?.src ?? '';  // the map's is for the map
  show();
});
find('options').addEventListener('submit', (event) => event.preventDefault());
find('copy').addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText(find('code').textContent);
    find('said').textContent = say('copied');
  } catch {  // not allowed here
    getSelection().selectAllChildren(find('code'));
    find('said').textContent = say('copy_failed');
  }
});
choose(EXAMPLES.morph);

// ---- Files

for (const [name, text] of [['digit-vae.html', 'file_html'], ['digit-vae.inline.js', 'file_inline'],
  ['digit-vae.scorm.zip', 'file_scorm'], ['digit-vae.anywidget.js', 'file_anywidget'], [`digit-vae-${VERSION}.tgz`, 'file_npm']]) {
  find('files').append(make('li', {}, make('a', { href: name, download: '', textContent: name }), ` ${say(text)}`));
}
