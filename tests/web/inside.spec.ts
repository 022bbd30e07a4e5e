// "Inside" as a visitor has it: the graph of the model, activations, the loss.
import { expect, Lab, test } from './page';

test.use({ viewport: { width: 1280, height: 1200 } });

test('every layer of the model is there, and its output is the digit', async ({ page }) => {
  const lab = new Lab(page);
  await lab.open('#view=inside&playing=0&model=mlp');
  // mlp: picture, dense, relu, heads, z, dense, relu, dense, picture.
  await expect(page.locator('#controls [data-name^="layer:"]')).toHaveCount(9);
  const [input, output, digit] = [await lab.picture('layer:0'), await lab.picture('layer:8'), await lab.picture('digit')];
  expect(output).toEqual(digit);
  expect(input).toEqual(digit);  // without a drawing the encoder is shown the digit itself
  const state: any = await lab.state();
  expect(state.nats.length).toBe(2);
  expect(state.nats[0]).toBeGreaterThan(10), expect(state.nats[1]).toBeGreaterThan(1);
});

test('a layer that is pressed is shown large; pressed again, it goes', async ({ page }) => {
  const lab = new Lab(page);
  await lab.open('#view=inside&playing=0');
  const height = async () => (await page.locator('#canvas').boundingBox())!.height;
  const before = await height();
  await lab.click('layer:1');
  await expect(lab.control('layer:1')).toHaveAttribute('aria-pressed', 'true');
  expect(await height()).toBeGreaterThan(before + 100);
  await lab.set('layer:1');
  expect(await height()).toBe(before);
});

test('the encoder is shown the drawing while z is its code', async ({ page }) => {
  const lab = new Lab(page);
  await lab.open('#view=draw&playing=0');
  await lab.set('real', 3);
  const seen = await lab.picture('input'), nats = ((await lab.state()) as any).nats;
  await lab.view('inside');
  expect(await lab.picture('layer:0')).toEqual(seen);
  expect(((await lab.state()) as any).nats).toEqual(nats);
  await lab.set('surprise');
  const own = await lab.picture('layer:0'), digit = await lab.picture('digit');  // own: drawn from the digit's grays
  expect(own.filter((p, i) => (p !== 0 && p !== 1) || (p === 1 && digit[i] < 0.002) || (p === 0 && digit[i] > 0.998))).toEqual([]);
  await lab.open('#view=inside&playing=0&gray=1');
  expect(await lab.picture('layer:0')).toEqual(await lab.picture('digit'));
});

test('the convolutional model shows its feature maps', async ({ page }) => {
  const lab = new Lab(page);
  await lab.open('#view=inside&playing=0&model=tf-conv');
  await expect.poll(async () => (await lab.state()).model).toBe('tf-conv');
  await expect(page.locator('#controls [data-name^="layer:"]')).toHaveCount(30);
  await expect.poll(async () => Math.max(...await lab.picture('layer:1'))).toBeGreaterThan(0);
  await lab.set('layer:4');
  await expect(lab.control('layer:4')).toHaveAttribute('aria-pressed', 'true');
});
