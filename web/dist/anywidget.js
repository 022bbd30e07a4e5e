// The element as an anywidget (Jupyter, JupyterLab, VS Code, Colab, MyST, marimo). The widget's traits are the element's
// attributes; `state` is what the visitor made of it.
import { FLAGS, NAMES } from '../element/attributes.js';
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
    // Each trait by itself: a change of `state` must not undo what the visitor did to the attributes.
    const followers = [...NAMES, 'from_'].map((trait) =>
      [`change:${trait}`, () => follow(trait.replace('_', ''))]);
    for (const name of NAMES) follow(name);
    for (const follower of followers) model.on(...follower);
    element.addEventListener('digit-change', ({ detail }) => {
      model.set('state', detail);
      model.save_changes();
    });
    el.append(element);
    return () => {
      for (const follower of followers) model.off?.(...follower);
      element.destroy();
    };
  },
};
