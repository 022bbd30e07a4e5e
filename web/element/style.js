// The element's look. Colors are the page's own system colors, so color-scheme and forced colors just work;
// custom properties override them. Adopted, never written into the page, for strict Content-Security-Policies.

const css = `
:host {
  --_ink: var(--digit-vae-ink, CanvasText); --_paper: var(--digit-vae-paper, Canvas);
  --_accent: var(--digit-vae-accent, #1d6fe0); --_border: var(--digit-vae-border, GrayText);
  display: inline-block; box-sizing: border-box; width: 20em; max-width: 100%; vertical-align: top;
  font: 1em/1.4 system-ui, sans-serif; text-align: start; print-color-adjust: exact;
  -webkit-print-color-adjust: exact;
}
:host([hidden]), [hidden] { display: none !important; }
:host(:is([theme="light"], [theme="dark"])) { background: var(--_paper); color: var(--_ink); padding: .5em;
  border-radius: .6em; }
:host([theme="light"]) { color-scheme: light; }
:host([theme="dark"]) { color-scheme: dark; }
@media (forced-colors: active) { :host { --_accent: Highlight; } }
:host([view="lab"]) { display: block; width: 100%; }
* { box-sizing: border-box; }
.frame, .stage { position: relative; }
canvas, .poster, iframe { display: block; width: 100%; height: auto; border: 1px solid var(--_border);
  border-radius: .4em; background: var(--_paper); color: var(--_ink); transition: color 1ms; }
iframe { height: var(--digit-vae-lab-height, 56em); }
.picture { position: relative; margin: 0 auto; }
.small { width: 60%; margin-inline: auto; }
.pair { display: flex; gap: .5em; }
.pair > * { flex: 1; min-width: 0; }
.poster { position: absolute; inset: 0; height: 100%; object-fit: contain; }
.mark { position: absolute; width: 1em; height: 1em; margin: -.5em; border: 2px solid var(--_paper); border-radius: 50%;
  background: var(--_accent); pointer-events: none; }
.one { flex: 0 0 3.5em; }
.strip { margin-top: .5em; }
.pad { touch-action: none; cursor: crosshair; }
.map { touch-action: pan-y pinch-zoom; cursor: crosshair; }
[part="controls"] { display: flex; flex-wrap: wrap; gap: .5em; align-items: center; margin-top: .5em; }
.break { flex-basis: 100%; }
label { display: flex; flex: 1 1 8em; gap: .4em; align-items: center; min-width: 0; }
input { flex: 1; min-width: 3em; width: 0; margin: 0; min-height: 24px; accent-color: var(--_accent); }
button, select { font: inherit; min-height: 2.2em; padding: .2em .8em; border: 1px solid var(--_border);
  border-radius: .4em; background: var(--_paper); color: var(--_ink); cursor: pointer; }
:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
p { margin: .5em 0 0; }
.live { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); }
@media print { [part="controls"], .mark { display: none; } canvas, .poster { background: #fff; } }
`;

const sheets = new WeakMap();  // a document -> its one sheet for all elements

/** Gives a shadow root the look; again where the element came into another document. */
export function adopt(root) {
  const page = root.ownerDocument, { CSSStyleSheet } = page.defaultView;
  try {
    if (!sheets.has(page)) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      sheets.set(page, sheet);
    }
    root.adoptedStyleSheets = [sheets.get(page)];
  } catch {  // an older browser
    root.append(Object.assign(page.createElement('style'), { textContent: css }));
  }
}
