import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';
import { expect, test } from '@playwright/test';
import sharp from 'sharp';
import { permalink, setInUse, smallVit, startButton, waitForStep, watch } from './page';

const digits = resolve('../shared/data/hand-digits');

/** A folder of pictures: real ones where they are present, else two classes of discs and squares. */
async function pictureFolder(): Promise<string> {
  if (existsSync(digits)) return digits;
  const folder = mkdtempSync(join(tmpdir(), 'pictures-'));
  for (const kind of ['discs', 'squares']) {
    mkdirSync(join(folder, kind));
    for (let i = 0; i < 12; i++) {
      const colour = `hsl(${i * 30} 80% 50%)`;
      const shape =
        kind === 'discs'
          ? `<circle cx="${40 + i}" cy="48" r="25" fill="${colour}"/>`
          : `<rect x="${20 + i}" y="25" width="45" height="45" fill="${colour}"/>`;
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96"><rect width="96" height="96" fill="#ddd"/>${shape}</svg>`;
      writeFileSync(join(folder, kind, `${i}.png`), await sharp(Buffer.from(svg)).png().toBuffer());
    }
  }
  return folder;
}

/** The small CNN, small enough for software WebGPU. */
const smallCnn = {
  global_crops_size: 32,
  cnn_width: 8,
  batch_size: 8,
  out_dim: smallVit.out_dim,
  epochs: 2,
  steps_per_epoch: 5,
  warmup_epochs: 0.4,
};

test('trains on a folder chosen in the picker and shows k-NN', async ({ page }) => {
  const problems = watch(page);
  const folder = await pictureFolder();
  // The browser's own dialogue cannot be driven; the page then uses the file input.
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showDirectoryPicker'));
  await page.goto(permalink('photos-quick', smallCnn));
  await page.getByTestId('folder-input').setInputFiles(folder);
  await expect(setInUse(page, basename(folder))).toBeVisible();
  await startButton(page).click();
  await waitForStep(page, 10);
  await expect(
    page.getByText(/^\d+\.\d % of the held-out pictures get their class from their neighbours/),
  ).toBeVisible();
  expect(problems).toEqual([]);
});

test('takes a dropped folder, lists a broken picture with its reason, and trains on the rest', async ({
  page,
}) => {
  const problems = watch(page);
  const folder = await pictureFolder();
  const files: Array<{ path: string; bytes: number[] }> = [];
  const { readFileSync } = await import('node:fs');
  for (const kind of readdirSync(folder).slice(0, 3)) {
    for (const name of readdirSync(join(folder, kind)).slice(0, 10)) {
      const path = join(folder, kind, name);
      files.push({ path: relative(folder, path), bytes: [...readFileSync(path)] });
    }
  }
  files.push({ path: 'broken.jpg', bytes: [0xff, 0xd8, 0xff, 0xe0, 1, 2, 3] });
  await page.goto(permalink('photos-quick', smallCnn));
  await expect(page.getByText(/WebGPU ·/)).toBeVisible();
  await page.evaluate((list) => {
    const transfer = new DataTransfer();
    for (const { path, bytes } of list) {
      transfer.items.add(new File([new Uint8Array(bytes)], path.replaceAll('/', '_')));
    }
    for (const type of ['dragenter', 'dragover', 'drop']) {
      window.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }
  }, files);
  await expect(page.getByText('1 file could not be used and did no harm.')).toBeVisible();
  await expect(setInUse(page, 'pictures')).toBeVisible();
  await startButton(page).click();
  await waitForStep(page, 3);
  expect(problems).toEqual([]);
});
