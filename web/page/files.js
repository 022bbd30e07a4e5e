// Where the page's files come from: beside it. A page with everything inside replaces this file.

/** @returns {Promise<Response>} */
export const open = (url, signal) => fetch(url, {signal});

/** Whether there is no model but the default. */
export const alone = false;

/** What createLab() of lab.js, or of lab-scalar.js where there is no SIMD, needs besides the canvas. */
export const options = async (/** @type {boolean} */ _simd) => ({});
