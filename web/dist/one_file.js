// The script of digit-vae.html: the lab, or with #embed&view=... in the address the element alone, as embed.html has it.
import '../element/define.js';

// The default model is all that is inside. A link to another one, which a learning platform may have kept from a visit
// that ended in trying it, would never open again.
if (/[#&]model=(?!(resnet|own)(&|$))/.test(location.hash)) location.hash = '';

if (location.hash.startsWith('#embed')) import('./embed.js');
else import('../../build/web/index.js');
addEventListener('hashchange', ({ oldURL }) => {
  if (location.hash.startsWith('#embed') !== new URL(oldURL).hash.startsWith('#embed')) location.reload();
});
