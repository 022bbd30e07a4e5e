// The element as an anywidget (Jupyter, JupyterLab, VS Code, Colab, MyST, marimo). The widget's traits are the element's
// attributes; `state` is what the visitor made of it.
import { FLAGS, NAMES, SETTINGS } from '../element/attributes.js';
import '../element/define.js';

export default {
  render({ model, el }) {
    const element = document.createElement('digit-vae');
    // A trait `from_` too, for Python has a keyword `from`.
    const value = (name) => model.get(name) ?? (name === 'from' ? model.get('from_') : undefined);
    const follow = (name) => {
      const now = value(name);
      if (FLAGS.includes(name)) element.toggleAttribute(name, Boolean(now));
      else if (now === undefined || now === null || now === '') element.removeAttribute(name);
      else element.setAttribute(name, Array.isArray(now) ? now.join(' ') : String(now));
    };
    // Each trait by itself: a change of one must not undo what the visitor did to the others.
    const followers = [...NAMES, 'from_'].map((trait) =>
      [`change:${trait}`, () => follow(trait.replace('_', ''))]);
    for (const name of NAMES) follow(name);
    /** Writes a trait of the model's own type: text as an attribute has it, otherwise the number or the numbers. */
    const tell = (name, now) => {
      const trait = name === 'from' && model.get(name) === undefined ? 'from_' : name, before = model.get(trait);
      if (before === undefined || now === undefined && typeof before === 'number') return;
      if (typeof before === 'string') model.set(trait, element.getAttribute(name) ?? '');
      else model.set(trait, now ?? (Array.isArray(before) ? [] : null));
    };
    let told = '';
    element.addEventListener('digit-change', ({ detail }) => {
      told = JSON.stringify(detail);
      for (const name of Object.keys(SETTINGS)) tell(name, detail[name]);
      model.set('state', detail);
      model.save_changes();
    });
    followers.push(['change:state', () => {
      const state = model.get('state');
      if (state && JSON.stringify(state) !== told) element.setState(state);
    }]);
    for (const follower of followers) model.on(...follower);
    // Keys pressed in the widget are not the notebook's: JupyterLab looks for this mark, others see no event.
    el.setAttribute('data-lm-suppress-shortcuts', 'true');
    el.addEventListener('keydown', (event) => event.stopPropagation());
    el.append(element);
    return () => {
      for (const follower of followers) model.off?.(...follower);
      element.destroy();
    };
  },
};
