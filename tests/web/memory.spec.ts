// WebAssembly's memory in the lab: small with the largest model, and no larger the second time round.
import { expect, Lab, test } from './page';

const MIB = 1 << 20;
const memory = (lab: Lab): Promise<number> => lab.page.evaluate(() => (window as any).lab.memory());

test('with tf-conv, ten million weights in int8, it stays below 32 MiB', async ({ page }) => {
  test.setTimeout(90_000);
  const lab = new Lab(page);
  await lab.open('#playing=0&model=tf-conv');
  await lab.set('surprise');
  expect(await memory(lab) / MIB).toBeLessThan(32);
});

test('playing through all views again takes no more', async ({ page }) => {
  test.setTimeout(90_000);
  const lab = new Lab(page);
  await lab.open('#playing=0&model=aevb&other=autoencoder&test_digit=61');
  const round = async () => {
    for (const view of (await lab.state()).views) {
      await lab.view(view);
      await lab.fetched();
      await page.evaluate(() => (window as any).lab.remote('surprise', 1));
      await page.evaluate(() => (window as any).lab.remote('snapshot', 3));
      await lab.settled();
    }
    return memory(lab);
  };
  const once = await round();
  expect(once / MIB).toBeLessThan(48);
  expect(await round()).toBe(once);
});
