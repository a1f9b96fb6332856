/** Looking at the pictures of a set: filters, what is known of each, leaving out and taking in again. */
import { mkdtempSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible, setInUse, watch } from './page';
import { writePhotos } from './photos';

/** Two classes of six photos; one photo of the first lies there twice. */
async function photoFolder(): Promise<string> {
  const folder = join(mkdtempSync(join(tmpdir(), 'data-')), 'photos');
  await writePhotos(folder, { classes: 2, perClass: 6, width: 96, height: 72 });
  await copyFile(join(folder, 'class 00', 'photo 0000.jpg'), join(folder, 'class 00', 'photo again.jpg'));
  return folder;
}

async function open(page: Page): Promise<void> {
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showDirectoryPicker'));
  await page.goto('');
  await expect(page.getByText(/WebGPU ·/)).toBeVisible();
}

test('shows all pictures of a set, leaves some out and takes them in again', async ({ page }) => {
  const problems = watch(page);
  await open(page);
  await page.getByTestId('folder-input').setInputFiles(await photoFolder());
  await expect(setInUse(page, 'photos')).toContainText('13 pictures · 2 classes');
  await page.getByRole('button', { name: 'Look at the pictures' }).click();
  const surface = page.getByRole('dialog', { name: 'Look at the pictures' });
  const cells = surface.getByRole('option').filter({ has: page.locator('canvas') });
  await expect(cells).toHaveCount(13);
  const numbers = surface.getByRole('complementary', { name: 'The set in numbers' });
  await expect(numbers).toContainText('Every shorter side is 72 px.');
  await expect(numbers).toContainText('2 pictures are the same, pixel by pixel, in one group.');
  await expect(numbers.getByRole('row', { name: /^mean/ })).toContainText(/0\.\d{3}/);
  await expectAccessible(page);

  await surface.getByRole('combobox', { name: 'Class' }).selectOption('class 01');
  await expect(cells).toHaveCount(6);
  await expect(surface.getByText('6 pictures shown')).toBeVisible();
  await surface.getByRole('listbox', { name: 'Pictures' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(surface.getByRole('paragraph').filter({ hasText: 'photo 0001.jpg' })).toContainText(
    '96 × 72 px',
  );
  await page.keyboard.press('Delete');
  await expect(surface.getByText('One picture is left out. Nothing is deleted.')).toBeVisible();
  await expect(cells).toHaveCount(5);

  await numbers.getByRole('button', { name: 'Leave out all but the first of each' }).click();
  await expect(numbers).toContainText('No picture is there twice.');
  await surface.getByRole('button', { name: 'Show all' }).click();
  await expect(cells).toHaveCount(11);
  await surface.getByRole('button', { name: 'left out 2' }).click();
  await expect(surface.getByRole('region', { name: 'Pictures left out' })).toContainText('photo again.jpg');
  await expectAccessible(page);
  await surface.getByRole('button', { name: /^Take class 01\/photo 0001.jpg in again$/ }).click();
  await surface.getByRole('button', { name: 'in use 12' }).click();
  await expect(cells).toHaveCount(12);

  await page.keyboard.press('Escape');
  await expect(surface).toBeHidden();
  await expect(page.getByRole('button', { name: 'Look at the pictures' })).toBeFocused();
  await expect(setInUse(page, 'photos')).toContainText('1 left out');
  expect(problems).toEqual([]);
});

test('shows a built-in set, of which nothing can be left out', async ({ page }) => {
  const problems = watch(page);
  await open(page);
  await page.getByRole('button', { name: 'Look at the pictures' }).click();
  const surface = page.getByRole('dialog', { name: 'Look at the pictures' });
  await expect(surface.getByText(/^[\d,]+ pictures shown/)).toBeVisible();
  const shown = await surface.getByText(/^[\d,]+ pictures shown/).innerText();
  await surface.getByRole('combobox', { name: 'Training or held out' }).selectOption('held out');
  await expect(surface.getByText(shown)).toBeHidden();
  await expect(surface.getByRole('button', { name: /Leave/ })).toHaveCount(0);
  await expectAccessible(page);
  expect(problems).toEqual([]);
});
