// "Compare": one picture or one z through two models.
import { correlation, expect, Lab, test } from './page';

test.use({ viewport: { width: 1280, height: 1300 } });

async function open(page: any, more: string) {
  const lab = new Lab(page);
  await lab.open(`#view=compare${more}`);
  await there(lab);
  return lab;
}
/** Waits for the other model and for all pictures. */
async function there(lab: Lab) {
  await expect.poll(() => lab.page.evaluate(() => !!(window as any).lab.item('right:random:0')), { timeout: 15_000 }).toBe(true);
  await lab.settled();
}
/** -log p(x | image) of Bernoulli pixels, in nats. */
const crossEntropy = (x: number[], p: number[]) => x.reduce((sum, v, i) => {
  const q = Math.min(1 - 1e-7, Math.max(1e-30, p[i]));
  return sum - v * Math.log(q) - (1 - v) * Math.log1p(-q);
}, 0);

test('both models give the picture back, with the losses said', async ({ page }) => {
  const lab = await open(page, '&model=mlp&other=tf-mlp&compared=1&test_digit=7');
  await expect.poll(() => page.evaluate(() => !!(window as any).lab.item('compare:given'))).toBe(true);
  await lab.settled();
  const given = await lab.picture('compare:given'), live = page.locator('#live');
  await expect(live).toContainText('tf-mlp, at z = μ');
  const said = await live.textContent() ?? '';
  for (const [side, model] of [['left', 'mlp'], ['right', 'tf-mlp']]) {
    const back = await lab.picture(`${side}:digit`);
    expect(correlation(given, back), side).toBeGreaterThan(0.8);
    expect(correlation(back, (await lab.screen(`${side}:digit`)).map((l) => -l)), side).toBeGreaterThan(0.98);
    const loss = new RegExp(`(?:^| )${model}, at z = μ: reconstruction ([\\d.]+)`).exec(said);
    expect(Math.abs(Number(loss?.[1]) - crossEntropy(given, back)), `${model}: ${said}`).toBeLessThan(0.5);
  }
  const before = await lab.picture('compare:given');
  await lab.click('compare:next');
  expect(correlation(before, await lab.picture('compare:given'))).toBeLessThan(0.95);
});

test('the same z is decoded by both, and by each as many random numbers as it takes', async ({ page }) => {
  const lab = await open(page, '&model=mlp&other=tf-mlp&compared=3');
  const [left, right] = [await lab.picture('left:digit'), await lab.picture('right:digit')];
  expect(correlation(left, right)).toBeLessThan(0.9);
  await lab.set('other:aevb');
  await there(lab);
  expect(await lab.picture('right:digit')).toEqual(await lab.picture('right:random:0'));
  expect(await lab.picture('left:digit')).toEqual(await lab.picture('left:random:0'));
});

test('random z makes rubbish of an autoencoder, which gives pictures back as well as the VAE', async ({ page }) => {
  const lab = await open(page, '&model=mlp&other=autoencoder');
  const given = await lab.picture('compare:given');
  for (const side of ['left', 'right']) {
    expect(correlation(given, await lab.picture(`${side}:digit`)), side).toBeGreaterThan(0.9);
  }
  const ink = async (side: string) => {  // digits have plenty, the autoencoder's faint specks have not
    let sum = 0;
    for (let i = 0; i < 8; ++i) sum += (await lab.picture(`${side}:random:${i}`)).reduce((a, b) => a + b) / 784;
    return sum / 8;
  };
  expect(await ink('right')).toBeLessThan(0.75 * await ink('left'));
});

test('the two change places, and a click on a sample makes it the digit that both encode', async ({ page }) => {
  const lab = await open(page, '&model=mlp&other=tf-mlp');
  const sample = await lab.picture('left:random:3');
  await lab.click('left:random:3');
  expect(await lab.picture('compare:given')).toEqual(sample);
  await lab.click('swap');
  await there(lab);
  const state = await lab.state() as any;
  expect([state.model, state.other]).toEqual(['tf-mlp', 'mlp']);
});

test('on a phone the two stand below one another, within the page', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const lab = await open(page, '&model=mlp&other=tf-mlp');
  const [left, right] = [await lab.box('left:digit'), await lab.box('right:digit')];
  expect(right.y).toBeGreaterThan(left.y + left.h);
  for (const name of ['left:way:7', 'right:random:3', 'compare:given']) {
    const { x, w } = await lab.box(name);
    expect(x, name).toBeGreaterThanOrEqual(0);
    expect(x + w, name).toBeLessThanOrEqual(390);
  }
});

test('a drawing is given to both, once there is one', async ({ page }) => {
  const lab = await open(page, '&model=mlp&other=tf-mlp&compared=2');
  expect(await page.evaluate(() => !!(window as any).lab.item('compare:given'))).toBe(false);
  await lab.set('go:draw');
  const { x, y, w, h } = await lab.box('pad');
  await page.mouse.move(x + w / 2, y + h / 5);
  await page.mouse.down();
  await page.mouse.move(x + w / 2, y + h * 4 / 5, { steps: 8 });
  await page.mouse.up();
  await lab.settled();
  await lab.view('compare');
  const given = await lab.picture('compare:given');
  expect(given.reduce((a, b) => a + b)).toBeGreaterThan(20);
  for (const side of ['left', 'right']) {
    expect(correlation(given, await lab.picture(`${side}:digit`)), side).toBeGreaterThan(0.8);
  }
});
