// What a teacher copies into each kind of host. The tests make their pages of these (tests/web/hosts), so what stands
// here works; only mystmd was never tried, it wants the internet. `attributes` are the element's, an object of texts ('' for
// a flag); `base` is where the site is, with a / at its end. A snippet has {id, title, note, alone, files(attributes, base),
// code(attributes, base)}: title and note in both languages, `alone` for what can fetch no further model, `files` by name,
// and `code`, the same as one text.

const quoted = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

const element = (attributes) => `<digit-vae${Object.entries(attributes).map(([name, value]) =>
  value === '' ? ` ${name}` : ` ${name}="${quoted(value)}"`).join('')}></digit-vae>`;

const frame = (attributes, base) => `<iframe src="${quoted(`${base}embed.html?${new URLSearchParams(attributes)}`)}"
  title="Handwritten digits" style="width: ${attributes.view === 'lab' ? '100%; height: 60em' : '20em; height: 25em'}; border: 0"></iframe>`;

const HEIGHT_LISTENER = `<script>
addEventListener('message', ({ source, data }) => {
  if (data?.type !== 'digit-vae/1' || data.event !== 'resize') return;
  for (const frame of document.querySelectorAll('iframe')) {
    if (frame.contentWindow === source) frame.style.height = \`\${data.height}px\`;
  }
});
</script>`;

const module = (base) => `<script type="module" src="${base}define.js"></script>`;

/** What a widget without Python starts with. */
const traits = (attributes) => JSON.stringify(attributes, (_, value) => value === '' ? true : value);

/** A trait of the widget for each attribute; Python has a keyword \`from\`, so that one is \`from_\`. */
const trait = ([name, value]) => {
  const kind = value === '' ? 'Bool(True)' : `Unicode(${JSON.stringify(value)})`;
  return `    ${name === 'from' ? 'from_' : name} = traitlets.${kind}.tag(sync=True)`;
};

const SNIPPETS = [
  { id: 'page', title: { en: 'Any web page', zh: '任意网页' },
    note: { en: 'Nothing is downloaded until the digits come near the screen. From another address the site must answer '
      + 'with Access-Control-Allow-Origin: *, as GitHub Pages does; otherwise take the one script or a frame.',
    zh: '数字接近屏幕时才开始下载。从其他地址引用时，站点须返回 Access-Control-Allow-Origin: *（GitHub Pages 即如此）；否则请用单个脚本或内嵌框架。' },
    files: (attributes, base) => ({ 'page.html': `${module(base)}\n${element(attributes)}` }) },

  { id: 'inline', alone: true, title: { en: 'One script with everything inside', zh: '包含全部内容的单个脚本' },
    note: { en: 'For pages that may add one file only. It also runs from a file and without a server.',
      zh: '适用于只能添加一个文件的页面；无需服务器，也可直接从文件打开。' },
    files: (attributes, base) => ({
      'page.html': `<script src="${base}digit-vae.inline.js"></script>\n${element(attributes)}` }) },

  { id: 'iframe', title: { en: 'A frame', zh: '内嵌框架' },
    note: { en: 'The script gives the frame the height of its digits; without it the height stays as written.',
      zh: '脚本使框架高度与内容一致；没有脚本时高度保持不变。' },
    files: (attributes, base) => ({ 'page.html': `${frame(attributes, base)}\n${HEIGHT_LISTENER}` }) },

  { id: 'reveal', title: { en: 'Slides with reveal.js', zh: 'reveal.js 幻灯片' },
    note: { en: 'Arrow keys move a slider while it has the focus, and the slides otherwise.',
      zh: '滑块获得焦点时方向键移动滑块，否则切换幻灯片。' },
    files: (attributes, base) => ({
      'slides.html': `<section>\n  ${element(attributes)}\n</section>\n${module(base)}` }) },

  { id: 'mkdocs', title: { en: 'Markdown with MkDocs', zh: 'MkDocs 的 Markdown' },
    files: (attributes, base) => ({
      'mkdocs.yml': `extra_javascript:\n  - path: ${base}define.js\n    type: module`,
      'page.md': element(attributes) }) },

  { id: 'sphinx', title: { en: 'Sphinx', zh: 'Sphinx' },
    files: (attributes, base) => ({
      'conf.py': `html_js_files = [("${base}define.js", {"type": "module"})]`,
      'page.rst': `.. raw:: html\n\n   ${element(attributes)}` }) },

  { id: 'myst', title: { en: 'Jupyter Book and MyST on Sphinx', zh: '基于 Sphinx 的 Jupyter Book 与 MyST' },
    note: { en: 'Jupyter Book 1 has html_js_files below sphinx: config: in _config.yml.',
      zh: 'Jupyter Book 1 在 _config.yml 的 sphinx: config: 之下设置 html_js_files。' },
    files: (attributes, base) => ({
      'conf.py': `html_js_files = [("${base}define.js", {"type": "module"})]`,
      'page.md': `\`\`\`{raw} html\n${element(attributes)}\n\`\`\`` }) },

  { id: 'mystmd', title: { en: 'Jupyter Book 2 and mystmd', zh: 'Jupyter Book 2 与 mystmd' },
    files: (attributes, base) => ({
      'page.md': `\`\`\`{anywidget} ${base}digit-vae.anywidget.js\n${traits(attributes)}\n\`\`\`` }) },

  { id: 'jupyter', title: { en: 'Jupyter notebook', zh: 'Jupyter 笔记本' },
    note: { en: 'Wants pip install anywidget. digits.state is what the reader made of it.',
      zh: '需要 pip install anywidget。digits.state 是读者操作后的状态。' },
    files: (attributes, base) => ({ 'cell.py': ['import anywidget, traitlets', '',
      'class Digits(anywidget.AnyWidget):', `    _esm = "${base}digit-vae.anywidget.js"`,
      ...Object.entries(attributes).map(trait), '    state = traitlets.Dict().tag(sync=True)', '',
      'digits = Digits()', 'digits'].join('\n') }) },

  { id: 'vite', title: { en: 'Vite and other bundlers', zh: 'Vite 等打包工具' },
    note: { en: 'Vite takes module and weights along by itself; view="lab" wants the third line too.',
      zh: 'Vite 会自动带上模块与权重；view="lab" 还需要第三行。' },
    files: (attributes, base) => ({
      'shell': `npm install ${base}digit-vae-${VERSION}.tgz\nmkdir -p public/assets\n`
        + 'cp -r node_modules/digit-vae/lab public/assets/lab',
      'main.js': "import 'digit-vae/define';",
      'vite.config.js': "export default { optimizeDeps: { exclude: ['digit-vae'] } };",
      'index.html': element(attributes) }) },

  { id: 'scorm', title: { en: 'Moodle, Canvas and others: SCORM', zh: 'Moodle、Canvas 等：SCORM' },
    note: { en: 'Upload this file as a SCORM 1.2 package. It is completed when the learner has tried something, and goes '
      + 'on next time where it was left.', zh: '将此文件作为 SCORM 1.2 包上传。学习者操作后即为完成，下次从离开处继续。' },
    files: (attributes, base) => ({ 'address': `${base}digit-vae.scorm.zip` }) },

  { id: 'lms', title: { en: 'Moodle, Canvas and others: HTML editor', zh: 'Moodle、Canvas 等：HTML 编辑器' },
    note: { en: 'Editors of learning platforms take frames, but no scripts.', zh: '教学平台的编辑器允许框架，但不允许脚本。' },
    files: (attributes, base) => ({ 'page.html': frame(attributes, base) }) },

  { id: 'csp', title: { en: 'Strict Content-Security-Policy', zh: '严格的 Content-Security-Policy' },
    note: { en: 'All that the digits need of a policy; frame-src is for view="lab" only.',
      zh: '策略中所需的全部内容；frame-src 仅用于 view="lab"。' },
    files: (attributes, base) => {
      const { origin } = new URL(base);
      return { 'header': `Content-Security-Policy: default-src 'none'; script-src ${origin} 'wasm-unsafe-eval'; `
        + `connect-src ${origin}; img-src ${origin} data:; style-src 'self'; frame-src ${origin}; `
        + "require-trusted-types-for 'script'; trusted-types 'none'" };
    } },

  { id: 'offline', alone: true, title: { en: 'Offline, or uploaded as a file', zh: '离线使用或作为文件上传' },
    note: { en: 'Save digit-vae.html: a double click opens the whole lab, and with this address it shows one element. '
      + 'Moodle takes it as a File resource.', zh: '保存 digit-vae.html，双击即可打开整个实验室；在文件名后加上此内容则只显示一个元素。'
      + 'Moodle 可将其作为“文件”资源。' },
    files: (attributes, base) => ({ 'address': `${base}digit-vae.html`
      + (attributes.view === 'lab' ? '' : `#embed&${new URLSearchParams(attributes)}`) }) },
];

/** One file as it is; several, each below its name. */
const joined = (files) => Object.keys(files).length === 1 ? Object.values(files)[0]
  : Object.entries(files).map(([name, text]) => `# ${name}\n${text}`).join('\n\n');

export const snippets = SNIPPETS.map((snippet) => ({ ...snippet,
  code: (attributes, base) => joined(snippet.files(attributes, base)) }));
