// The lab's controls once more, as native ones: an ImGui canvas is invisible to screen readers and to the Tab key. Each
// lies on its place in the canvas, see-through and not in the pointer's way; with the focus it shows its ring. Pads are
// the exception: they take the pointer, so that a finger draws there instead of scrolling the page.

const elements = new WeakMap();  // container -> Map of name -> element

function create(control, remote, forward) {
  const {kind, name} = control;
  const element = document.createElement({range: 'input', field: 'input', choice: 'select', pad: 'div'}[kind] || 'button');
  element.dataset.name = name;
  if (kind === 'pad') {
    element.className = 'pad';
    forward(element);
    if (control.keys) takeKeys(element, name, remote);
  } else if (kind === 'range') {
    element.type = 'range';
    element.addEventListener('input', () => remote(name, Number(element.value)));
  } else if (kind === 'choice') {
    element.addEventListener('change', () => remote(name, element.selectedIndex));
  } else if (kind === 'field') {
    Object.assign(element, {type: 'text', inputMode: 'numeric', autocomplete: 'off', maxLength: 10});
    element.addEventListener('focus', () => element.select());
    element.addEventListener('change', () => remote(name, 0, element.value));
    element.addEventListener('keydown', event => {
      if (event.key === 'Escape') element.value = element.defaultValue;
      if (event.key !== 'Enter' && event.key !== 'Escape') return;
      element.blur();  // which tells what changed
      element.focus();
    });
    element.addEventListener('blur', () => { element.value = element.defaultValue; });
  } else {
    element.type = 'button';
    element.addEventListener('click', () => remote(name, 1));
    element.addEventListener('keydown', event => moveInGroup(element, event));
  }
  return element;
}

const PAD_KEYS = {ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down', '+': 'in', '=': 'in', '-': 'out',
  _: 'out'};

/** A pad with the focus takes arrow keys, + and -; Escape goes on to the next control, and Tab as everywhere. */
function takeKeys(element, name, remote) {
  let used = false;
  element.tabIndex = 0;
  element.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = PAD_KEYS[event.key];
    if (key) {
      event.preventDefault();
      used = true;
      remote(name, 0, key);
    } else if (event.key === 'Escape') {
      element.nextElementSibling?.focus();
    }
  });
  element.addEventListener('blur', () => {
    if (used) remote(name, 0, 'leave');
    used = false;
  });
}

/** Arrow keys move among the buttons of one group, which is one stop of the Tab key. */
function moveInGroup(element, event) {
  const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key];
  if (!step || !element.dataset.group) return;
  event.preventDefault();
  const group = [...element.parentNode.children].filter(other => other.dataset.group === element.dataset.group);
  const next = group[(group.indexOf(element) + step + group.length) % group.length];
  for (const other of group) other.tabIndex = other === next ? 0 : -1;
  next.focus();
}

function set(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

function update(element, control) {
  const {kind, label, box: [x, y, w, h]} = control;
  const place = `left:${x}px;top:${y}px;width:${w}px;height:${h}px`;
  if (element.dataset.place !== place) {
    element.dataset.place = place;
    Object.assign(element.style, {left: `${x}px`, top: `${y}px`, width: `${w}px`, height: `${h}px`});
  }
  if (kind === 'button' || kind === 'toggle') {
    if (element.textContent !== label) element.textContent = label;
    if (kind === 'toggle') set(element, 'aria-pressed', String(control.value === 1));
    else set(element, 'aria-disabled', String(Boolean(control.idle)));
    return;
  }
  set(element, 'aria-label', label);
  if (kind === 'pad') return set(element, 'role', control.keys ? 'application' : 'img');
  if (kind === 'field') {
    const own = element === document.activeElement;
    element.defaultValue = control.words;
    if (!own) element.value = control.words;
  } else if (kind === 'range') {
    set(element, 'min', control.min);
    set(element, 'max', control.max);
    set(element, 'step', control.step || 'any');
    set(element, 'aria-valuetext', control.words || String(control.value));
    element.value = control.value;
  } else if (kind === 'choice') {
    if (element.dataset.options !== String(control.options)) {
      element.dataset.options = control.options;
      element.replaceChildren(...control.options.map(text => new Option(text)));
    }
    element.selectedIndex = control.value;
  }
}

/**
 * Makes the children of `container` the mirror of `controls`, in their order; those that stay keep their focus.
 * `remote(name, value, text)` hears what they do; `forward(element)` is given every new pad.
 */
export function mirror(container, controls, remote, forward) {
  const old = elements.get(container) || new Map(), now = new Map();
  const grouped = new Set();
  for (const control of controls) {
    const key = `${control.kind} ${control.name}`;
    const element = old.get(key) || create(control, remote, forward);
    now.set(key, element);
    update(element, control);
    if (control.group && element.dataset.group !== control.group) element.dataset.group = control.group;
    if (!control.group) continue;
    const first = !grouped.has(control.group);
    grouped.add(control.group);
    if (!element.hasAttribute('tabindex')) element.tabIndex = first ? 0 : -1;
  }
  const focused = [...old.keys()].findIndex((key) => old.get(key) === document.activeElement);
  for (const [key, element] of old) if (!now.has(key)) element.remove();
  let place = container.firstChild;
  for (const element of now.values()) {
    if (element === place) place = place.nextSibling;
    else container.insertBefore(element, place);
  }
  elements.set(container, now);
  // Where what had the focus is gone, what came before it has it: the button that opened a list, a view's tab.
  if (focused < 0 || container.contains(document.activeElement)) return;
  const before = [...old.keys()].slice(0, focused).reverse().find((key) => now.has(key));
  if (before) now.get(before).focus({preventScroll: true});
}
