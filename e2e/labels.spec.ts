import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import sharp from 'sharp';
import { expectAccessible, permalink, setInUse, startButton, waitForStep, watch } from './page';

const kinds = ['disc', 'square', 'bar'] as const;

/** A folder of three classes of shapes, each picture in another colour. */
async function shapeFolder(): Promise<string> {
  const folder = join(mkdtempSync(join(tmpdir(), 'labels-')), 'shapes');
  for (const kind of kinds) {
    mkdirSync(join(folder, kind), { recursive: true });
    for (let i = 0; i < 16; i++) {
      const fill = `fill="hsl(${i * 22} 75% 45%)"`;
      const shape = {
        disc: `<circle cx="${30 + i}" cy="34" r="20" ${fill}/>`,
        square: `<rect x="${14 + i}" y="14" width="36" height="36" ${fill}/>`,
        bar: `<rect x="8" y="${20 + i}" width="50" height="9" ${fill}/>`,
      }[kind];
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" fill="#ddd"/>${shape}</svg>`;
      writeFileSync(join(folder, kind, `${i}.png`), await sharp(Buffer.from(svg)).png().toBuffer());
    }
  }
  return folder;
}

/** PAWS on the small CNN, small enough for software WebGPU. */
const tinyPaws = {
  global_crops_size: 32,
  cnn_width: 4,
  cnn_pool: 1,
  head_hidden_dim: 16,
  output_dim: 16,
  batch_size: 8,
  supervised_imgs_per_class: 2,
  supervised_views: 1,
  epochs: 4,
  steps_per_epoch: 5,
  warmup_epochs: 0.4,
  eval_every: 5,
  eval_images: 24,
  label_source: 'hand',
};

/** Brings a folder in, and waits until it is in use under `name`. */
async function openFolder(page: Page, folder: string, name = 'shapes'): Promise<void> {
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showDirectoryPicker'));
  await page.goto(permalink('photos-paws-quick', tinyPaws));
  await page.getByTestId('folder-input').setInputFiles(folder);
  await expect(setInUse(page, name)).toBeVisible();
}

/** The counts beside the classes on the label card. */
const labelCounts = (page: Page) =>
  page.getByRole('list', { name: 'Labels of each class' }).getByRole('listitem');

/** Labels three pictures of each class without touching the mouse. */
async function labelByKeyboard(page: Page): Promise<void> {
  const open = page.getByRole('button', { name: 'Label pictures…' });
  await expect(open).toBeEnabled();
  await open.focus();
  await page.keyboard.press('Enter');
  const grid = page.getByRole('listbox', { name: 'Pictures' });
  await expect(grid).toBeFocused();
  await expectAccessible(page);
  // The truth is hidden; a person sees it in the picture, a test has to ask.
  const current = async () => {
    const id = await grid.getAttribute('aria-activedescendant');
    return page.locator(`[id="${id}"]`).getAttribute('aria-label');
  };
  expect(await current()).toMatch(/^picture \d+, no label$/);
  await page.getByRole('switch', { name: 'Show true classes' }).focus();
  await page.keyboard.press('Space');
  await grid.focus();
  const said = (words: RegExp) => page.getByRole('dialog').getByText(words);
  const names = await page.getByRole('button', { name: /^\d (bar|disc|square)/ }).allInnerTexts();
  const left = new Map<string, number>(kinds.map((kind) => [kind, 3]));
  for (let i = 0; i < 60 && [...left.values()].some((count) => count > 0); i++) {
    const truth = /truly (\w+)/.exec((await current()) ?? '')?.[1] ?? '';
    const wanted = left.get(truth) ?? 0;
    if (wanted > 0) {
      left.set(truth, wanted - 1);
      await page.keyboard.press(String(names.findIndex((text) => text.includes(truth)) + 1));
    } else await page.keyboard.press('ArrowRight');
  }
  await expect(said(/^9 labels/)).toBeVisible();
  // One too many, and back.
  await page.keyboard.press('1');
  await expect(said(/^10 labels/)).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(said(/^9 labels/)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(open).toBeFocused();
}

test('labels a folder by keyboard, trains PAWS on it, and keeps the labels in a file', async ({ page }) => {
  const problems = watch(page);
  const folder = await shapeFolder();
  await openFolder(page, folder);
  await labelByKeyboard(page);
  await expect(labelCounts(page)).toHaveText([/3$/, /3$/, /3$/]);

  await startButton(page).click();
  const ballot = page.getByRole('region', { name: /ballot/i });
  await expect(ballot.getByText(/step \d+/).first()).toBeVisible({ timeout: 240_000 });
  const votes = () => ballot.getByRole('region', { name: 'Who votes' }).innerText();
  const early = await votes();
  await waitForStep(page, 20);
  await expect.poll(votes, { timeout: 120_000 }).not.toBe(early);
  const worth = page.getByRole('region', { name: /What are the labels worth/ });
  await expect(worth.getByText(/\d+\.\d %/).first()).toBeVisible();
  const matrix = worth.getByRole('slider', { name: /Confusion matrix/ }).locator('canvas');
  const painted = await matrix.evaluate((canvas: HTMLCanvasElement) => {
    const pixels = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data;
    return new Set(new Uint32Array(pixels.buffer)).size;
  });
  expect(painted).toBeGreaterThan(1);

  await page.getByRole('button', { name: 'Label pictures…' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  const file = await (await download).path();
  page.on('dialog', (dialog) => dialog.accept());
  await page.goto('about:blank');
  await openFolder(page, folder, 'shapes (2)');
  await expect(page.getByText('No training picture has a label yet').first()).toBeVisible();
  await page.getByRole('button', { name: 'Label pictures…' }).click();
  await page.getByTestId('labels-input').setInputFiles({
    name: 'labels.csv',
    mimeType: 'text/csv',
    buffer: await import('node:fs').then(({ readFileSync }) => readFileSync(file)),
  });
  await expect(page.getByText('9 labels read from labels.csv')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(labelCounts(page)).toHaveText([/3$/, /3$/, /3$/]);
  expect(problems).toEqual([]);
});

test('labels with the mouse: a rubber band, a drag onto a class, a class of one’s own', async ({ page }) => {
  const folder = await shapeFolder();
  await openFolder(page, folder);
  await page.getByRole('button', { name: 'Label pictures…' }).click();
  await page.getByRole('textbox', { name: 'Name of a new class' }).fill('my own');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  const cell = (position: number) => page.locator(`[data-position="${position}"]`);
  const middle = async (position: number) => {
    const box = (await cell(position).boundingBox())!;
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  const [from, to] = [await middle(0), await middle(2)];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
  await expect(page.getByText(/3 chosen/)).toBeVisible();
  const target = (await page.getByRole('button', { name: /^4 ?my own/ }).boundingBox())!;
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(target.x + 40, target.y + 10, { steps: 6 });
  await page.mouse.up();
  await expect(page.getByText('3 pictures are ‘my own’ now.')).toBeVisible();
  await expect(cell(0)).toHaveAttribute('aria-label', /labelled my own/);
  await page.getByRole('button', { name: /^Undo/ }).click();
  await expect(cell(0)).toHaveAttribute('aria-label', /no label/);
});
