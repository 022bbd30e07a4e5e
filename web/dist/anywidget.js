// The element as an anywidget (Jupyter, JupyterLab, VS Code, Colab, MyST, marimo). The widget's traits are the element's
// attributes; `state` is what the visitor made of it.
import '../element/define.js';

const NAMES = ['view', 'src', 'seed', 'z', 'from', 'to', 't', 'steps', 'digit', 'theme', 'lang', 'controls', 'poster'];
const FLAGS = ['autoplay', 'readonly'];

export default {
  render({ model, el }) {
    const element = document.createElement('digit-vae');
    // A trait `from_` too, for Python has a keyword `from`.
    const value = (name) => model.get(name) ?? (name === 'from' ? model.get('from_') : undefined);
    const follow = () => {
      for (const name of NAMES) {
        const now = value(name);
        if (now === undefined || now === null || now === '') element.removeAttribute(name);
        else element.setAttribute(name, Array.isArray(now) ? now.join(' ') : String(now));
      }
      for (const name of FLAGS) element.toggleAttribute(name, Boolean(value(name)));
    };
    follow();
    model.on('change', follow);
    element.addEventListener('digit-change', ({ detail }) => {
      model.set('state', detail);
      model.save_changes();
    });
    el.append(element);
    return () => {
      model.off?.('change', follow);
      element.destroy();
    };
  },
};
