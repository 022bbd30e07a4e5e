// Around digit-vae.html in a SCORM 1.2 package: tells the learning platform that the visitor came, completes when
// something was changed, and keeps the address (the lab's whole state) for the next visit.

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

const api = findApi();
if (api && String(api.LMSInitialize('')) === 'true') {
  const kept = api.LMSGetValue('cmi.suspend_data');
  if (kept && !location.hash) location.replace(`#${kept}`);
  if (!/completed|passed/.test(api.LMSGetValue('cmi.core.lesson_status'))) {
    api.LMSSetValue('cmi.core.lesson_status', 'incomplete');
    const complete = () => {
      api.LMSSetValue('cmi.core.lesson_status', 'completed');
      api.LMSCommit('');
    };
    for (const type of ['pointerup', 'keyup']) addEventListener(type, complete, { once: true });
  }
  let over = false;
  addEventListener('pagehide', () => {
    if (over) return;
    over = true;
    const state = location.hash.slice(1);
    if (state.length <= 4096) api.LMSSetValue('cmi.suspend_data', state);  // no more fits
    api.LMSCommit('');
    api.LMSFinish('');
  });
}
