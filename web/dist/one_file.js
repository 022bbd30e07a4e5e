// The script of digit-vae.html: the lab, or with #embed&view=... in the address the element alone, as embed.html has it.
import '../element/define.js';

// The lab is this page.
if (/^#embed&(.*&)?view=lab(&|$)/.test(location.hash)) location.hash = '';

if (location.hash.startsWith('#embed')) import('./embed.js');
else import('../../build/web/index.js');
addEventListener('hashchange', ({ oldURL }) => {
  if (location.hash.startsWith('#embed') !== new URL(oldURL).hash.startsWith('#embed')) location.reload();
});
