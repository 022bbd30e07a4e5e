// Around digit-vae.html in a SCORM 1.2 package: tells the learning platform that the visitor came and for how long,
// completes when the visitor changed something, and keeps the address (the lab's whole state) for the next visit.

/** The platform's API object: in a frame around this one, or in the window that opened it. */
function findApi() {
  for (const start of [window, window.opener]) {
    for (let at = start, i = 0; at && i < 20; at = at.parent === at ? null : at.parent, ++i) {
      try {
        if (at.API) return at.API;
      } catch {  // another origin's
        break;
      }
    }
  }
  return null;
}

const MOST = 4096;     // characters of suspend_data
const PAUSE = 2000;    // milliseconds between looks at the address, which changes without an event

/** The address's state, without its longest parts where it would be too long. */
function state() {
  const parts = location.hash.slice(1).split('&');
  while (parts.join('&').length > MOST) {
    const longest = parts.reduce((most, part, i) => part.length > parts[most].length ? i : most, 0);
    parts.splice(longest, 1);
  }
  return parts.join('&');
}

/** HHHH:MM:SS.SS */
function duration(milliseconds) {
  const pad = (number, length = 2) => String(Math.floor(number)).padStart(length, '0'), seconds = milliseconds / 1000;
  return `${pad(seconds / 3600, 4)}:${pad(seconds / 60 % 60)}:${pad(seconds % 60)}.${pad(seconds * 100 % 100)}`;
}

const api = findApi();
if (api && String(api.LMSInitialize('')) === 'true') {
  const start = Date.now(), kept = api.LMSGetValue('cmi.suspend_data');
  if (kept && !location.hash) location.replace(`#${kept}`);
  const set = (name, value) => api.LMSSetValue(`cmi.${name}`, value);
  let open = !/completed|passed/.test(api.LMSGetValue('cmi.core.lesson_status'));
  if (open) set('core.lesson_status', 'incomplete');
  let saved = kept, before;  // before: the state at the visitor's first touch, which alone completes nothing
  for (const type of ['pointerdown', 'keydown']) addEventListener(type, () => { before ??= state(); }, true);
  const save = () => {
    const now = state(), done = open && before !== undefined && now !== before;
    if (now === saved && !done) return;
    saved = now;
    set('suspend_data', now);
    if (done) {
      open = false;
      set('core.lesson_status', 'completed');
    }
    api.LMSCommit('');
  };
  const timer = setInterval(save, PAUSE);
  addEventListener('pagehide', () => {
    clearInterval(timer);
    save();
    set('core.exit', 'suspend');
    set('core.session_time', duration(Date.now() - start));
    api.LMSCommit('');
    api.LMSFinish('');
  }, { once: true });
}
